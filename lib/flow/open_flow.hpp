// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// An open flow and everything that is remembered of it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "weir/flow/flow_record.hpp"

namespace weir {

struct HostActivity;

/// What every packet touches comes first.
struct OpenFlow {
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
};

}  // namespace weir
