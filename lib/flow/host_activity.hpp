// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How many flows hosts and pairs of hosts have open, and how much these carried.
#pragma once

#include <cstdint>

#include "number_index.hpp"
#include "open_flow.hpp"
#include "slab.hpp"

namespace weir {

/// Whose flows are counted together: those between the same two hosts.
struct HostPair {
  IpAddress low;
  IpAddress high;

  static HostPair of(const OpenFlow& flow) noexcept { return {flow.key.low, flow.key.high}; }
  static constexpr std::uint32_t OpenFlow::*kActivity = &OpenFlow::pair;
  std::uint64_t hash() const noexcept { return weir::hash(FlowKey{low, high, 0, 0, 0}); }
  bool operator==(const HostPair&) const = default;
};

/// Those that the same host opened.
struct Initiator {
  IpAddress address;

  static Initiator of(const OpenFlow& flow) noexcept {
    return {flow.initiator_is_low ? flow.key.low : flow.key.high};
  }
  static constexpr std::uint32_t OpenFlow::*kActivity = &OpenFlow::host;
  std::uint64_t hash() const noexcept { return weir::hash(FlowKey{address, address, 0, 0, 0}); }
  bool operator==(const Initiator&) const = default;
};

/// Open flows and their bytes by `Key`. A flow that is alone under its key is its own entry; one is
/// made when a second flow joins it.
template <typename Key>
class HostActivities {
 public:
  struct Sums {
    std::uint64_t flows = 0;
    std::uint64_t bytes = 0;  ///< frames on the wire, of the open flows only
  };

  explicit HostActivities(Slab<OpenFlow>& flows) : flows_(&flows) {}

  /// Counts an open flow that has no packets yet.
  void join(std::uint32_t number) {
    OpenFlow& flow = (*flows_)[number];
    const Key key = Key::of(flow);
    const std::uint64_t hash = key.hash();
    const std::uint32_t found = index_.find(hash, [&](std::uint32_t candidate) {
      return (is_entry(candidate) ? entries_[candidate & ~kEntry].key
                                  : Key::of((*flows_)[candidate])) == key;
    });
    if (found == kNoNumber) {
      index_.insert(hash, number);
      return;
    }
    if (is_entry(found)) {
      flow.*Key::kActivity = found & ~kEntry;
    } else {
      OpenFlow& other = (*flows_)[found];
      const std::uint32_t entry = entries_.acquire();
      entries_[entry] = {key, 1, other.wire_bytes};
      index_.replace(hash, found, entry | kEntry);
      other.*Key::kActivity = flow.*Key::kActivity = entry;
    }
    ++entries_[flow.*Key::kActivity].flows;
  }

  void add_bytes(const OpenFlow& flow, std::uint64_t bytes) noexcept {
    if (flow.*Key::kActivity != kNoNumber) entries_[flow.*Key::kActivity].bytes += bytes;
  }

  /// Takes away what add_bytes() added for this flow.
  void remove_bytes(const OpenFlow& flow) noexcept {
    if (flow.*Key::kActivity != kNoNumber) entries_[flow.*Key::kActivity].bytes -= flow.wire_bytes;
  }

  /// Forgets a flow whose bytes were removed.
  void leave(std::uint32_t number) noexcept {
    OpenFlow& flow = (*flows_)[number];
    const std::uint32_t entry = flow.*Key::kActivity;
    if (entry == kNoNumber) {
      index_.erase(Key::of(flow).hash(), number);
    } else if (--entries_[entry].flows == 0) {
      index_.erase(Key::of(flow).hash(), entry | kEntry);
      entries_.release(entry);
    }
  }

  Sums of(const OpenFlow& flow) const noexcept {
    if (flow.*Key::kActivity == kNoNumber) return {1, flow.wire_bytes};
    const Entry& entry = entries_[flow.*Key::kActivity];
    return {entry.flows, entry.bytes};
  }

  void prefetch(const OpenFlow& flow) const noexcept {
    if (flow.*Key::kActivity != kNoNumber) __builtin_prefetch(&entries_[flow.*Key::kActivity]);
  }

 private:
  struct Entry {
    Key key;
    std::uint32_t flows = 0;
    std::uint64_t bytes = 0;
  };
  /// Tells numbers of entries from those of flows in the index.
  static constexpr std::uint32_t kEntry = 0x80000000U;
  static bool is_entry(std::uint32_t number) noexcept { return (number & kEntry) != 0; }

  Slab<OpenFlow>* flows_;
  Slab<Entry> entries_;
  NumberIndex index_;
};

}  // namespace weir
