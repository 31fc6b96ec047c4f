// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A TCP connection in virtual time, simulated segment by segment at both ends.
#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

#include "virtual_flow.hpp"

namespace weir {
namespace {

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kDelayedAckNs = 40'000 * kMicro;  // Linux's minimum
constexpr std::int64_t kPromptAckNs = 15 * kMicro;       // time to process a segment
constexpr std::int64_t kLineNsPerByte = 8;               // 1 Gbit/s at each end
constexpr std::uint32_t kHeaderBytes = 54;               // Ethernet, IPv4, TCP
constexpr std::uint64_t kInitialWindowSegments = 10;
constexpr std::uint16_t kSynWindow = 64'240;
constexpr std::uint8_t kWindowShift = 7;
constexpr std::uint16_t kScaledWindow = 502;  // 64,256 bytes
constexpr std::uint64_t kReceiveWindow = std::uint64_t{kScaledWindow} << kWindowShift;

/// A segment on its way.
struct Segment {
  std::int64_t arrival_ns = 0;
  std::uint32_t bytes = 0;
  std::uint64_t acknowledged = 0;  ///< stream position of the receiver that its sender has seen
  TcpFields tcp;
};

/// One end of the connection. Stream positions count payload bytes from 0; a FIN counts as one.
struct End {
  std::uint32_t initial_sequence = 0;
  std::uint64_t written = 0;  ///< payload that the application has handed over
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t received = 0;
  std::uint64_t congestion_window = 0;  ///< bytes
  unsigned unacknowledged_segments = 0;
  std::int64_t acknowledge_at_ns = kNever;
  std::int64_t send_at_ns = kNever;  ///< the line is free for more
  std::int64_t line_free_ns = 0;
  std::int64_t last_arrival_ns = 0;
  std::deque<Segment> arriving;

  std::int64_t arrival_ns() const noexcept {
    return arriving.empty() ? kNever : arriving.front().arrival_ns;
  }
};

class TcpFlow : public VirtualFlow {
 public:
  TcpFlow(VirtualContext context, VirtualFlowSpec spec);

  std::int64_t next_event_ns() const noexcept override;
  void advance() override;

 private:
  enum class State {
    connecting,
    talking,
    closing,    ///< the closer is about to send its FIN
    answering,  ///< the other end is about to send its own
    closed,
  };

  End& end(Side side) noexcept { return ends_[index(side)]; }

  void receive(Side side, std::int64_t now_ns);
  void receive_syn(Side side, std::int64_t now_ns);
  void receive_acknowledgement(Side side, std::uint64_t acknowledged, std::int64_t now_ns);
  void receive_payload(Side side, std::uint32_t bytes, std::int64_t now_ns);
  void receive_fin(Side side, std::int64_t now_ns);

  void send_payload(Side side, std::int64_t now_ns);
  void transmit(Side side, std::uint8_t flags, std::uint32_t bytes, std::int64_t now_ns);

  void run_application(std::int64_t now_ns);
  void start_message(std::int64_t now_ns);
  void schedule_message(std::int64_t now_ns);
  bool message_before_is_through() noexcept;
  void close_after(std::int64_t now_ns, double median_s);

