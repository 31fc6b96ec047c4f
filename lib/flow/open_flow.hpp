// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// An open flow as the flow table remembers it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "slab.hpp"
#include "weir/flow/flow_key.hpp"
#include "weir/flow/flow_record.hpp"

namespace weir {

/// What every flow has, in two cache lines. Packets and sums lie in up to four FlowUnits: the first
/// packet here, the others up to kKeptPackets in units 0 and 1; from the next on, all four hold one
/// part each of the flow's FlowStatistics.
struct alignas(64) OpenFlow {
  FlowKey key;
  bool initiator_is_low : 1 = true;
  bool closed : 1 = false;            ///< TCP: FIN seen in both directions, or RST
  std::uint8_t fins : 2 = 0;          ///< TCP: bit d set once direction d sent FIN
  std::uint8_t windows_seen : 2 = 0;  ///< TCP: bit d set once direction d sent a packet
  std::uint8_t first_tcp_flags = 0;   ///< of the first packet
  std::array<std::uint16_t, 2> initial_window{};
  std::uint32_t packets = 0;
  std::uint64_t flow_id = 0;     ///< 0 = not in use
  std::int64_t start_ns = 0;     ///< time of the first packet
  std::int64_t last_ns = 0;      ///< latest time of a packet
  std::int64_t clock_ns = 0;     ///< the table's clock at the last packet
  std::uint64_t wire_bytes = 0;  ///< frames on the wire
  struct Kept {
    std::uint32_t first_ip_length = 0;  ///< of the first packet, as the next two
    std::uint32_t first_payload_length : 31 = 0;
    std::uint32_t first_backward : 1 = 0;
    std::array<std::uint32_t, 4> units{kNoNumber, kNoNumber, kNoNumber, kNoNumber};
  };
  struct Counts {
    std::uint64_t ip_bytes;  ///< IP lengths of both directions
    std::uint64_t backward_ip_bytes;
    std::uint32_t backward_packets;
  };
  union {
    Kept kept{};    ///< where the table keeps packets
    Counts counts;  ///< where it does not
  };
  std::uint32_t pair = kNoNumber;    ///< its HostActivity; none while no other flow shares it
  std::uint32_t host = kNoNumber;    ///< likewise
  std::uint32_t tunnel = kNoNumber;  ///< its TunnelEnds
  std::uint16_t checkpoint = 0;  ///< index of the next packet count to emit a provisional row at
};
static_assert(sizeof(OpenFlow) == 128);

/// Three cache lines for packets of a short flow, or a part of a long flow's statistics.
union FlowUnit {
  static constexpr std::size_t kPackets = 12;

  FlowUnit() noexcept {}  // as raw memory: a short flow should not pay for all of it

  std::array<FlowPacket, kPackets> packets;
  FlowStatistics::DirectionPart direction;
  FlowStatistics::CommonPart common;
  FlowStatistics::GapPart gaps;
};
static_assert(sizeof(FlowUnit) == 192);
static_assert(1 + 2 * FlowUnit::kPackets >= kKeptPackets);

}  // namespace weir
