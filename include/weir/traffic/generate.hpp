// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The whole job of weir-gen: models, a way to send, and the files that come of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/traffic/application.hpp"
#include "weir/traffic/steady.hpp"

namespace weir {

/// How the traffic is sent.
enum class TrafficMethod : std::uint8_t {
  socket,  ///< real sockets, in real time
  pcap,    ///< virtual time, into a capture file
  raw,     ///< the same packets in real time, on an interface
};

/// What is written.
enum class TrafficFormat : std::uint8_t {
  by_name,  ///< a capture, pcapng where the file's name ends so
  pcap,
  pcapng,
  packet_csv,  ///< a row for each packet, with its label
};

inline constexpr unsigned kMostUsers = 100'000;

struct GenerateOptions {
  TrafficOptions traffic;
  std::string scenario;  ///< file to read instead of `traffic.type`; empty = none
  std::optional<std::string> scenario_text;  ///< of that file, where it was read already
  std::string preset;                        ///< built-in scenario instead; empty = none
  unsigned users = 0;                        ///< of the scenario; 0 = as it says
  bool own_duration = false;                 ///< traffic.duration_ns counts, not the scenario's
  TrafficFormat format = TrafficFormat::by_name;
  std::uint64_t rows = 0;            ///< of a packet table; 0 = all packets
  std::uint16_t server_port = 4433;  ///< of a scenario's servers over sockets
  SteadyLoad steady;  ///< with TrafficType::steady; of `traffic` only the seed counts then
  TrafficMethod method = TrafficMethod::socket;
  /// An address as text. Empty: 127.0.0.1, or servers of the scenario's own into a file.
  std::string destination;
  std::string output;                    ///< capture to write; "-" = stdout; pcap only
  std::uint32_t snap_length = 262'144;   ///< bytes of a packet that are written; pcap only
  std::string ground_truth;              ///< CSV to write; empty = none
  std::int64_t start_s = 1'767'225'600;  ///< epoch of virtual time 0: 2026-01-01T00:00:00Z
  std::string interface;                 ///< raw only
  std::string destination_mac;           ///< of all frames; empty: made from addresses; raw only
  bool no_responder = false;             ///< foreign servers listen at the destination
  bool remote = false;                   ///< a weir-gen --responder does
  bool responder = false;                ///< be that one; what is sent comes from the other host
  std::string listen;                    ///< address to listen at, as text; responder only
  std::uint16_t control_port = 5400;     ///< of a responder
  bool own_network = false;              ///< a public destination is the user's own
};

/// Sends the traffic, writes capture and ground truth, and returns a line for each application (one
/// for steady traffic) that says what was sent. In real time a stop request only ends it early; in
/// virtual time it throws Interrupted and leaves no files. Throws UsageError for options that
/// contradict each other and destinations that traffic must not go to; Error as the senders do.
///
/// A responder serves one run after another until a stop request, and logs what it says of each.
std::vector<std::string> generate(const GenerateOptions& options);

}  // namespace weir
