// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A bidirectional flow and everything that is remembered of it.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/flow/flow_key.hpp"

namespace weir {

/// Why a flow record was emitted; the numbers are those of IPFIX's flowEndReason (IANA element
/// 136).
enum class FlowEndReason : std::uint8_t {
  none = 0,               ///< not ended: a provisional row at the N-th packet
  idle_timeout = 1,       ///< no packet for the idle time-out
  active_timeout = 2,     ///< lived for the active time-out; its next packet starts the next piece
  end_of_flow = 3,        ///< TCP FIN in both directions and their ACKs, or RST
  forced_end = 4,         ///< the input ended
  lack_of_resources = 5,  ///< evicted to make room
};

/// "idle_timeout", ..., "none".
std::string_view to_string(FlowEndReason reason) noexcept;

}  // namespace weir
