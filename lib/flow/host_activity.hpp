// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How many flows hosts and pairs of hosts have open, and how much these carried.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "weir/flow/flow_key.hpp"

namespace weir {

/// The open flows of a host, or of two hosts.
struct HostActivity {
  std::pair<IpAddress, IpAddress> hosts;
  std::uint64_t flows = 0;
  std::uint64_t bytes = 0;  ///< frames on the wire, of the open flows only
};

/// Entries by host or pair of hosts. They stay where they are until remove().
class HostActivities {
 public:
  /// The entry of these hosts, made if there is none. For a single host, both are the same.
  HostActivity* find_or_add(const IpAddress& a, const IpAddress& b) {
    HostActivity& entry = entries_[{a, b}];
    entry.hosts = {a, b};
    return &entry;
  }

  void remove(const HostActivity& entry) { entries_.erase(std::pair(entry.hosts)); }

 private:
  struct Hash {
    std::size_t operator()(const std::pair<IpAddress, IpAddress>& hosts) const noexcept {
      return hash(FlowKey{hosts.first, hosts.second, 0, 0, 0});
    }
  };
  std::unordered_map<std::pair<IpAddress, IpAddress>, HostActivity, Hash> entries_;
};

}  // namespace weir
