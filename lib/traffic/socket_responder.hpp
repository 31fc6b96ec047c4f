// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The servers' part of a run whose clients are on another host.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "control.hpp"
#include "socket_runner.hpp"

namespace weir {

/// Listens at the source's ports and plays the servers of those flows that are announced. Only the
/// host at the other end of the control connection is answered.
class SocketResponder : public SocketRunner {
 public:
  /// `options.destination`: the address to listen at. Throws Error where a port is taken.
  SocketResponder(TrafficSource& source, const SocketTrafficOptions& options,
                  ControlConnection& control, const FlowObserver& on_flow);

  /// Until the other host says that it is over, and sends it what was done here. Throws Error where
  /// that host is gone.
  SocketTrafficResult respond();

 private:
  using ServerAndPort = std::pair<std::size_t, std::uint16_t>;

  void on_event(std::uint64_t key) override;
  void on_started(std::uint64_t id, SocketServer& server) override;
  void on_removed(std::uint64_t id, SocketServer& server) override;
  void read_control();
  void announce(std::uint64_t number, std::uint16_t port);
  void accept_clients(std::size_t server);
  void start_announced(const ServerAndPort& key, Descriptor accepted);
  void note_datagram(const ServerAndPort& key, std::uint64_t bytes);
  void start_noted();
  ServerAndPort key_of(std::uint64_t id, const SocketServer& server);

  ControlConnection& control_;
  bool ended_ = false;  // the other host said so
  std::uint64_t next_number_ = 1;
  std::map<ServerAndPort, FlowPlan> announced_;         // over TCP, no connection yet
  std::map<ServerAndPort, Descriptor> unannounced_;     // connections without a plan yet
  std::map<ServerAndPort, std::uint64_t> unheard_;      // flows over UDP without a datagram yet
  std::map<ServerAndPort, std::uint64_t> early_bytes_;  // datagrams without a flow yet
};

}  // namespace weir
