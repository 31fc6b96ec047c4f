// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Conversations over TCP connections of the kernel.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "socket_flow.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kAnswerNs = kNanosPerSecond;     // for a foreign server to answer
constexpr std::int64_t kCloseNs = kNanosPerSecond / 5;  // for a foreign server to close its end
constexpr std::size_t kBlockBytes = 64U << 10U;

class TcpFlow : public SocketFlow {
 public:
  TcpFlow(SocketLane& lane, SocketServer& server, std::uint64_t id, FlowSockets sockets,
          FlowPlan plan);

  void on_timer(std::int64_t time_ns) override;
  void on_socket(Side side, std::uint32_t events) override;
  void on_accepted(Descriptor server) override;
  void drain() override;

 private:
  enum class State {
    connecting,
    talking,
    closing,  ///< one end has sent its FIN
    closed,   ///< both have
  };

  struct End {
    Descriptor socket;
    std::uint64_t written = 0;
    std::uint64_t received = 0;
  };

  End& end(Side side) noexcept { return ends_[index(side)]; }

  void finish_connecting(std::uint32_t events);
  void become_established();
  void schedule_message();
  bool message_before_is_through() noexcept;
  void start_message();
  void expect_message();
  void await_foreign_answer();
  void write_message();
  bool read(Side side);
  void begin_close();
  void send_fin(Side side);
  void wait_until(std::int64_t time_ns);

  std::array<End, 2> ends_;
  std::unique_ptr<Conversation> conversation_;
  State state_ = State::connecting;
  bool client_connected_ = false;
  std::optional<Message> next_;
  std::optional<Side> last_sender_;
  std::uint32_t unwritten_ = 0;   // bytes of the message of last_sender_
  std::int64_t last_due_ns_ = 0;  // of the message that is next or was last
  std::int64_t due_ns_ = kNever;  // of the one timer that counts; others are stale
  bool slot_reserved_ = false;    // for next_, at due_ns_
  bool awaits_answer_ = false;    // of a foreign server
};

TcpFlow::TcpFlow(SocketLane& lane, SocketServer& server, std::uint64_t id, FlowSockets sockets,
                 FlowPlan plan)
    : SocketFlow(lane, server, id, sockets.client_end),
      conversation_(std::move(plan.conversation)),
      client_connected_(!server.plays_client),
      next_(conversation_->next()) {
  if (server_.plays_client) {
    end(Side::client).socket = std::move(sockets.client);
    loop().watch(end(Side::client).socket, key(Side::client), true);
  } else {
    on_accepted(std::move(sockets.server));
  }
}

void TcpFlow::on_timer(std::int64_t time_ns) {
  if (time_ns != due_ns_) return;
  due_ns_ = kNever;
  if (state_ != State::talking) {
    over_ = true;  // a foreign server does not close its end
  } else if (std::exchange(awaits_answer_, false)) {
    schedule_message();
  } else {
    start_message();
  }
}

void TcpFlow::on_socket(Side side, std::uint32_t events) {
  if (side == Side::client && !client_connected_) return finish_connecting(events);
  if ((events & EPOLLOUT) != 0 && unwritten_ > 0) write_message();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
  if (read(side)) {
    if (state_ == State::talking) schedule_message();
  } else if (state_ == State::closing && server_.plays_both()) {
    // The FIN of the end that closed first: this end follows.
    state_ = State::closed;
    send_fin(side);
  } else {
    over_ = true;
  }
}

void TcpFlow::on_accepted(Descriptor server) {
  loop().watch(server, key(Side::server));
  end(Side::server).socket = std::move(server);
  if (client_connected_) become_established();
}

void TcpFlow::drain() {
  if (state_ != State::talking) return;
  begin_close();
  // The other host does the same, but may be late.
  if (!server_.plays_both()) send_fin(server_.plays_client ? Side::client : Side::server);
}

void TcpFlow::finish_connecting(std::uint32_t events) {
  const Descriptor& client = end(Side::client).socket;
  if (const int error = pending_error(client)) throw_unreachable(server_.endpoint, error);
  if ((events & EPOLLOUT) == 0) return;
  client_connected_ = true;
  loop().watch(client, key(Side::client));
  if (end(Side::server).socket.is_open() || !server_.plays(Side::server)) become_established();
}

void TcpFlow::become_established() {
  state_ = State::talking;
  ++server_.established;
  last_due_ns_ = loop().now_ns();
  touch();
  schedule_message();
}

