// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Who used how much for what: packets and bytes of each user equipment and class, over time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "weir/flow/flow_table.hpp"
#include "weir/net/address.hpp"

namespace weir {

/// The side of a network on which its users are.
class UserSide {
 public:
  /// Private and unique local addresses (RFC 1918, RFC 6598, RFC 4193).
  UserSide();
  explicit UserSide(std::vector<Cidr> networks) : networks_(std::move(networks)) {}

  /// Parses "10.0.0.0/8,2001:db8::/32". Throws UsageError.
  static UserSide parse(std::string_view text);

  /// Whose flow it is: the initiator's where both ends are users; nothing where neither is.
  std::optional<IpAddress> user_of(const FiveTuple& flow) const noexcept;

 private:
  std::vector<Cidr> networks_;
};

/// What was counted of a flow so far.
struct FlowTotals {
  std::uint64_t flow_id = 0;
  FiveTuple tuple;  ///< initiator first
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< frames on the wire

  static FlowTotals of(const FlowHead& flow) noexcept {
    return {flow.flow_id, tuple_of(flow), flow.packets, flow.wire_bytes};
  }
};

/// What a user's flows of one class did in a window of time.
struct Usage {
  std::optional<IpAddress> user;  ///< nothing: neither end is on the users' side
  std::uint32_t class_index = 0;  ///< as told to Accounting
  std::uint64_t flows = 0;        ///< that had packets; a flow counts for one class in each window
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< frames on the wire
};

/// Splits what flows counted into windows of time, by user and class. Packets count for the class
/// that their flow has when they are added. There are two series of windows, read independently.
class Accounting {
 public:
  static constexpr std::size_t kSeries = 2;

  /// `unclassified` is the class of flows before their first verdict.
  Accounting(UserSide users, std::uint32_t unclassified);

  /// A verdict on an open flow.
  void classify(std::uint64_t flow_id, std::uint32_t class_index);
  /// What an open flow has counted so far.
  void add(const FlowTotals& flow);
  /// What a flow has counted at its end, and its class, where there is a final verdict.
  void end(const FlowTotals& flow, std::optional<std::uint32_t> class_index);

  /// Ends the window of a series: what was added in it, by user, then class.
  std::vector<Usage> take(std::size_t series);

  /// Flows that are remembered: those that were added or classified and have not ended.
  std::size_t flows() const noexcept { return flows_.size(); }

 private:
  struct Flow {
    std::uint32_t class_index;
    std::array<std::uint32_t, kSeries> window{};  // in which it was last counted
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  struct Key {
    IpAddress user;  // all zeros: none
    std::uint32_t class_index;

    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Series {
    std::uint32_t window = 1;
    std::unordered_map<Key, Usage, KeyHash> usages;
  };

  Flow& flow_of(std::uint64_t flow_id);
  void count(Flow& known, const FlowTotals& flow);

  UserSide users_;
  std::uint32_t unclassified_;
  std::unordered_map<std::uint64_t, Flow> flows_;
  std::array<Series, kSeries> series_;
};

}  // namespace weir