  VirtualPath path_;
  Random random_;
  std::unique_ptr<Conversation> conversation_;
  State state_ = State::connecting;
  std::array<End, 2> ends_;
  std::optional<Message> next_;
  std::optional<Side> last_sender_;
  std::int64_t application_at_ns_;  ///< when the state's next act is due
  bool slot_reserved_ = false;
};

TcpFlow::TcpFlow(VirtualContext context, VirtualFlowSpec spec)
    : VirtualFlow(context, spec),
      path_(spec.path),
      random_(spec.random),
      conversation_(std::move(spec.conversation)),
      next_(conversation_->next()),
      application_at_ns_(spec.start_ns) {
  for (End& end : ends_) {
    end.initial_sequence = static_cast<std::uint32_t>(random_.next());
    end.congestion_window = kInitialWindowSegments * path_.mss;
  }
}

std::int64_t TcpFlow::next_event_ns() const noexcept {
  std::int64_t next_ns = application_at_ns_;
  for (const End& end : ends_) {
    next_ns = std::min({next_ns, end.arrival_ns(), end.acknowledge_at_ns, end.send_at_ns});
  }
  return next_ns;
}

void TcpFlow::advance() {
  const std::int64_t now_ns = next_event_ns();
  for (const Side side : {Side::client, Side::server}) {
    if (end(side).arrival_ns() == now_ns) return receive(side, now_ns);
    if (end(side).send_at_ns == now_ns) return send_payload(side, now_ns);
  }
  // Before the delayed ACKs: what is sent at the same moment carries them.
  if (application_at_ns_ == now_ns) return run_application(now_ns);
  for (const Side side : {Side::client, Side::server}) {
    if (end(side).acknowledge_at_ns == now_ns) return transmit(side, kTcpAck, 0, now_ns);
  }
}

void TcpFlow::receive(Side side, std::int64_t now_ns) {
  const Segment segment = end(side).arriving.front();
  end(side).arriving.pop_front();
  if (side == Side::client) put(now_ns, Side::server, segment.tcp, segment.bytes);

  if ((segment.tcp.flags & kTcpSyn) != 0) return receive_syn(side, now_ns);
  receive_acknowledgement(side, segment.acknowledged, now_ns);
  if (segment.bytes > 0) receive_payload(side, segment.bytes, now_ns);
  if ((segment.tcp.flags & kTcpFin) != 0) receive_fin(side, now_ns);
}

void TcpFlow::receive_syn(Side side, std::int64_t now_ns) {
  if (side == Side::server) {
    transmit(Side::server, kTcpSyn | kTcpAck, 0, now_ns);
    return;
  }
  end(Side::client).acknowledge_at_ns = now_ns + kPromptAckNs;
  state_ = State::talking;
  // The server knows of the connection when the client's ACK has arrived.
  const bool server_first = next_ && next_->sender == Side::server;
  schedule_message(now_ns + (server_first ? path_.one_way_ns : 0));
}

void TcpFlow::receive_acknowledgement(Side side, std::uint64_t acknowledged, std::int64_t now_ns) {
  End& here = end(side);
  const std::uint64_t newly = acknowledged - here.acknowledged;
  here.acknowledged = acknowledged;
  here.congestion_window = std::min(here.congestion_window + newly, kReceiveWindow);
  if (newly > 0 && here.send_at_ns == kNever) send_payload(side, now_ns);
}

void TcpFlow::receive_payload(Side side, std::uint32_t bytes, std::int64_t now_ns) {
  End& here = end(side);
  here.received += bytes;
  ++here.unacknowledged_segments;
  const std::int64_t delay_ns = here.unacknowledged_segments < 2 ? kDelayedAckNs : kPromptAckNs;
  here.acknowledge_at_ns = std::min(here.acknowledge_at_ns, now_ns + delay_ns);
  schedule_message(now_ns);
}

void TcpFlow::receive_fin(Side side, std::int64_t now_ns) {
  End& here = end(side);
  here.received += 1;
  here.acknowledge_at_ns = std::min(here.acknowledge_at_ns, now_ns + kPromptAckNs);
  if (state_ == State::answering) close_after(now_ns, 20e-6);
}

/// Sends one segment if both windows allow; comes back for the next when the line is free.
void TcpFlow::send_payload(Side side, std::int64_t now_ns) {
  End& here = end(side);
  here.send_at_ns = kNever;
  if (here.sent >= here.written) return;  // greater by its FIN
  const std::uint64_t left = here.written - here.sent;
  const auto bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, path_.mss));
  if (here.sent + bytes - here.acknowledged > here.congestion_window) return;
  if (here.line_free_ns > now_ns) {
    here.send_at_ns = here.line_free_ns;
    return;
  }
  const bool last = bytes == left;
  transmit(side, static_cast<std::uint8_t>(last ? kTcpAck | kTcpPsh : kTcpAck), bytes, now_ns);
  if (last) {
    schedule_message(now_ns);
  } else {
    here.send_at_ns = here.line_free_ns;
  }
}

