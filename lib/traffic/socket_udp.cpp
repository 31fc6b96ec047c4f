// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all flows over sockets share, and those over UDP.
#include <array>
#include <cerrno>
#include <utility>

#include "socket_flow.hpp"

namespace weir {

SocketFlow::SocketFlow(SocketLane& lane, std::uint64_t id, const Descriptor& client)
    : lane_(lane), id_(id), start_ns_(lane.loop.now_ns()), last_ns_(start_ns_) {
  const Endpoint local = local_endpoint(client);
  const ApplicationInfo& info = lane.application.info();
  tuple_ = {local.address(), lane.destination.address(), local.port(), info.port,
            static_cast<std::uint8_t>(info.transport)};
}

std::uint64_t SocketFlow::key(Side side) const noexcept {
  return make_key(id_, side == Side::client ? Topic::client : Topic::server);
}

void SocketFlow::set_timer(std::int64_t time_ns) {
  lane_.loop.set_timer(time_ns, make_key(id_, Topic::timer));
}

void receive_datagrams(SocketLane& lane, const Descriptor& socket) {
  std::array<std::uint8_t, 2048> datagram;
  for (;;) {
    const ssize_t count = ::recv(socket.get(), datagram.data(), datagram.size(), MSG_TRUNC);
    if (count >= 0) {
      lane.received_bytes += static_cast<std::uint64_t>(count);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno != EINTR) {
      throw_unreachable(lane.destination, errno);
    }
  }
}

namespace {

constexpr int kBurst = 64;

class UdpFlow : public SocketFlow {
 public:
  UdpFlow(SocketLane& lane, std::uint64_t id, Descriptor client,
          std::unique_ptr<Conversation> conversation, std::int64_t planned_ns)
      : SocketFlow(lane, id, client),
        client_(std::move(client)),
        client_endpoint_(tuple().src, tuple().src_port),
        conversation_(std::move(conversation)),
        due_ns_(planned_ns) {
    lane_.loop.watch(client_, key(Side::client));
    fetch();
  }

  void on_timer(std::int64_t /*time_ns*/) override {
    // What is due by now: the schedule is the conversation's, however late this runs. Not all at
    // once where it is very late, or the end of the run would be missed.
    const std::int64_t now_ns = lane_.loop.now_ns();
    for (int sent = 0; sent < kBurst && !over_ && due_ns_ <= now_ns; ++sent) {
      send();
      advance();
    }
    if (!over_) set_timer(due_ns_);
  }

  void on_socket(Side /*side*/, std::uint32_t /*events*/) override {
    receive_datagrams(lane_, client_);
    touch();
  }

  void on_accepted(Descriptor /*server*/) override {}

  void drain() override { end(); }

 private:
  void fetch() {
    advance();
    if (!over_) set_timer(due_ns_);
  }

  /// Moves to the next datagram, or to the end.
  void advance() {
    next_ = conversation_->next();
    if (next_) due_ns_ += next_->wait_ns;
    if (!next_ || due_ns_ >= lane_.end_ns) end();
  }

  void send() {
    if (next_->sender == Side::server && !lane_.has_responder()) return;
    const auto payload = lane_.payloads.take(next_->bytes).bytes;
    const ssize_t sent =
        next_->sender == Side::client
            ? ::send(client_.get(), payload.data(), payload.size(), MSG_NOSIGNAL)
            : ::sendto(lane_.responder.get(), payload.data(), payload.size(), MSG_NOSIGNAL,
                       client_endpoint_.data(), client_endpoint_.size());
    if (sent < 0) {
      if (errno == EAGAIN || errno == ENOBUFS) return;  // lost, as on a full link
      throw_unreachable(lane_.destination, errno);
    }
    ++lane_.count.messages[index(next_->sender)];
    lane_.count.bytes[index(next_->sender)] += next_->bytes;
    touch();
  }

  /// Reads what is still there before the socket goes.
  void end() {
    over_ = true;
    if (lane_.has_responder()) receive_datagrams(lane_, lane_.responder);
    receive_datagrams(lane_, client_);
  }

  Descriptor client_;
  Endpoint client_endpoint_;
  std::unique_ptr<Conversation> conversation_;
  std::optional<Message> next_;
  std::int64_t due_ns_;
};

}  // namespace

std::unique_ptr<SocketFlow> make_socket_udp(SocketLane& lane, std::uint64_t id, Descriptor client,
                                            std::unique_ptr<Conversation> conversation,
                                            std::int64_t planned_ns) {
  return std::make_unique<UdpFlow>(lane, id, std::move(client), std::move(conversation),
                                   planned_ns);
}

}  // namespace weir
