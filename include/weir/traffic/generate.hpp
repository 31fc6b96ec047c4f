// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The whole job of weir-gen: models, a way to send, and the files that come of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/traffic/application.hpp"
#include "weir/traffic/steady.hpp"

namespace weir {

/// How the traffic is sent.
enum class TrafficMethod : std::uint8_t {
  socket,  ///< real sockets, in real time
  pcap,    ///< virtual time, into a capture file
};

struct GenerateOptions {
  TrafficOptions traffic;
  SteadyLoad steady;  ///< with TrafficType::steady; of `traffic` only the seed counts then
  TrafficMethod method = TrafficMethod::socket;
  std::string destination = "127.0.0.1";  ///< an address as text
  std::string output;                     ///< capture to write; "-" = stdout; pcap only
  std::uint32_t snap_length = 262'144;    ///< bytes of a packet that are written; pcap only
  std::string ground_truth;               ///< CSV to write; empty = none
  std::int64_t start_s = 1'767'225'600;   ///< epoch of virtual time 0: 2026-01-01T00:00:00Z
  bool no_responder = false;
  bool own_network = false;  ///< a public destination is the user's own
};

/// Sends the traffic, writes capture and ground truth, and returns a line for each application (one
/// for steady traffic) that says what was sent. Over sockets a stop request only ends it early; in
/// virtual time it throws Interrupted and leaves no files. Throws UsageError for options that
/// contradict each other and destinations that traffic must not go to; Error as the senders do.
std::vector<std::string> generate(const GenerateOptions& options);

}  // namespace weir