/// Sets the time of the next message, or closes, once the message before allows it.
void TcpFlow::schedule_message() {
  if (due_ns_ != kNever || unwritten_ > 0) return;
  const std::int64_t now_ns = loop().now_ns();
  const bool by_clock = next_ && next_->cue == Cue::clock;
  if (!by_clock && !message_before_is_through()) return;
  last_due_ns_ = (by_clock ? last_due_ns_ : now_ns) + (next_ ? next_->wait_ns : 0);
  if (!next_ || last_due_ns_ >= lane_.end_ns) return begin_close();
  wait_until(std::max(now_ns, last_due_ns_));
}

bool TcpFlow::message_before_is_through() noexcept {
  if (!last_sender_) return true;
  if (unwritten_ > 0) return false;
  const bool goes_on = next_ && next_->sender == *last_sender_;
  if (goes_on || server_.is_foreign) return true;
  // What another host has received cannot be known; what it is to send can, and all of it has to
  // come before the end.
  const Side here = server_.plays(other(*last_sender_)) ? other(*last_sender_) : *last_sender_;
  if (next_ && here == *last_sender_) return true;
  return end(here).received == end(other(here)).written;
}

void TcpFlow::start_message() {
  if (next_->sender == Side::server && server_.is_foreign) return await_foreign_answer();
  if (!server_.plays(next_->sender)) return expect_message();
  if (lane_.pacer && !slot_reserved_) {
    const std::int64_t now_ns = loop().now_ns();
    const std::int64_t slot_ns = lane_.pacer->reserve(now_ns);
    if (slot_ns >= lane_.end_ns) return begin_close();
    if (slot_ns > now_ns) {
      slot_reserved_ = true;
      return wait_until(slot_ns);
    }
  }
  slot_reserved_ = false;
  last_sender_ = next_->sender;
  unwritten_ = next_->bytes;
  next_ = conversation_->next();
  ++lane_.count.messages[index(*last_sender_)];
  write_message();
}

/// The other host says it, at about this time; a reply to it waits until all of it has come.
void TcpFlow::expect_message() {
  last_sender_ = next_->sender;
  end(*last_sender_).written += next_->bytes;
  next_ = conversation_->next();
  schedule_message();
}

/// However much the conversation has the server say, the next message is the client's.
void TcpFlow::await_foreign_answer() {
  last_sender_ = Side::server;
  while (next_ && next_->sender == Side::server) next_ = conversation_->next();
  awaits_answer_ = true;
  wait_until(loop().now_ns() + kAnswerNs);
}

void TcpFlow::write_message() {
  End& sender = end(*last_sender_);
  while (unwritten_ > 0) {
    const auto payload =
        lane_.tools.payloads.take(std::min<std::size_t>(unwritten_, kBlockBytes)).bytes;
    const ssize_t sent = ::send(sender.socket.get(), payload.data(), payload.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      // What else can be wrong with the connection shows when it is read.
      if (errno == EAGAIN) loop().watch(sender.socket, key(*last_sender_), true);
      return;
    }
    unwritten_ -= static_cast<std::uint32_t>(sent);
    sender.written += static_cast<std::uint64_t>(sent);
    lane_.count.bytes[index(*last_sender_)] += static_cast<std::uint64_t>(sent);
  }
  touch();
  loop().watch(sender.socket, key(*last_sender_));
  schedule_message();
}

/// Reads and counts all that has come; false at the end of the stream.
bool TcpFlow::read(Side side) {
  std::array<std::uint8_t, kBlockBytes> block;
  for (;;) {
    const ssize_t count = ::recv(end(side).socket.get(), block.data(), block.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count <= 0) return false;
    end(side).received += static_cast<std::uint64_t>(count);
    lane_.received_bytes += static_cast<std::uint64_t>(count);
    touch();
    if (std::exchange(awaits_answer_, false)) due_ns_ = kNever;
  }
}

void TcpFlow::begin_close() {
  state_ = State::closing;
  unwritten_ = 0;
  due_ns_ = kNever;
  const Side closer = server_.is_foreign ? Side::client : conversation_->closer();
  if (server_.plays(closer)) send_fin(closer);
  if (server_.is_foreign) wait_until(loop().now_ns() + kCloseNs);
}

void TcpFlow::send_fin(Side side) {
  touch();
  ::shutdown(end(side).socket.get(), SHUT_WR);
  // The end of the stream, once read, would be reported on and on.
  if (state_ == State::closed) loop().forget(end(side).socket);
}

void TcpFlow::wait_until(std::int64_t time_ns) {
  due_ns_ = time_ns;
  set_timer(time_ns);
}

}  // namespace

std::unique_ptr<SocketFlow> make_socket_tcp(SocketLane& lane, SocketServer& server,
                                            std::uint64_t id, FlowSockets sockets, FlowPlan plan) {
  return std::make_unique<TcpFlow>(lane, server, id, std::move(sockets), std::move(plan));
}

}  // namespace weir
