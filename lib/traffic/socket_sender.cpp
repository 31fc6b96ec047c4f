// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Starts the flows of all applications when they are due and removes them when they are over.
#include "weir/traffic/socket_sender.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>

#include "socket_flow.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

constexpr std::int64_t kDrainNs = kNanosPerSecond / 2;  // for all connections to close

class SocketSender {
 public:
  SocketSender(TrafficSource& source, const SocketTrafficOptions& options,
               const FlowObserver& on_flow);

  SocketTrafficResult run();

 private:
  struct Running {
    std::size_t server;
    SocketLane* lane;
    std::unique_ptr<SocketFlow> flow;
  };

  void open_responder(SocketServer& server, const std::string& application);
  void plan();
  void start_flow();
  std::size_t server_of(const FiveTuple& tuple) const;
  void accept_clients(SocketServer& server);
  void on_timer(std::uint64_t key, std::int64_t time_ns);
  void on_socket(std::uint64_t key, std::uint32_t events);
  void remove_if_over(std::uint64_t id);
  void remove(std::uint64_t id);
  void begin_drain();
  void check_connected() const;

  TrafficSource& source_;
  SocketTrafficOptions options_;
  const FlowObserver& on_flow_;
  PayloadPool payloads_;
  std::int64_t end_ns_;
  bool draining_ = false;
  EventLoop loop_;
  std::deque<SocketLane> lanes_;  // by application; flows keep references into it
  std::deque<SocketServer> servers_;
  FlowPlan planned_;
  std::map<std::uint64_t, Running> flows_;
  std::uint64_t next_id_ = 0;
};

/// Takes as many descriptors as the system allows: a connection needs two.
void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

SocketSender::SocketSender(TrafficSource& source, const SocketTrafficOptions& options,
                           const FlowObserver& on_flow)
    : source_(source),
      options_(options),
      on_flow_(on_flow),
      payloads_(Random(options.seed)),
      end_ns_(options.duration_ns) {
  raise_descriptor_limit();
  for (const ApplicationInfo& info : source.applications()) {
    SocketLane& lane = lanes_.emplace_back(SocketLane{info, loop_, payloads_, end_ns_});
    if (info.paced) lane.pacer.emplace(info.messages_per_s);
  }
  for (const ServerPort& port : source.server_ports()) {
    SocketServer& server = servers_.emplace_back(
        SocketServer{port.protocol, Endpoint(options.destination, port.port)});
    if (options.responder) open_responder(server, port.application);
  }
}

void SocketSender::open_responder(SocketServer& server, const std::string& application) {
  server.responder =
      listen_at(server.endpoint, server.protocol == IpProtocol::tcp,
                fmt::format("choose another port for {}, or --no-responder to talk to the server "
                            "that is there",
                            application));
  loop_.watch(server.responder, make_key(servers_.size() - 1, Topic::listener));
}

SocketTrafficResult SocketSender::run() {
  plan();
  while (!draining_ || (!flows_.empty() && loop_.now_ns() < end_ns_ + kDrainNs)) {
    if (!draining_ && (stop_requested() || loop_.now_ns() >= end_ns_)) begin_drain();
    if (draining_ && flows_.empty()) break;
    loop_.run_once(
        draining_ ? end_ns_ + kDrainNs : end_ns_,
        [this](std::uint64_t key, std::int64_t time_ns) { on_timer(key, time_ns); },
        [this](std::uint64_t key, std::uint32_t events) { on_socket(key, events); });
  }
  while (!flows_.empty()) remove(flows_.begin()->first);
  check_connected();
  SocketTrafficResult result;
  result.elapsed_ns = end_ns_;
  for (const SocketLane& lane : lanes_) {
    result.counts.push_back(lane.count);
    result.received_bytes.push_back(lane.received_bytes);
  }
  return result;
}

void SocketSender::plan() {
  planned_ = source_.next();
  if (planned_.start_ns < end_ns_) {
    loop_.set_timer(planned_.start_ns, make_key(0, Topic::plan_timer));
  }
}

