// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// An open flow as the flow table remembers it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "slab.hpp"
#include "weir/flow/compact.hpp"
#include "weir/flow/flow_key.hpp"

namespace weir {

/// All but its packets, which FlowContents has; in no case on more than two cache lines.
struct OpenFlow {
  [[no_unique_address]] FlowKey key;  // whose last byte is followed by the next one here
  bool initiator_is_low : 1 = true;
  bool closed : 1 = false;            ///< TCP: FIN seen in both directions, or RST
  std::uint8_t fins : 2 = 0;          ///< TCP: bit d set once direction d sent FIN
  std::uint8_t windows_seen : 2 = 0;  ///< TCP: bit d set once direction d sent a packet
  std::uint16_t checkpoint = 0;  ///< index of the next packet count to emit a provisional row at
  Uint48 age_ns;                 ///< latest time of a packet, since start_ns
  Uint48 flow_id;                ///< 0 = not in use
  std::uint32_t packets = 0;
  std::int64_t start_ns = 0;         ///< time of the first packet
  std::int64_t clock_ns = 0;         ///< the table's clock at the last packet
  std::uint64_t wire_bytes = 0;      ///< frames on the wire
  std::uint32_t pair = kNoNumber;    ///< its HostActivity; none while no other flow shares it
  std::uint32_t host = kNoNumber;    ///< likewise
  std::uint32_t tunnel = kNoNumber;  ///< its TunnelEnds
  std::array<std::uint16_t, 2> initial_window{};
};
static_assert(sizeof(OpenFlow) == 96);

}  // namespace weir
