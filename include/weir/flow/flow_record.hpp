// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A bidirectional flow and everything that is remembered of it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
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

/// So many first packets of a flow are kept one by one. Up to here all statistics are computed from
/// the packets themselves, which costs short flows neither time nor memory and makes their
/// quantiles exact; from the next packet on, FlowStatistics carries them.
inline constexpr std::size_t kKeptPackets = 20;

struct HostActivity;  // of the flow table

/// One open flow. What every packet touches comes first.
struct FlowRecord {
  FlowKey key;
  bool initiator_is_low = true;
  bool closed = false;           ///< TCP: FIN seen in both directions, or RST
  std::uint8_t fins = 0;         ///< TCP: bit d set once direction d sent FIN
  std::uint16_t checkpoint = 0;  ///< index of the next packet count to emit a provisional row at
  std::array<std::int32_t, 2> initial_window{-1, -1};  ///< TCP window of the first packet; -1: none
  std::uint64_t flow_id = 0;
  std::int64_t start_ns = 0;     ///< time of the first packet
  std::int64_t last_ns = 0;      ///< latest time of a packet
  std::int64_t clock_ns = 0;     ///< the table's clock at the last packet
  std::int64_t deadline_ns = 0;  ///< when the table looks at this flow next
  std::uint64_t packets = 0;
  std::uint64_t wire_bytes = 0;          ///< frames on the wire
  FlowStatistics* statistics = nullptr;  ///< of all packets, once there are more than kKeptPackets
  HostActivity* pair = nullptr;
  HostActivity* host = nullptr;
  std::array<std::array<std::uint32_t, 8>, 2> tcp_flags{};  ///< packets with bit b, by direction
  std::array<FlowPacket, kKeptPackets> first{};
  std::vector<FlowPacket> more_first;  ///< those after kKeptPackets, where more are asked for

  /// Initiator first.
  FiveTuple tuple() const noexcept;

  /// The packets kept one by one, in order; the rest is in more_first.
  std::span<const FlowPacket> kept() const noexcept {
    return {first.data(), packets < kKeptPackets ? packets : kKeptPackets};
  }
};

}  // namespace weir
