// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Runs flows over sockets: what the side that opens them and the side that answers have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "socket_flow.hpp"
#include "weir/traffic/socket_sender.hpp"

namespace weir {

/// Flows, their servers and timers; derived classes start the flows.
class SocketRunner {
 public:
  SocketRunner(const SocketRunner&) = delete;
  SocketRunner& operator=(const SocketRunner&) = delete;

 protected:
  /// `share_of_rate`: of the rates of paced applications that belongs to this process.
  SocketRunner(TrafficSource& source, const SocketTrafficOptions& options, double share_of_rate,
               const FlowObserver& on_flow);
  virtual ~SocketRunner() = default;

  /// Until the duration is over or a stop was asked for, and all connections are closed.
  void run();
  /// All flows are cut at the next turn.
  void end_now() noexcept { end_ns_ = std::min(end_ns_, loop().now_ns()); }

  /// Listens at each of the source's ports, or only notes them. Throws Error.
  void add_servers(const IpAddress& address, bool listen);
  void start(std::size_t server, FlowSockets sockets, FlowPlan plan);
  std::size_t server_of(const FiveTuple& tuple) const;
  bool is_draining() const noexcept { return draining_; }
  SocketTools& tools() noexcept { return tools_; }
  EventLoop& loop() noexcept { return tools_.loop; }
  SocketFlow& flow(std::uint64_t id) { return *flows_.at(id).flow; }
  void remove_if_over(std::uint64_t id);
  SocketTrafficResult result() const;

  /// A key of the event loop that is not a flow's: Topic::listener, plan_timer or control.
  virtual void on_event(std::uint64_t key) = 0;
  /// A flow was started, or is about to be removed.
  virtual void on_started(std::uint64_t id, SocketServer& server) = 0;
  virtual void on_removed(std::uint64_t id, SocketServer& server) = 0;

  TrafficSource& source_;
  SocketTrafficOptions options_;
  std::deque<SocketServer> servers_;
  std::deque<SocketLane> lanes_;  // by application; flows keep references into it
  std::int64_t end_ns_;

 private:
  struct Running {
    std::size_t server;
    SocketLane* lane;
    std::unique_ptr<SocketFlow> flow;
  };

  void turn();
  void on_timer(std::uint64_t key, std::int64_t time_ns);
  void on_socket(std::uint64_t key, std::uint32_t events);
  void remove(std::uint64_t id);
  void begin_drain();

  const FlowObserver& on_flow_;
  SocketTools tools_;
  bool draining_ = false;
  std::map<std::uint64_t, Running> flows_;
  std::uint64_t next_id_ = 0;
};

}  // namespace weir