/// Sends a segment that acknowledges all that was received.
void TcpFlow::transmit(Side side, std::uint8_t flags, std::uint32_t bytes, std::int64_t now_ns) {
  End& here = end(side);
  End& there = end(other(side));
  const bool syn = (flags & kTcpSyn) != 0;
  Segment segment;
  segment.bytes = bytes;
  segment.acknowledged = here.received;
  segment.tcp.flags = flags;
  segment.tcp.sequence =
      here.initial_sequence + (syn ? 0 : 1 + static_cast<std::uint32_t>(here.sent));
  if ((flags & kTcpAck) != 0) {
    segment.tcp.acknowledgement =
        there.initial_sequence + 1 + static_cast<std::uint32_t>(here.received);
  }
  segment.tcp.window = syn ? kSynWindow : kScaledWindow;
  if (syn) {
    segment.tcp.mss = path_.mss;
    segment.tcp.window_shift = kWindowShift;
  }
  here.sent += bytes + ((flags & kTcpFin) != 0 ? 1U : 0U);
  here.unacknowledged_segments = 0;
  here.acknowledge_at_ns = kNever;
  here.line_free_ns = now_ns + (bytes + kHeaderBytes) * kLineNsPerByte;
  if (side == Side::client) put(now_ns, side, segment.tcp, bytes);

  // The narrowest link of the path queues what comes too fast and keeps the order.
  const std::int64_t serialisation_ns =
      std::llround((bytes + kHeaderBytes) * 8 * 1e9 / path_.bits_per_second);
  there.last_arrival_ns =
      std::max(there.last_arrival_ns, now_ns + draw_delay_ns(path_, random_)) + serialisation_ns;
  segment.arrival_ns = there.last_arrival_ns;
  there.arriving.push_back(segment);
}

void TcpFlow::run_application(std::int64_t now_ns) {
  application_at_ns_ = kNever;
  switch (state_) {
    case State::connecting:
      return transmit(Side::client, kTcpSyn, 0, now_ns);
    case State::talking:
      return start_message(now_ns);
    case State::closing:
      state_ = State::answering;
      return transmit(conversation_->closer(), kTcpFin | kTcpAck, 0, now_ns);
    case State::answering:
      state_ = State::closed;
      return transmit(other(conversation_->closer()), kTcpFin | kTcpAck, 0, now_ns);
    case State::closed:
      return;
  }
}

void TcpFlow::start_message(std::int64_t now_ns) {
  if (!slot_reserved_ && context_.pacer != nullptr) {
    const std::int64_t slot_ns = context_.pacer->reserve(now_ns);
    if (slot_ns >= context_.end_ns) {
      state_ = State::closing;
      return close_after(now_ns, 200e-6);
    }
    if (slot_ns > now_ns) {
      slot_reserved_ = true;
      application_at_ns_ = slot_ns;
      return;
    }
  }
  slot_reserved_ = false;
  const Message message = *next_;
  next_ = conversation_->next();
  last_sender_ = message.sender;
  end(message.sender).written += message.bytes;
  count_message(message);
  if (end(message.sender).send_at_ns == kNever) send_payload(message.sender, now_ns);
}

/// Sets the time of the next message, or of the close, once the message before allows it.
void TcpFlow::schedule_message(std::int64_t now_ns) {
  if (state_ != State::talking || application_at_ns_ != kNever || !message_before_is_through()) {
    return;
  }
  if (next_ && now_ns + next_->wait_ns < context_.end_ns) {
    application_at_ns_ = now_ns + next_->wait_ns;
  } else {
    state_ = State::closing;
    close_after(now_ns, 200e-6);
  }
}

bool TcpFlow::message_before_is_through() noexcept {
  if (!last_sender_) return true;
  const End& sender = end(*last_sender_);
  const bool goes_on = next_ && next_->sender == *last_sender_;
  return (goes_on ? sender.sent : end(other(*last_sender_)).received) == sender.written;
}

void TcpFlow::close_after(std::int64_t now_ns, double median_s) {
  application_at_ns_ = now_ns + std::llround(random_.log_normal(median_s, 1.0) * 1e9);
}

}  // namespace

std::unique_ptr<VirtualFlow> make_virtual_tcp(VirtualContext context, VirtualFlowSpec spec) {
  return std::make_unique<TcpFlow>(context, std::move(spec));
}

}  // namespace weir
