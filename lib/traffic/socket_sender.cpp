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
#include <unordered_map>

#include "socket_flow.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

constexpr std::int64_t kDrainNs = kNanosPerSecond / 2;  // for all connections to close

/// A lane with the conversation that starts next and the connections it has not yet accepted.
struct Queue {
  SocketLane lane;
  PlannedConversation planned = {};
  std::unordered_map<std::uint16_t, std::uint64_t> unaccepted = {};  // client port -> flow
};

class SocketSender {
 public:
  SocketSender(std::vector<std::unique_ptr<Application>>& applications,
               const SocketTrafficOptions& options, const FlowObserver& on_flow);

  SocketTrafficResult run();

 private:
  struct Running {
    std::size_t queue;
    std::unique_ptr<SocketFlow> flow;
  };

  void open_responder(SocketLane& lane);
  void plan(std::size_t index);
  void start_flow(std::size_t index);
  void accept_clients(Queue& queue);
  void on_timer(std::uint64_t key, std::int64_t time_ns);
  void on_socket(std::uint64_t key, std::uint32_t events);
  void remove_if_over(std::uint64_t id);
  void remove(std::uint64_t id);
  void begin_drain();
  void check_connected() const;

  SocketTrafficOptions options_;
  const FlowObserver& on_flow_;
  PayloadPool payloads_;
  std::int64_t end_ns_;
  bool draining_ = false;
  std::deque<Queue> queues_;  // flows keep references into it
  EventLoop loop_;
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

SocketSender::SocketSender(std::vector<std::unique_ptr<Application>>& applications,
                           const SocketTrafficOptions& options, const FlowObserver& on_flow)
    : options_(options),
      on_flow_(on_flow),
      payloads_(Random(options.seed)),
      end_ns_(options.duration_ns) {
  raise_descriptor_limit();
  for (const auto& application : applications) {
    const ApplicationInfo& info = application->info();
    Queue& queue = queues_.emplace_back(
        Queue{{*application, loop_, payloads_, end_ns_, Endpoint(options.destination, info.port)}});
    if (info.paced) queue.lane.pacer.emplace(info.messages_per_s);
    if (options.responder) open_responder(queue.lane);
  }
}

void SocketSender::open_responder(SocketLane& lane) {
  const ApplicationInfo& info = lane.application.info();
  lane.responder =
      listen_at(lane.destination, info.transport == IpProtocol::tcp,
                fmt::format("choose another port for {}, or --no-responder to talk to the server "
                            "that is there",
                            info.label));
  loop_.watch(lane.responder, make_key(queues_.size() - 1, Topic::lane));
}

SocketTrafficResult SocketSender::run() {
  for (std::size_t i = 0; i < queues_.size(); ++i) plan(i);
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
  for (const Queue& queue : queues_) {
    result.counts.push_back(queue.lane.count);
    result.received_bytes.push_back(queue.lane.received_bytes);
  }
  return result;
}

void SocketSender::plan(std::size_t index) {
  Queue& queue = queues_[index];
  queue.planned = queue.lane.application.next_conversation();
  if (queue.planned.start_ns < end_ns_) {
    loop_.set_timer(queue.planned.start_ns, make_key(index, Topic::lane_timer));
  }
}

void SocketSender::start_flow(std::size_t index) {
  Queue& queue = queues_[index];
  PlannedConversation planned = std::move(queue.planned);
  plan(index);
  SocketLane& lane = queue.lane;
  const bool tcp = lane.application.info().transport == IpProtocol::tcp;
  Descriptor client = connect_to(lane.destination, tcp);
  if (!client.is_open()) {
    ++lane.count.unsent;
    return;
  }
  const std::uint64_t id = next_id_++;
  auto flow = tcp ? make_socket_tcp(lane, id, std::move(client), std::move(planned.conversation))
                  : make_socket_udp(lane, id, std::move(client), std::move(planned.conversation),
                                    planned.start_ns);
  if (tcp && lane.has_responder()) queue.unaccepted[flow->tuple().src_port] = id;
  flows_.emplace(id, Running{index, std::move(flow)});
  remove_if_over(id);
}

void SocketSender::accept_clients(Queue& queue) {
  for (;;) {
    Endpoint peer;
    Descriptor server = accept_from(queue.lane.responder, peer);
    if (!server.is_open()) return;
    const auto found = queue.unaccepted.find(peer.port());
    if (found == queue.unaccepted.end()) continue;  // a stranger: closed again
    const std::uint64_t id = found->second;
    queue.unaccepted.erase(found);
    flows_.at(id).flow->on_accepted(std::move(server));
    remove_if_over(id);
  }
}

void SocketSender::on_timer(std::uint64_t key, std::int64_t time_ns) {
  const std::uint64_t id = key_id(key);
  if (key_topic(key) == Topic::lane_timer) {
    if (!draining_) start_flow(id);
    return;
  }
  const auto found = flows_.find(id);
  if (found == flows_.end()) return;
  found->second.flow->on_timer(time_ns);
  remove_if_over(id);
}

void SocketSender::on_socket(std::uint64_t key, std::uint32_t events) {
  const std::uint64_t id = key_id(key);
  if (key_topic(key) == Topic::lane) {
    Queue& queue = queues_[id];
    if (queue.lane.application.info().transport == IpProtocol::tcp) {
      accept_clients(queue);
    } else {
      receive_datagrams(queue.lane, queue.lane.responder);
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
  Queue& queue = queues_[running.queue];
  const SocketFlow& flow = *running.flow;
  ++queue.lane.count.flows;
  const auto unaccepted = queue.unaccepted.find(flow.tuple().src_port);
  if (unaccepted != queue.unaccepted.end() && unaccepted->second == id) {
    queue.unaccepted.erase(unaccepted);
  }
  on_flow_({"", flow.tuple(), loop_.epoch_ns() + flow.start_ns(), loop_.epoch_ns() + flow.last_ns(),
            queue.lane.application.info().label});
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
  for (const Queue& queue : queues_) {
    const SocketLane& lane = queue.lane;
    const bool tcp = lane.application.info().transport == IpProtocol::tcp;
    if (tcp && lane.count.flows > 0 && lane.established == 0 && !stop_requested()) {
      throw_unreachable(lane.destination, ETIMEDOUT);
    }
  }
}

}  // namespace

SocketTrafficResult send_over_sockets(std::vector<std::unique_ptr<Application>>& applications,
                                      const SocketTrafficOptions& options,
                                      const FlowObserver& on_flow) {
  return SocketSender(applications, options, on_flow).run();
}

}  // namespace weir
