// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A bidirectional flow as it is shown: what was seen of it, and why it is shown now.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "weir/flow/flow_key.hpp"
#include "weir/flow/flow_statistics.hpp"

namespace weir {

/// Why a flow record was emitted; the numbers are those of IPFIX's flowEndReason (IANA element
/// 136).
enum class FlowEndReason : std::uint8_t {
  none = 0,               ///< not ended: a provisional row at the N-th packet
  idle_timeout = 1,       ///< no packet for the idle time-out
  active_timeout = 2,     ///< lived for the active time-out; its next packet starts the next piece
  end_of_flow = 3,        ///< TCP FIN in both directions, or RST
  forced_end = 4,         ///< the input ended
  lack_of_resources = 5,  ///< evicted to make room
};

/// "idle_timeout", ..., "none".
std::string_view to_string(FlowEndReason reason) noexcept;

/// Flows and bytes of the same two hosts, and of the initiator, at the moment of emission; only
/// flows that are open count, this one among them.
struct FlowContext {
  std::uint64_t pair_flows = 1;
  std::uint64_t pair_bytes = 0;  ///< frames on the wire
  std::uint64_t host_flows = 1;
  std::uint64_t host_bytes = 0;
};

/// The ends of the tunnel that a flow's first packet came through, the initiator's first.
struct TunnelEnds {
  IpAddress src;
  IpAddress dst;

  auto operator<=>(const TunnelEnds&) const = default;
};

/// The packets of one direction.
struct FlowCounts {
  std::uint64_t packets = 0;
  std::uint64_t ip_bytes = 0;  ///< sum of their IP lengths
};

/// What is known of a flow besides its packets, at the moment it is shown.
struct FlowHead {
  FlowKey key;
  bool initiator_is_low = true;
  FlowEndReason reason = FlowEndReason::none;
  std::array<std::int32_t, 2> initial_window{-1, -1};  ///< by direction; -1 = none
  std::uint64_t flow_id = 0;
  std::int64_t start_ns = 0;
  std::int64_t last_ns = 0;
  std::uint64_t packets = 0;
  std::uint64_t wire_bytes = 0;
  FlowContext context;
  std::optional<TunnelEnds> tunnel;
};

/// What a FlowTable emits: a flow at one moment. It refers to nothing outside, so it may be copied
/// and read in another thread; assigning to an existing one allocates nothing.
class FlowRecord {
 public:
  /// Initiator first.
  FiveTuple tuple() const noexcept;
  std::uint8_t protocol() const noexcept { return head_.key.protocol; }
  /// Numbered from 1 in the order of first packets.
  std::uint64_t flow_id() const noexcept { return head_.flow_id; }
  /// Time of the first packet, and the latest time of a packet.
  std::int64_t start_ns() const noexcept { return head_.start_ns; }
  std::int64_t last_ns() const noexcept { return head_.last_ns; }
  std::uint64_t packets() const noexcept { return head_.packets; }
  /// Sum of the frames on the wire.
  std::uint64_t wire_bytes() const noexcept { return head_.wire_bytes; }
  /// By direction; known also where the table keeps no packets, unlike all that is said of flags,
  /// kept packets and statistics below.
  const FlowCounts& counts(std::size_t direction) const noexcept { return counts_[direction]; }
  /// TCP window of the direction's first packet; -1 = none.
  std::int32_t initial_window(std::size_t direction) const noexcept {
    return head_.initial_window[direction];
  }
  /// TCP packets of the direction by the bits of the flags byte that they have set.
  std::array<std::uint64_t, 8> tcp_flag_counts(std::size_t direction) const noexcept;
  /// Nothing for a flow outside tunnels.
  const std::optional<TunnelEnds>& tunnel() const noexcept { return head_.tunnel; }
  const FlowContext& context() const noexcept { return head_.context; }
  FlowEndReason reason() const noexcept { return head_.reason; }

  /// How many packets can be asked for one by one: the first of the flow, in order.
  std::size_t kept_packets() const noexcept {
    if (!keeps_packets_) return 0;
    return std::min<std::size_t>(packets(), kKeptPackets) + more_packets_.size();
  }
  /// The n-th packet, from 0 to kept_packets() - 1. In a flow of more than kKeptPackets, ip_length
  /// and tcp_flags of the first ones are not known (0), their payload_length is at most 65,535 and
  /// gap_ns at most 2^40 - 1 (18 minutes).
  FlowPacket packet(std::size_t n) const noexcept {
    return n < kKeptPackets ? first_packets_[n] : more_packets_[n - kKeptPackets];
  }

  /// Of all packets, for flows of more than kKeptPackets; nullptr for the others, whose packets are
  /// all at hand.
  const FlowStatistics* statistics() const noexcept {
    return !keeps_packets_ || packets() <= kKeptPackets ? nullptr : &statistics_;
  }

 private:
  friend class FlowContents;

  FlowHead head_;
  bool keeps_packets_ = true;
  std::array<FlowCounts, 2> counts_{};
  std::array<FlowPacket, kKeptPackets> first_packets_{};
  std::vector<FlowPacket> more_packets_;
  FlowStatistics statistics_;  // means something in flows of more than kKeptPackets
};

}  // namespace weir