void SocketSender::start_flow() {
  FlowPlan flow_plan = std::move(planned_);
  plan();
  SocketLane& lane = lanes_[flow_plan.application];
  const std::size_t server_index = server_of(flow_plan.tuple);
  SocketServer& server = servers_[server_index];
  const bool tcp = server.protocol == IpProtocol::tcp;
  Descriptor client = connect_to(server.endpoint, tcp);
  if (!client.is_open()) {
    ++lane.count.unsent;
    return;
  }
  const std::uint64_t id = next_id_++;
  auto flow = tcp ? make_socket_tcp(lane, server, id, std::move(client), std::move(flow_plan))
                  : make_socket_udp(lane, server, id, std::move(client), std::move(flow_plan));
  ++server.attempts;
  if (tcp && server.has_responder()) server.unaccepted[flow->tuple().src_port] = id;
  flows_.emplace(id, Running{server_index, &lane, std::move(flow)});
  remove_if_over(id);
}

/// The server that listens where the flow goes to.
std::size_t SocketSender::server_of(const FiveTuple& tuple) const {
  const auto found = std::ranges::find_if(servers_, [&](const SocketServer& server) {
    return static_cast<std::uint8_t>(server.protocol) == tuple.protocol &&
           server.endpoint.port() == tuple.dst_port;
  });
  return static_cast<std::size_t>(found - servers_.begin());
}

void SocketSender::accept_clients(SocketServer& server) {
  for (;;) {
    Endpoint peer;
    Descriptor accepted = accept_from(server.responder, peer);
    if (!accepted.is_open()) return;
    const auto found = server.unaccepted.find(peer.port());
    if (found == server.unaccepted.end()) continue;  // a stranger: closed again
    const std::uint64_t id = found->second;
    server.unaccepted.erase(found);
    flows_.at(id).flow->on_accepted(std::move(accepted));
    remove_if_over(id);
  }
}

void SocketSender::on_timer(std::uint64_t key, std::int64_t time_ns) {
  const std::uint64_t id = key_id(key);
  if (key_topic(key) == Topic::plan_timer) {
    if (!draining_) start_flow();
    return;
  }
  const auto found = flows_.find(id);
  if (found == flows_.end()) return;
  found->second.flow->on_timer(time_ns);
  remove_if_over(id);
}

void SocketSender::on_socket(std::uint64_t key, std::uint32_t events) {
  const std::uint64_t id = key_id(key);
  if (key_topic(key) == Topic::listener) {
    SocketServer& server = servers_[id];
    if (server.protocol == IpProtocol::tcp) {
      accept_clients(server);
    } else {
      receive_datagrams(server);
    }
    return;
  }
  const auto found = flows_.find(id);
  if (found == flows_.end()) return;  // removed by an event before this one
  found->second.flow->on_socket(key_topic(key) == Topic::client ? Side::client : Side::server,
                                events);
  remove_if_over(id);
}

void SocketSender::remove_if_over(std::uint64_t id) {
  if (flows_.at(id).flow->over()) remove(id);
}

void SocketSender::remove(std::uint64_t id) {
  const Running& running = flows_.at(id);
  SocketServer& server = servers_[running.server];
  const SocketFlow& flow = *running.flow;
  ++running.lane->count.flows;
  const auto unaccepted = server.unaccepted.find(flow.tuple().src_port);
  if (unaccepted != server.unaccepted.end() && unaccepted->second == id) {
    server.unaccepted.erase(unaccepted);
  }
  server.senders.erase(flow.tuple().src_port);
  on_flow_({"", flow.tuple(), loop_.epoch_ns() + flow.start_ns(), loop_.epoch_ns() + flow.last_ns(),
            running.lane->info.label});
  flows_.erase(id);
}

/// From here on only closes are waited for.
void SocketSender::begin_drain() {
  draining_ = true;
  end_ns_ = std::min(end_ns_, loop_.now_ns());
  for (auto next = flows_.begin(); next != flows_.end();) {
    const std::uint64_t id = next->first;
    ++next;
    flows_.at(id).flow->drain();
    remove_if_over(id);
  }
}

/// A destination that answered no connection attempt is as bad as one that refused it.
void SocketSender::check_connected() const {
  for (const SocketServer& server : servers_) {
    const bool tcp = server.protocol == IpProtocol::tcp;
    if (tcp && server.attempts > 0 && server.established == 0 && !stop_requested()) {
      throw_unreachable(server.endpoint, ETIMEDOUT);
    }
  }
}

}  // namespace

SocketTrafficResult send_over_sockets(TrafficSource& source, const SocketTrafficOptions& options,
                                      const FlowObserver& on_flow) {
  return SocketSender(source, options, on_flow).run();
}

}  // namespace weir
