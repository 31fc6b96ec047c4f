// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Brings connections and datagrams of another host together with its announcements, whichever
// comes first.
#include "socket_responder.hpp"

#include <optional>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

constexpr std::uint64_t kMostLeftOut = 1'000'000;

}  // namespace

SocketResponder::SocketResponder(TrafficSource& source, const SocketTrafficOptions& options,
                                 ControlConnection& control, const FlowObserver& on_flow)
    : SocketRunner(source, options, 0.5, on_flow), control_(control) {
  add_servers(options.destination, true);
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    servers_[i].plays_client = false;
    servers_[i].on_stranger = [this, i](std::uint64_t bytes, const Endpoint& peer) {
      if (peer.address() == control_.peer().address()) note_datagram({i, peer.port()}, bytes);
    };
  }
  loop().watch(control_.socket(), make_key(0, Topic::control));
}

SocketTrafficResult SocketResponder::respond() {
  run();
  if (!ended_) check_interrupted();
  loop().forget(control_.socket());
  // The clients' clock is a moment behind: what they still say is of no consequence.
  while (!ended_) {
    const nlohmann::json message = control_.await(kControlTimeoutNs);
    ended_ = message.contains("end");
  }
  SocketTrafficResult done = result();
  auto sent = nlohmann::json::array();
  for (std::size_t i = 0; i < done.counts.size(); ++i) {
    const TrafficCount& count = done.counts[i];
    sent.push_back({count.messages[index(Side::server)], count.bytes[index(Side::server)],
                    done.received_bytes[i]});
  }
  control_.send({{"sent", sent}});
  return done;
}

void SocketResponder::on_event(std::uint64_t key) {
  if (key_topic(key) == Topic::control) return read_control();
  if (key_topic(key) != Topic::listener) return;
  SocketServer& server = servers_[key_id(key)];
  if (server.protocol == IpProtocol::tcp) return accept_clients(key_id(key));
  receive_datagrams(tools(), server);
  start_noted();
}

void SocketResponder::read_control() {
  while (const std::optional<nlohmann::json> message = control_.receive()) {
    if (message->contains("flow")) {
      announce(message->at("flow").get<std::uint64_t>(), message->at("port").get<std::uint16_t>());
    } else if (message->contains("end")) {
      ended_ = true;
      end_now();
    }
  }
}

/// Numbers rise; those that are left out found no socket on the other host.
void SocketResponder::announce(std::uint64_t number, std::uint16_t port) {
  if (number < next_number_ || number - next_number_ > kMostLeftOut) {
    throw Error(control_.peer().text() + " counts flows in another way");
  }
  while (next_number_ < number) {
    source_.next();
    ++next_number_;
  }
  FlowPlan plan = source_.next();
  ++next_number_;
  if (is_draining()) return;
  const ServerAndPort key{server_of(plan.tuple), port};
  if (servers_[key.first].protocol == IpProtocol::udp) {
    plan.start_ns = loop().now_ns();
    FlowSockets sockets;
    sockets.client_end = Endpoint(control_.peer().address(), port);
    start(key.first, std::move(sockets), std::move(plan));
    return start_noted();
  }
  announced_[key] = std::move(plan);
  if (auto waiting = unannounced_.extract(key)) start_announced(key, std::move(waiting.mapped()));
}

void SocketResponder::accept_clients(std::size_t server) {
  for (;;) {
    Endpoint peer;
    Descriptor accepted = accept_from(servers_[server].responder, peer);
    if (!accepted.is_open()) return;
    if (peer.address() != control_.peer().address()) continue;  // a stranger: closed again
    const ServerAndPort key{server, peer.port()};
    if (announced_.contains(key)) {
      start_announced(key, std::move(accepted));
    } else {
      unannounced_[key] = std::move(accepted);
    }
  }
}

void SocketResponder::start_announced(const ServerAndPort& key, Descriptor accepted) {
  FlowSockets sockets;
  sockets.server = std::move(accepted);
  sockets.client_end = Endpoint(control_.peer().address(), key.second);
  start(key.first, std::move(sockets), std::move(announced_.extract(key).mapped()));
}

void SocketResponder::on_started(std::uint64_t id, SocketServer& server) {
  if (server.protocol == IpProtocol::udp) unheard_[key_of(id, server)] = id;
}

void SocketResponder::on_removed(std::uint64_t id, SocketServer& server) {
  const auto found = unheard_.find(key_of(id, server));
  if (found != unheard_.end() && found->second == id) unheard_.erase(found);
}

SocketResponder::ServerAndPort SocketResponder::key_of(std::uint64_t id,
                                                       const SocketServer& server) {
  std::size_t at = 0;
  while (&servers_[at] != &server) ++at;
  return {at, flow(id).tuple().src_port};
}

/// Flows cannot start here: this is called while datagrams are read.
void SocketResponder::note_datagram(const ServerAndPort& key, std::uint64_t bytes) {
  early_bytes_[key] += bytes;
}

void SocketResponder::start_noted() {
  for (auto early = early_bytes_.begin(); early != early_bytes_.end();) {
    const auto unheard = unheard_.find(early->first);
    if (unheard == unheard_.end()) {
      ++early;
      continue;
    }
    const std::uint64_t id = unheard->second;
    unheard_.erase(unheard);
    flow(id).on_accepted(Descriptor());
    flow(id).count_received(early->second);
    remove_if_over(id);
    early = early_bytes_.erase(early);
  }
}

}  // namespace weir
