// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic in virtual time: as many packets as wanted, at once, the same bytes for the same seed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/net/source.hpp"
#include "weir/traffic/conversation.hpp"
#include "weir/traffic/report.hpp"

namespace weir {

struct VirtualTrafficOptions {
  IpAddress destination;
  std::int64_t start_ns = 0;  ///< epoch time of the first packet's clock
  std::int64_t duration_ns = 0;
  std::uint64_t seed = 1;
  std::string capture;                  ///< the ground truth's capture column
  std::uint32_t snap_length = 262'144;  ///< bytes of a frame that are kept
};

struct VirtualTrafficResult {
  std::vector<TrafficCount> counts;  ///< one for each application
  std::uint64_t packets = 0;
};

/// Writes the packets of all conversations that start within the duration, in order of time, as a
/// capture at the client would show them. Messages in flight at the end are finished, then the
/// connections close, so that the last packets may come a little after it. Clients have the
/// destination's own address where that is a loopback one, else neighbours of it. Throws Error when
/// the sink does, Interrupted when asked to stop.
VirtualTrafficResult send_virtual(std::vector<std::unique_ptr<Application>>& applications,
                                  const VirtualTrafficOptions& options, PacketSink& sink,
                                  const FlowObserver& on_flow);

}  // namespace weir
