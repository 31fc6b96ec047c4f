// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all flows over sockets share, and those over UDP.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "socket_flow.hpp"

namespace weir {

SocketFlow::SocketFlow(SocketLane& lane, SocketServer& server, std::uint64_t id,
                       const Endpoint& client)
    : lane_(lane),
      server_(server),
      id_(id),
      tuple_{client.address(), server.endpoint.address(), client.port(), server.endpoint.port(),
             static_cast<std::uint8_t>(server.protocol)},
      start_ns_(lane.tools.loop.now_ns()),
      last_ns_(start_ns_) {}

std::uint64_t SocketFlow::key(Side side) const noexcept {
  return make_key(id_, side == Side::client ? Topic::client : Topic::server);
}

void SocketFlow::set_timer(std::int64_t time_ns) {
  loop().set_timer(time_ns, make_key(id_, Topic::timer));
}

void receive_datagrams(SocketTools& tools, SocketServer& server) {
  const int error =
      tools.reader.read(server.responder, [&](std::uint64_t bytes, const Endpoint& peer) {
        const auto sender = server.senders.find(peer.port());
        if (sender == server.senders.end()) return server.on_stranger(bytes, peer);
        sender->second->received_bytes += bytes;
      });
  if (error != 0) throw_unreachable(server.endpoint, error);
}

namespace {

constexpr int kBurst = 64;
constexpr std::uint32_t kMostBytes = 1'350;
constexpr int kStreamBurst = 16;
constexpr std::int64_t kStreamPauseNs = 1'000'000;
constexpr std::uint32_t kAckBytes = 34;
// What another host has sent last may be under way still.
constexpr std::int64_t kLingerNs = 300'000'000;

class UdpFlow : public SocketFlow {
 public:
  UdpFlow(SocketLane& lane, SocketServer& server, std::uint64_t id, FlowSockets sockets,
          FlowPlan plan)
      : SocketFlow(lane, server, id, sockets.client_end),
        client_(std::move(sockets.client)),
        client_end_(sockets.client_end),
        stream_(plan.transport == Transport::quic),
        conversation_(std::move(plan.conversation)),
        due_ns_(plan.start_ns) {
    if (server_.plays_client) loop().watch(client_, key(Side::client));
    advance();
    // The schedule of a server that is alone here starts when the client's first datagram comes.
    const bool starts = server_.plays_client || ended_ || next_->sender == Side::server;
    if (starts) start();
  }

  void on_timer(std::int64_t /*time_ns*/) override {
    if (ended_) {
      over_ = true;
      return;
    }
    // What is due by now: the schedule is the conversation's, however late this runs. Not all at
    // once where it is very late, or the end of the run would be missed.
    const std::int64_t now_ns = loop().now_ns();
    for (int sent = 0; sent < kBurst && !ended_ && due_ns_ <= now_ns; ++sent) {
      if (stream_ && !send_piece(now_ns)) break;
      if (!stream_) send_datagram();
      count_message();
      advance();
    }
    send_waiting();
    if (!ended_) set_timer(due_ns_);
  }

  void on_socket(Side /*side*/, std::uint32_t /*events*/) override {
    receive();
    touch();
  }

  void on_accepted(Descriptor /*server*/) override {
    if (started_) return;
    due_ns_ = loop().now_ns();
    start();
  }

  void drain() override {
    if (!ended_) end();
    over_ = true;
  }

 private:
  DatagramBatch& waiting(Side side) noexcept { return lane_.tools.batches[index(side)]; }

  void start() {
    started_ = true;
    if (server_.plays(Side::server)) server_.senders[tuple().src_port] = &lane_;
    if (!ended_) set_timer(due_ns_);
  }

  /// Moves to the next message, or to the end.
  void advance() {
    next_ = conversation_->next();
    if (next_) {
      if (stream_ && next_->cue == Cue::previous) due_ns_ = std::max(due_ns_, loop().now_ns());
      due_ns_ += next_->wait_ns;
      unsent_ = next_->bytes;
    }
    if (!next_ || due_ns_ >= lane_.end_ns) end();
  }

  /// Those of a clock wait for others that are due at once, so that the two directions may change
  /// places within one turn of the event loop; questions and answers may not.
  void send_datagram() {
    add(next_->sender, next_->bytes);
    if (next_->cue == Cue::previous) send_waiting();
  }

  /// A piece of a stream's message; false, and a later time, where there is more of it.
  bool send_piece(std::int64_t now_ns) {
    for (int sent = 0; sent < kStreamBurst && unsent_ > 0; ++sent) {
      const std::uint32_t bytes = std::min(unsent_, kMostBytes);
      unsent_ -= bytes;
      add(next_->sender, bytes);
      if (sent % 2 == 1) {
        send_waiting();
        add(other(next_->sender), kAckBytes);
        send_waiting();
      }
    }
    send_waiting();
    if (unsent_ == 0) return true;
    due_ns_ = now_ns + kStreamPauseNs;
    return false;
  }

  void add(Side sender, std::uint32_t bytes) {
    if (!server_.plays(sender)) return;
    if (waiting(sender).is_full()) send_waiting();
    waiting(sender).add(lane_.tools.payloads.take(bytes).bytes);
  }

  void send_waiting() {
    send_waiting(Side::client, client_, nullptr);
    send_waiting(Side::server, server_.responder, &client_end_);
  }

  void send_waiting(Side sender, const Descriptor& socket, const Endpoint* destination) {
    if (waiting(sender).is_empty()) return;
    const DatagramBatch::Sent sent = waiting(sender).send(socket, destination);
    if (sent.error != 0) throw_unreachable(server_.endpoint, sent.error);
    lane_.count.bytes[index(sender)] += sent.bytes;
    touch();
  }

  void count_message() {
    if (server_.plays(next_->sender)) ++lane_.count.messages[index(next_->sender)];
  }

  void receive() {
    const int error = lane_.tools.reader.read(
        client_,
        [this](std::uint64_t bytes, const Endpoint& /*peer*/) { lane_.received_bytes += bytes; });
    if (error != 0) throw_unreachable(server_.endpoint, error);
  }

  /// Reads what is still there before the socket goes, and waits for what is under way.
  void end() {
    ended_ = true;
    send_waiting();
    if (server_.plays(Side::server)) receive_datagrams(lane_.tools, server_);
    if (server_.plays_client) receive();
    over_ = server_.plays_both();
    if (!over_) set_timer(loop().now_ns() + kLingerNs);
  }

  Descriptor client_;
  Endpoint client_end_;
  bool stream_;
  std::unique_ptr<Conversation> conversation_;
  std::optional<Message> next_;
  std::uint32_t unsent_ = 0;
  std::int64_t due_ns_;
  bool started_ = false;
  bool ended_ = false;  // no more messages
};

}  // namespace

std::unique_ptr<SocketFlow> make_socket_udp(SocketLane& lane, SocketServer& server,
                                            std::uint64_t id, FlowSockets sockets, FlowPlan plan) {
  return std::make_unique<UdpFlow>(lane, server, id, std::move(sockets), std::move(plan));
}

}  // namespace weir
