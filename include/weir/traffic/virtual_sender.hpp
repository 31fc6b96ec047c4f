// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic in virtual time: as many packets as wanted, at once, the same bytes for the same seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/traffic/report.hpp"
#include "weir/traffic/source.hpp"
#include "weir/traffic/traffic_sink.hpp"

namespace weir {

struct VirtualTrafficOptions {
  std::int64_t start_ns = 0;  ///< epoch time of the first packet's clock
  std::int64_t duration_ns = 0;
  /// True: the traffic is what happens within the duration, as a capture of so long would show it.
  /// False: messages under way at the end are finished and the connections close, so that the last
  /// packets may come a little after it.
  bool cut = false;
  std::uint64_t seed = 1;
  std::string capture;                  ///< the ground truth's capture column
  std::uint32_t snap_length = 262'144;  ///< bytes of a frame that are kept
};

struct VirtualTrafficResult {
  std::vector<TrafficCount> counts;  ///< one for each application
  std::uint64_t packets = 0;
};

/// Writes the packets of all flows that start within the duration, in order of time, as a capture
/// at the client would show them, as long as the sink takes them. Throws Error when the sink does.
VirtualTrafficResult send_virtual(TrafficSource& source, const VirtualTrafficOptions& options,
                                  TrafficSink& sink, const FlowObserver& on_flow);

}  // namespace weir
