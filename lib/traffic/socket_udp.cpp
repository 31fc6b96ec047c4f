// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all flows over sockets share, and those over UDP.
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "socket_flow.hpp"

namespace weir {

SocketFlow::SocketFlow(SocketLane& lane, SocketServer& server, std::uint64_t id,
                       const Descriptor& client)
    : lane_(lane), server_(server), id_(id), start_ns_(lane.loop.now_ns()), last_ns_(start_ns_) {
  const Endpoint local = local_endpoint(client);
  tuple_ = {local.address(), server.endpoint.address(), local.port(), server.endpoint.port(),
            static_cast<std::uint8_t>(server.protocol)};
}

std::uint64_t SocketFlow::key(Side side) const noexcept {
  return make_key(id_, side == Side::client ? Topic::client : Topic::server);
}

void SocketFlow::set_timer(std::int64_t time_ns) {
  lane_.loop.set_timer(time_ns, make_key(id_, Topic::timer));
}

namespace {

/// Hands the size and sender of each datagram that has come to `take`.
template <typename Take>
void receive_all(const Descriptor& socket, const Endpoint& server, const Take& take) {
  std::array<std::uint8_t, 2048> datagram;
  for (;;) {
    Endpoint peer;
    socklen_t size = sizeof(sockaddr_storage);
    const ssize_t count =
        ::recvfrom(socket.get(), datagram.data(), datagram.size(), MSG_TRUNC, peer.data(), &size);
    if (count >= 0) {
      take(static_cast<std::uint64_t>(count), peer);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      throw_unreachable(server, errno);
    }
  }
}

}  // namespace

void receive_datagrams(SocketServer& server) {
  receive_all(server.responder, server.endpoint, [&](std::uint64_t bytes, const Endpoint& peer) {
    const auto sender = server.senders.find(peer.port());
    if (sender != server.senders.end()) sender->second->received_bytes += bytes;
  });
}

namespace {

constexpr int kBurst = 64;
constexpr std::uint32_t kMostBytes = 1'350;
constexpr int kStreamBurst = 16;
constexpr std::int64_t kStreamPauseNs = 1'000'000;
constexpr std::uint32_t kAckBytes = 34;

class UdpFlow : public SocketFlow {
 public:
  UdpFlow(SocketLane& lane, SocketServer& server, std::uint64_t id, Descriptor client,
          FlowPlan plan)
      : SocketFlow(lane, server, id, client),
        client_(std::move(client)),
        client_endpoint_(tuple().src, tuple().src_port),
        stream_(plan.transport == Transport::quic),
        conversation_(std::move(plan.conversation)),
        due_ns_(plan.start_ns) {
    server_.senders[tuple().src_port] = &lane_;
    lane_.loop.watch(client_, key(Side::client));
    fetch();
  }

  void on_timer(std::int64_t /*time_ns*/) override {
    // What is due by now: the schedule is the conversation's, however late this runs. Not all at
    // once where it is very late, or the end of the run would be missed.
    const std::int64_t now_ns = lane_.loop.now_ns();
    for (int sent = 0; sent < kBurst && !over_ && due_ns_ <= now_ns; ++sent) {
      if (stream_ && !send_piece(now_ns)) break;
      if (!stream_) send(next_->sender, next_->bytes);
      count_message();
      advance();
    }
    if (!over_) set_timer(due_ns_);
  }

  void on_socket(Side /*side*/, std::uint32_t /*events*/) override {
    receive();
    touch();
  }

  void on_accepted(Descriptor /*server*/) override {}

  void drain() override { end(); }

 private:
  void fetch() {
    advance();
    if (!over_) set_timer(due_ns_);
  }

  /// Moves to the next message, or to the end.
  void advance() {
    next_ = conversation_->next();
    if (next_) {
      if (stream_ && next_->cue == Cue::previous) due_ns_ = std::max(due_ns_, lane_.loop.now_ns());
      due_ns_ += next_->wait_ns;
      unsent_ = next_->bytes;
    }
    if (!next_ || due_ns_ >= lane_.end_ns) end();
  }

  /// A piece of a stream's message; false, and a later time, where there is more of it.
  bool send_piece(std::int64_t now_ns) {
    for (int sent = 0; sent < kStreamBurst && unsent_ > 0; ++sent) {
      const std::uint32_t bytes = std::min(unsent_, kMostBytes);
      unsent_ -= bytes;
      send(next_->sender, bytes);
      if (sent % 2 == 1) send(other(next_->sender), kAckBytes);
    }
    if (unsent_ == 0) return true;
    due_ns_ = now_ns + kStreamPauseNs;
    return false;
  }

  void send(Side sender, std::uint32_t bytes) {
    if (sender == Side::server && !server_.has_responder()) return;
    const auto payload = lane_.payloads.take(bytes).bytes;
    const ssize_t sent =
        sender == Side::client
            ? ::send(client_.get(), payload.data(), payload.size(), MSG_NOSIGNAL)
            : ::sendto(server_.responder.get(), payload.data(), payload.size(), MSG_NOSIGNAL,
                       client_endpoint_.data(), client_endpoint_.size());
    if (sent < 0) {
      if (errno == EAGAIN || errno == ENOBUFS) return;  // lost, as on a full link
      throw_unreachable(server_.endpoint, errno);
    }
    lane_.count.bytes[index(sender)] += bytes;
    touch();
  }

  void count_message() {
    if (next_->sender == Side::server && !server_.has_responder()) return;
    ++lane_.count.messages[index(next_->sender)];
  }

  void receive() {
    receive_all(client_, server_.endpoint, [this](std::uint64_t bytes, const Endpoint& /*peer*/) {
      lane_.received_bytes += bytes;
    });
  }

  /// Reads what is still there before the socket goes.
  void end() {
    over_ = true;
    if (server_.has_responder()) receive_datagrams(server_);
    receive();
  }

  Descriptor client_;
  Endpoint client_endpoint_;
  bool stream_;
  std::unique_ptr<Conversation> conversation_;
  std::optional<Message> next_;
  std::uint32_t unsent_ = 0;
  std::int64_t due_ns_;
};

}  // namespace

std::unique_ptr<SocketFlow> make_socket_udp(SocketLane& lane, SocketServer& server,
                                            std::uint64_t id, Descriptor client, FlowPlan plan) {
  return std::make_unique<UdpFlow>(lane, server, id, std::move(client), std::move(plan));
}

}  // namespace weir
