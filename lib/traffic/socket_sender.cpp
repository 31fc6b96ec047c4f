// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Starts the flows of all applications when they are due: the clients' part, and that of servers in
// the same process.
#include "weir/traffic/socket_sender.hpp"

#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "control.hpp"
#include "socket_runner.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

class SocketSender : public SocketRunner {
 public:
  /// `control`: to the responder on the other host; null = there is none.
  SocketSender(TrafficSource& source, const SocketTrafficOptions& options,
               ControlConnection* control, const FlowObserver& on_flow);

  SocketTrafficResult send();

 private:
  using ServerAndPort = std::pair<const SocketServer*, std::uint16_t>;

  void on_event(std::uint64_t key) override;
  void on_started(std::uint64_t id, SocketServer& server) override;
  void on_removed(std::uint64_t id, SocketServer& server) override;
  void plan();
  void start_flow();
  void accept_clients(SocketServer& server);
  void check_connected() const;
  void add_remote_counts(SocketTrafficResult& result);

  ControlConnection* control_;
  FlowPlan planned_;
  std::uint64_t planned_number_ = 0;                   // of planned_, from 1
  std::map<ServerAndPort, std::uint64_t> unaccepted_;  // flows whose server has no socket yet
};

SocketSender::SocketSender(TrafficSource& source, const SocketTrafficOptions& options,
                           ControlConnection* control, const FlowObserver& on_flow)
    : SocketRunner(source, options, control == nullptr ? 1.0 : 0.5, on_flow), control_(control) {
  add_servers(options.destination, options.responder == Responder::own);
  for (SocketServer& server : servers_) {
    server.is_foreign = options.responder == Responder::foreign;
  }
  if (control_ != nullptr) loop().watch(control_->socket(), make_key(0, Topic::control));
}

SocketTrafficResult SocketSender::send() {
  plan();
  run();
  check_connected();
  SocketTrafficResult sent = result();
  if (control_ != nullptr) add_remote_counts(sent);
  return sent;
}

void SocketSender::on_event(std::uint64_t key) {
  switch (key_topic(key)) {
    case Topic::plan_timer:
      if (!is_draining()) start_flow();
      return;
    case Topic::listener: {
      SocketServer& server = servers_[key_id(key)];
      if (server.protocol == IpProtocol::tcp) return accept_clients(server);
      return receive_datagrams(tools(), server);
    }
    case Topic::control:
      if (control_->receive())
        throw Error("the weir-gen at " + control_->peer().text() + " failed");
      return;
    default:
      return;
  }
}

void SocketSender::plan() {
  planned_ = source_.next();
  ++planned_number_;
  if (planned_.start_ns < end_ns_) {
    loop().set_timer(planned_.start_ns, make_key(0, Topic::plan_timer));
  }
}

void SocketSender::start_flow() {
  FlowPlan flow_plan = std::move(planned_);
  const std::uint64_t number = planned_number_;
  plan();
  const std::size_t server = server_of(flow_plan.tuple);
  FlowSockets sockets;
  sockets.client =
      connect_to(servers_[server].endpoint, servers_[server].protocol == IpProtocol::tcp);
  if (!sockets.client.is_open()) {
    ++lanes_[flow_plan.application].count.unsent;
    return;
  }
  sockets.client_end = local_endpoint(sockets.client);
  if (control_ != nullptr) {
    control_->send({{"flow", number}, {"port", sockets.client_end.port()}});
  }
  start(server, std::move(sockets), std::move(flow_plan));
}

void SocketSender::on_started(std::uint64_t id, SocketServer& server) {
  if (server.protocol != IpProtocol::tcp || !server.plays_both()) return;
  unaccepted_[{&server, flow(id).tuple().src_port}] = id;
}

void SocketSender::on_removed(std::uint64_t id, SocketServer& server) {
  const auto found = unaccepted_.find({&server, flow(id).tuple().src_port});
  if (found != unaccepted_.end() && found->second == id) unaccepted_.erase(found);
}

void SocketSender::accept_clients(SocketServer& server) {
  for (;;) {
    Endpoint peer;
    Descriptor accepted = accept_from(server.responder, peer);
    if (!accepted.is_open()) return;
    const auto found = unaccepted_.find({&server, peer.port()});
    if (found == unaccepted_.end()) continue;  // a stranger: closed again
    const std::uint64_t id = found->second;
    unaccepted_.erase(found);
    flow(id).on_accepted(std::move(accepted));
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

void SocketSender::add_remote_counts(SocketTrafficResult& result) {
  control_->send({{"end", true}});
  const nlohmann::json sent = control_->await(kControlTimeoutNs).value("sent", nlohmann::json());
  if (sent.size() != result.counts.size()) {
    throw Error("the weir-gen at " + control_->peer().text() + " failed");
  }
  for (std::size_t i = 0; i < result.counts.size(); ++i) {
    result.counts[i].messages[index(Side::server)] += sent[i].at(0).get<std::uint64_t>();
    result.counts[i].bytes[index(Side::server)] += sent[i].at(1).get<std::uint64_t>();
    result.received_bytes[i] += sent[i].at(2).get<std::uint64_t>();
  }
}

}  // namespace

SocketTrafficResult send_over_sockets(TrafficSource& source, const SocketTrafficOptions& options,
                                      const FlowObserver& on_flow) {
  if (options.responder != Responder::remote) {
    return SocketSender(source, options, nullptr, on_flow).send();
  }
  ControlConnection control(Endpoint(options.destination, options.control_port));
  control.send(nlohmann::json::parse(options.job));
  const nlohmann::json answer = control.await(kControlTimeoutNs);
  if (!answer.contains("ready")) {
    throw Error("the weir-gen at " + control.peer().text() + ": " +
                answer.value("error", "does not answer"));
  }
  return SocketSender(source, options, &control, on_flow).send();
}

}  // namespace weir
