// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic over the kernel's own sockets, in real time, between this process and responders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/net/address.hpp"
#include "weir/traffic/report.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// Who plays the servers' part.
enum class Responder : std::uint8_t {
  own,  ///< this process, which listens at the destination
  /// Somebody else: only the clients' messages are sent, whatever comes back is read and counted,
  /// and a client that expects an answer goes on when the first of it has come, or after a second.
  foreign,
  remote,  ///< a weir-gen --responder at the destination, which knows the same plans
};

struct SocketTrafficOptions {
  IpAddress destination;
  std::int64_t duration_ns = 0;
  Responder responder = Responder::own;
  std::uint64_t seed = 1;
  std::uint16_t control_port = 0;  ///< of a remote responder
  std::string job;                 ///< for a remote responder: what is to be run (JSON)
};

struct SocketTrafficResult {
  std::vector<TrafficCount> counts;           ///< one for each application
  std::vector<std::uint64_t> received_bytes;  ///< payload, both ends, one for each application
  std::int64_t elapsed_ns = 0;                ///< from the first conversation's start
};

/// Runs all conversations that start within the duration and cuts them short at its end: returns
/// within a second after it, or after stop_requested(). Ground-truth rows have the real five-tuples
/// and times, and no capture name. The counts of a remote responder are among the results. Needs no
/// privilege. Throws Error where a responder cannot listen and where the destination refuses or
/// cannot be reached.
SocketTrafficResult send_over_sockets(TrafficSource& source, const SocketTrafficOptions& options,
                                      const FlowObserver& on_flow);

}  // namespace weir
