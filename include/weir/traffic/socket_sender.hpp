// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic over the kernel's own sockets, in real time, between this process and its responders.
#pragma once

#include <cstdint>
#include <vector>

#include "weir/net/address.hpp"
#include "weir/traffic/report.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

struct SocketTrafficOptions {
  IpAddress destination;
  std::int64_t duration_ns = 0;
  /// Listen at the destination and play the servers' part. Without it somebody else must listen:
  /// only the clients' messages are sent, whatever comes back is read and counted, and a client
  /// that expects an answer goes on when the first of it has come, or after a second.
  bool responder = true;
  std::uint64_t seed = 1;
};

struct SocketTrafficResult {
  std::vector<TrafficCount> counts;           ///< one for each application
  std::vector<std::uint64_t> received_bytes;  ///< payload, both ends, one for each application
  std::int64_t elapsed_ns = 0;                ///< from the first conversation's start
};

/// Runs all conversations that start within the duration and cuts them short at its end: returns
/// within a second after it, or after stop_requested(). Ground-truth rows have the real five-tuples
/// and times, and no capture name. Needs no privilege. Throws Error where a responder cannot listen
/// and where the destination refuses or cannot be reached.
SocketTrafficResult send_over_sockets(TrafficSource& source, const SocketTrafficOptions& options,
                                      const FlowObserver& on_flow);

}  // namespace weir
