// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The event loop of flows over sockets.
#include "socket_runner.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

constexpr std::int64_t kDrainNs = kNanosPerSecond / 2;  // for all connections to close

/// Takes as many descriptors as the system allows: a connection needs two.
void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

SocketRunner::SocketRunner(TrafficSource& source, const SocketTrafficOptions& options,
                           double share_of_rate, const FlowObserver& on_flow)
    : source_(source),
      options_(options),
      end_ns_(options.duration_ns),
      on_flow_(on_flow),
      tools_(options.seed) {
  raise_descriptor_limit();
  for (const ApplicationInfo& info : source.applications()) {
    SocketLane& lane = lanes_.emplace_back(SocketLane{info, tools_, end_ns_});
    if (info.paced) lane.pacer.emplace(info.messages_per_s * share_of_rate);
  }
}

void SocketRunner::add_servers(const IpAddress& address, bool listen) {
  for (const ServerPort& port : source_.server_ports()) {
    SocketServer& server = servers_.emplace_back();
    server.protocol = port.protocol;
    server.endpoint = Endpoint(address, port.port);
    if (!listen) continue;
    server.responder =
        listen_at(server.endpoint, server.protocol == IpProtocol::tcp,
                  fmt::format("choose another port for {}, or --no-responder to talk to the server "
                              "that is there",
                              port.application));
    loop().watch(server.responder, make_key(servers_.size() - 1, Topic::listener));
  }
}

void SocketRunner::run() {
  while (!draining_ || (!flows_.empty() && loop().now_ns() < end_ns_ + kDrainNs)) {
    if (!draining_ && (stop_requested() || loop().now_ns() >= end_ns_)) begin_drain();
    if (draining_ && flows_.empty()) break;
    turn();
  }
  while (!flows_.empty()) remove(flows_.begin()->first);
}

void SocketRunner::turn() {
  loop().run_once(
      draining_ ? end_ns_ + kDrainNs : end_ns_,
      [this](std::uint64_t key, std::int64_t time_ns) { on_timer(key, time_ns); },
      [this](std::uint64_t key, std::uint32_t events) { on_socket(key, events); });
}

SocketTrafficResult SocketRunner::result() const {
  SocketTrafficResult result;
  result.elapsed_ns = end_ns_;
  for (const SocketLane& lane : lanes_) {
    result.counts.push_back(lane.count);
    result.received_bytes.push_back(lane.received_bytes);
  }
  return result;
}

void SocketRunner::start(std::size_t server_index, FlowSockets sockets, FlowPlan plan) {
  SocketServer& server = servers_[server_index];
  SocketLane& lane = lanes_[plan.application];
  const std::uint64_t id = next_id_++;
  const auto make = server.protocol == IpProtocol::tcp ? make_socket_tcp : make_socket_udp;
  ++server.attempts;
  flows_.emplace(id, Running{server_index, &lane,
                             make(lane, server, id, std::move(sockets), std::move(plan))});
  on_started(id, server);
  remove_if_over(id);
}

/// The server that listens where the flow goes to.
std::size_t SocketRunner::server_of(const FiveTuple& tuple) const {
  const auto found = std::ranges::find_if(servers_, [&](const SocketServer& server) {
    return static_cast<std::uint8_t>(server.protocol) == tuple.protocol &&
           server.endpoint.port() == tuple.dst_port;
  });
  return static_cast<std::size_t>(found - servers_.begin());
}

void SocketRunner::on_timer(std::uint64_t key, std::int64_t time_ns) {
  if (key_topic(key) != Topic::timer) return on_event(key);
  const auto found = flows_.find(key_id(key));
  if (found == flows_.end()) return;
  found->second.flow->on_timer(time_ns);
  remove_if_over(key_id(key));
}

void SocketRunner::on_socket(std::uint64_t key, std::uint32_t events) {
  const Topic topic = key_topic(key);
  if (topic != Topic::client && topic != Topic::server) return on_event(key);
  const auto found = flows_.find(key_id(key));
  if (found == flows_.end()) return;  // removed by an event before this one
  found->second.flow->on_socket(topic == Topic::client ? Side::client : Side::server, events);
  remove_if_over(key_id(key));
}

void SocketRunner::remove_if_over(std::uint64_t id) {
  if (flow(id).over()) remove(id);
}

void SocketRunner::remove(std::uint64_t id) {
  const Running& running = flows_.at(id);
  SocketServer& server = servers_[running.server];
  const SocketFlow& flow = *running.flow;
  ++running.lane->count.flows;
  on_removed(id, server);
  server.senders.erase(flow.tuple().src_port);
  on_flow_({"", flow.tuple(), loop().epoch_ns() + flow.start_ns(),
            loop().epoch_ns() + flow.last_ns(), running.lane->info.label});
  flows_.erase(id);
}

/// From here on only closes are waited for.
void SocketRunner::begin_drain() {
  draining_ = true;
  end_now();
  for (auto next = flows_.begin(); next != flows_.end();) {
    const std::uint64_t id = next->first;
    ++next;
    flow(id).drain();
    remove_if_over(id);
  }
}

}  // namespace weir
