// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What the two hosts of a run tell each other beside the traffic: lines of JSON over TCP.
//
//   client                                       responder
//   {"version": "0.1.0", "seed": 1, ...}  ->                          what to run
//                                         <-     {"ready": true}      or {"error": "..."}
//   {"flow": 17, "port": 40123}           ->                          the flow is about to come
//   {"end": true}                         ->
//                                         <-     {"sent": [[messages, bytes, received bytes], ...]}
//
// Both draw the same plans from the same seed, so that a flow is known by its number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "socket.hpp"
#include "weir/base/units.hpp"

namespace weir {

inline constexpr std::int64_t kControlTimeoutNs = 5 * kNanosPerSecond;

/// One end of that connection.
class ControlConnection {
 public:
  /// Connects to a responder. Throws Error where none listens at `endpoint`, or none answers.
  explicit ControlConnection(const Endpoint& endpoint);
  ControlConnection(Descriptor accepted, const Endpoint& peer);

  const Descriptor& socket() const noexcept { return socket_; }
  const Endpoint& peer() const noexcept { return peer_; }

  /// Throws Error where the other end is gone.
  void send(const nlohmann::json& message);

  /// The next message that has come in full, nothing while there is none. Throws Error where the
  /// other end is gone or does not speak this language.
  std::optional<nlohmann::json> receive();

  /// Waits for a message. Throws Error after `timeout_ns`, Interrupted when asked to stop
  /// meanwhile.
  nlohmann::json await(std::int64_t timeout_ns);

 private:
  Descriptor socket_;
  Endpoint peer_;
  std::string received_;
};

}  // namespace weir
