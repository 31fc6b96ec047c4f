// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A stream in virtual time, simulated packet by packet at both ends.
//
// TCP: handshake with MSS, window scale and SACK options, delayed ACKs (RFC 1122, 4.2.3.2), slow
// start from ten segments (RFC 6928), congestion avoidance and fast retransmit (RFC 5681), gaps
// told by selective acknowledgement (RFC 2018) and filled by it (RFC 6675; the sender looks at what
// the receiver holds rather than at what it was told), time-outs (RFC 6298), close by FIN from
// both ends. QUIC: the same machine without SYN and FIN; packets are datagrams with the overhead of
// header, frame and authentication tag, and those that only acknowledge are small datagrams.
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "stream_end.hpp"

namespace weir {
namespace {

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kDelayedAckNs = 40'000 * kMicro;  // Linux's minimum
constexpr std::int64_t kQuicAckNs = 25'000 * kMicro;     // RFC 9000, 18.2: max_ack_delay
constexpr std::int64_t kPromptAckNs = 15 * kMicro;       // time to process a packet
constexpr std::int64_t kLineNsPerByte = 8;               // 1 Gbit/s at each end
constexpr std::uint64_t kInitialWindowSegments = 10;
constexpr std::uint8_t kWindowShift = 7;
constexpr unsigned kMostTimeouts = 8;  // then the connection is given up
constexpr std::uint16_t kTcpHeaderBytes = 20;
constexpr std::uint16_t kTimestampBytes = 12;
constexpr std::uint16_t kUdpHeaderBytes = 8;
constexpr std::uint32_t kQuicOverheadBytes = 30;  // header 11, stream frame 3, tag 16
constexpr std::uint32_t kQuicAckBytes = 34;

class StreamFlow : public VirtualFlow {
 public:
  StreamFlow(const VirtualContext& context, FlowPlan plan, Random random);

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

  StreamEnd& end(Side side) noexcept { return ends_[index(side)]; }
  bool is_quic() const noexcept { return transport_ == Transport::quic; }

  void receive(Side side, std::int64_t now_ns);
  void receive_syn(Side side, std::int64_t now_ns);
  void receive_acknowledgement(Side side, const StreamPacket& packet, std::int64_t now_ns);
  void receive_payload(Side side, const StreamPacket& packet, std::int64_t now_ns);
  void receive_fin(Side side, std::int64_t now_ns);
  void begin_recovery(Side side, std::int64_t now_ns);
  void resend(Side side, std::int64_t now_ns);
  void time_out(Side side, std::int64_t now_ns);

  void send_payload(Side side, std::int64_t now_ns);
  void send_range(Side side, const StreamRange& range, std::int64_t now_ns);
  void transmit(Side side, std::uint8_t flags, const StreamRange& range, std::int64_t now_ns);
  void tell_islands(Side side, TcpFields& tcp) noexcept;
  TcpFields tcp_fields(Side side, std::uint8_t flags, const StreamRange& range,
                       std::int64_t now_ns);

  void establish(std::int64_t now_ns);
  void run_application(std::int64_t now_ns);
  void start_message(std::int64_t now_ns);
  void schedule_message(std::int64_t now_ns);
  bool message_before_is_through() noexcept;
  void close_after(std::int64_t now_ns, double median_s);
  void give_up() noexcept;

  Transport transport_;
  std::uint32_t segment_bytes_;
  Random random_;
  std::unique_ptr<Conversation> conversation_;
  State state_ = State::connecting;
  std::array<StreamEnd, 2> ends_;
  std::uint32_t clock_[2];  // of the timestamp option
  std::optional<Message> next_;
  std::optional<Side> last_sender_;
  std::int64_t last_due_ns_;
  std::int64_t application_at_ns_;  ///< when the state's next act is due
  bool slot_reserved_ = false;
};

std::uint32_t segment_bytes(const FlowPlan& plan) {
  const std::uint32_t ip_bytes = plan.tuple.dst.is_v4() ? 20 : 40;
  if (plan.transport == Transport::quic) {
    // Most stacks stay well below the path's MTU (RFC 9000, 14).
    return std::min<std::uint32_t>(plan.path.mtu - ip_bytes - kUdpHeaderBytes, 1'350) -
           kQuicOverheadBytes;
  }
  return plan.path.mtu - ip_bytes - kTcpHeaderBytes - (plan.path.timestamps ? kTimestampBytes : 0U);
}

StreamFlow::StreamFlow(const VirtualContext& context, FlowPlan plan, Random random)
    : VirtualFlow(context, plan, random),
      transport_(plan.transport),
      segment_bytes_(segment_bytes(plan)),
      random_(random),
      conversation_(std::move(plan.conversation)),
      next_(conversation_->next()),
      last_due_ns_(plan.start_ns),
      application_at_ns_(plan.start_ns) {
  for (const Side side : {Side::client, Side::server}) {
    end(side).initial_sequence = static_cast<std::uint32_t>(random_.next());
    end(side).congestion_window = kInitialWindowSegments * segment_bytes_;
    clock_[index(side)] = static_cast<std::uint32_t>(random_.next() >> 33U);
  }
}

std::int64_t StreamFlow::next_event_ns() const noexcept {
  return std::min({application_at_ns_, ends_[0].next_event_ns(), ends_[1].next_event_ns()});
}

void StreamFlow::advance() {
  const std::int64_t now_ns = next_event_ns();
  for (const Side side : {Side::client, Side::server}) {
    if (end(side).arrival_ns() == now_ns) return receive(side, now_ns);
    if (end(side).send_at_ns == now_ns) return send_payload(side, now_ns);
  }
  // Before the delayed ACKs: what is sent at the same moment carries them.
  if (application_at_ns_ == now_ns) return run_application(now_ns);
  for (const Side side : {Side::client, Side::server}) {
    if (end(side).acknowledge_at_ns == now_ns) return transmit(side, kTcpAck, {}, now_ns);
    if (end(side).timeout_at_ns == now_ns) return time_out(side, now_ns);
  }
}

void StreamFlow::receive(Side side, std::int64_t now_ns) {
  const StreamPacket packet = end(side).arriving.front();
  end(side).arriving.pop_front();
  if (side == Side::client) put(now_ns, Side::server, packet.tcp, packet.payload);

  if ((packet.tcp.flags & kTcpSyn) != 0) return receive_syn(side, now_ns);
  if (!std::exchange(end(side).heard, true)) {  // the time-out of its SYN and ACK is over
    StreamEnd& here = end(side);
    here.timeout_at_ns = here.highest > here.acknowledged ? now_ns + here.timeout_ns() : kNever;
  }
  receive_acknowledgement(side, packet, now_ns);
  if (packet.range.begin != packet.range.end) receive_payload(side, packet, now_ns);
}

void StreamFlow::receive_syn(Side side, std::int64_t now_ns) {
  if (side == Side::server) {
    if (!end(side).heard) transmit(Side::server, kTcpSyn | kTcpAck, {}, now_ns);
    return;
  }
  // A second one tells that the ACK of the first was lost.
  end(Side::client).acknowledge_at_ns = now_ns + kPromptAckNs;
  if (std::exchange(end(Side::client).heard, true)) return;
  end(Side::client).timeout_at_ns = kNever;
  establish(now_ns);
}

void StreamFlow::establish(std::int64_t now_ns) {
  state_ = State::talking;
  last_due_ns_ = now_ns;
  // The server knows of the connection when the client's ACK has arrived.
  const bool server_first = next_ && next_->sender == Side::server;
  schedule_message(now_ns + (server_first ? path_.one_way_ns : 0));
}

void StreamFlow::receive_acknowledgement(Side side, const StreamPacket& packet,
                                         std::int64_t now_ns) {
  StreamEnd& here = end(side);
  if (packet.acknowledged <= here.acknowledged) {
    const bool duplicate = packet.acknowledged == here.acknowledged &&
                           packet.range.begin == packet.range.end &&
                           here.highest > here.acknowledged;
    if (!duplicate) return;
    ++here.duplicate_acks;
    if (here.recovering) {
      resend(side, now_ns);
    } else if (here.duplicate_acks == 3 && here.acknowledged >= here.recovery_end) {
      begin_recovery(side, now_ns);
    }
    return;
  }
  const std::uint64_t newly = packet.acknowledged - here.acknowledged;
  here.acknowledged = packet.acknowledged;
  here.next = std::max(here.next, here.acknowledged);
  here.duplicate_acks = 0;
  here.timeouts = 0;
  here.timeout_at_ns = here.highest > here.acknowledged ? now_ns + here.timeout_ns() : kNever;
  if (here.timed_at_ns != kNever && here.acknowledged >= here.timed_position) {
    here.measure(now_ns - here.timed_at_ns);
    here.timed_at_ns = kNever;
  }
  if (here.recovering) {
    here.recovering = here.acknowledged < here.recovery_end;
    if (here.recovering) return resend(side, now_ns);
    here.congestion_window = here.slow_start_threshold;
  } else if (here.congestion_window < here.slow_start_threshold) {
    here.congestion_window += newly;
  } else {
    here.congestion_window +=
        std::max<std::uint64_t>(1, segment_bytes_ * newly / here.congestion_window);
  }
  here.congestion_window = std::min<std::uint64_t>(here.congestion_window, path_.receive_window);
  if (here.send_at_ns == kNever) send_payload(side, now_ns);
}

/// RFC 5681, 3.2.
void StreamFlow::begin_recovery(Side side, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  const std::uint64_t in_flight = here.highest - here.acknowledged;
  here.slow_start_threshold = std::max<std::uint64_t>(in_flight / 2, 2 * segment_bytes_);
  here.congestion_window = here.slow_start_threshold;
  here.recovering = true;
  here.recovery_end = here.highest;
  here.resent_to = here.acknowledged;
  here.timed_at_ns = kNever;  // RFC 6298, 3: what was sent again is not timed
  resend(side, now_ns);
}

/// One packet for each acknowledgement: the next gap, else new payload.
void StreamFlow::resend(Side side, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  const StreamEnd& there = end(other(side));
  StreamRange gap = there.gap(std::max(here.resent_to, here.acknowledged));
  const bool lacks_first = there.received == here.acknowledged;
  if (gap.begin == gap.end && lacks_first && here.resent_to <= here.acknowledged) {
    gap = {here.acknowledged, here.recovery_end};
  }
  if (gap.begin < gap.end) {
    gap.end = std::min<std::uint64_t>(gap.end, gap.begin + segment_bytes_);
    here.resent_to = gap.end;
    return send_range(side, gap, now_ns);
  }
  if (here.send_at_ns == kNever) send_payload(side, now_ns);
}

void StreamFlow::time_out(Side side, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  if (++here.timeouts > kMostTimeouts) return give_up();
  if (state_ == State::connecting || !here.heard) {
    const bool client = side == Side::client;
    if (!is_quic()) return transmit(side, client ? kTcpSyn : kTcpSyn | kTcpAck, {}, now_ns);
  }
  here.slow_start_threshold =
      std::max<std::uint64_t>((here.highest - here.acknowledged) / 2, 2 * segment_bytes_);
  here.congestion_window = segment_bytes_;
  here.recovering = false;
  here.recovery_end = here.highest;
  here.next = here.acknowledged;
  here.timed_at_ns = kNever;
  here.send_at_ns = kNever;
  here.timeout_at_ns = kNever;
  send_payload(side, now_ns);
}

void StreamFlow::receive_payload(Side side, const StreamPacket& packet, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  const bool gap_before = !here.islands.empty();
  const bool in_order = here.take(packet.range);
  ++here.unacknowledged_packets;
  const bool at_once =
      !in_order || gap_before || here.unacknowledged_packets >= 2;  // RFC 5681, 4.2
  const std::int64_t delay_ns = at_once ? kPromptAckNs : is_quic() ? kQuicAckNs : kDelayedAckNs;
  here.acknowledge_at_ns = std::min(here.acknowledge_at_ns, now_ns + delay_ns);
  const bool fin_expected = state_ == State::answering || state_ == State::closed;
  if (fin_expected && in_order && here.received > end(other(side)).written) {
    return receive_fin(side, now_ns);
  }
  if (in_order) schedule_message(now_ns);
}

void StreamFlow::receive_fin(Side side, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  here.acknowledge_at_ns = std::min(here.acknowledge_at_ns, now_ns + kPromptAckNs);
  if (state_ == State::answering) close_after(now_ns, 20e-6);
}

/// Sends one packet if both windows allow; comes back for the next when the line is free.
void StreamFlow::send_payload(Side side, std::int64_t now_ns) {
  StreamEnd& here = end(side);
  here.send_at_ns = kNever;
  if (here.next >= std::max(here.written, here.highest)) return;  // greater by its FIN
  const std::uint64_t stop = here.next < here.written ? here.written : here.highest;
  const StreamRange range{here.next,
                          here.next + std::min<std::uint64_t>(stop - here.next, segment_bytes_)};
  const std::uint64_t window =
      std::min<std::uint64_t>(here.congestion_window, path_.receive_window);
  if (range.end - here.acknowledged > window && range.begin > here.acknowledged) return;
  if (here.line_free_ns > now_ns) {
    here.send_at_ns = here.line_free_ns;
    return;
  }
  here.next = range.end;
  send_range(side, range, now_ns);
  if (here.next >= here.written) {
    schedule_message(now_ns);
  } else {
    here.send_at_ns = here.line_free_ns;
  }
}

void StreamFlow::send_range(Side side, const StreamRange& range, std::int64_t now_ns) {
  const StreamEnd& here = end(side);
  std::uint8_t flags = kTcpAck;
  if (range.end >= here.written) flags |= kTcpPsh;
  if (range.end > here.written) flags = kTcpFin | kTcpAck;
  transmit(side, flags, range, now_ns);
}

/// Sends a packet that acknowledges all that was received.
void StreamFlow::transmit(Side side, std::uint8_t flags, const StreamRange& range,
                          std::int64_t now_ns) {
  StreamEnd& here = end(side);
  const bool fin = (flags & kTcpFin) != 0;
  StreamPacket packet;
  packet.range = range;
  packet.acknowledged = here.received;
  packet.payload = static_cast<std::uint32_t>(range.end - range.begin) - (fin ? 1U : 0U);
  std::size_t ip_bytes = ip_header_bytes() + packet.payload;
  if (is_quic()) {
    packet.payload = packet.payload > 0 ? packet.payload + kQuicOverheadBytes : kQuicAckBytes;
    ip_bytes = ip_header_bytes() + kUdpHeaderBytes + packet.payload;
    packet.tcp.flags = flags;
  } else {
    packet.tcp = tcp_fields(side, flags, range, now_ns);
    if (flags == kTcpAck && packet.payload == 0) tell_islands(side, packet.tcp);
    ip_bytes += kTcpHeaderBytes + (path_.timestamps ? kTimestampBytes : 0U);
    ip_bytes += packet.tcp.sack_bytes();
  }
  const bool expects_ack = range.begin != range.end || (flags & kTcpSyn) != 0;
  if (expects_ack && (here.timeout_at_ns == kNever || (flags & kTcpSyn) != 0)) {
    here.timeout_at_ns = now_ns + here.timeout_ns();
  }
  if (range.end > here.highest) {
    if (here.timed_at_ns == kNever && range.begin >= here.highest) {
      here.timed_position = range.end;
      here.timed_at_ns = now_ns;
    }
    here.highest = range.end;
  }
  here.unacknowledged_packets = 0;
  here.acknowledge_at_ns = kNever;
  here.line_free_ns = now_ns + static_cast<std::int64_t>(ip_bytes + 14) * kLineNsPerByte;
  if (side == Side::client) put(now_ns, side, packet.tcp, packet.payload);
  packet.arrival_ns = travel(now_ns, side, ip_bytes, random_);
  if (packet.arrival_ns != kNever) end(other(side)).arriving.push_back(packet);
}

TcpFields StreamFlow::tcp_fields(Side side, std::uint8_t flags, const StreamRange& range,
                                 std::int64_t now_ns) {
  const StreamEnd& here = end(side);
  const StreamEnd& there = end(other(side));
  const bool syn = (flags & kTcpSyn) != 0;
  TcpFields tcp;
  tcp.flags = flags;
  const std::uint64_t position = range.begin != range.end ? range.begin : here.highest;
  tcp.sequence = here.initial_sequence + (syn ? 0 : 1 + static_cast<std::uint32_t>(position));
  if ((flags & kTcpAck) != 0) {
    tcp.acknowledgement = there.initial_sequence + 1 + static_cast<std::uint32_t>(here.received);
  }
  tcp.window = syn ? path_.syn_window[index(side)]
                   : static_cast<std::uint16_t>(path_.receive_window >> kWindowShift);
  if (syn) {
    tcp.mss = static_cast<std::uint16_t>(path_.mtu - ip_header_bytes() - kTcpHeaderBytes);
    tcp.window_shift = kWindowShift;
  }
  if (path_.timestamps) {  // milliseconds, as Linux counts
    const auto passed_ms = static_cast<std::uint32_t>(now_ns / 1'000'000);
    tcp.timestamp = clock_[index(side)] + passed_ms;
    if ((flags & kTcpAck) != 0) {
      const auto trip_ms = static_cast<std::uint32_t>(path_.one_way_ns / 1'000'000);
      tcp.timestamp_echo = clock_[index(other(side))] + passed_ms - std::min(trip_ms, passed_ms);
    }
  }
  return tcp;
}

/// What was received behind gaps, that which came last first (RFC 2018, 4). Packets with payload
/// leave it out: they have no room for it.
void StreamFlow::tell_islands(Side side, TcpFields& tcp) noexcept {
  const StreamEnd& here = end(side);
  const auto add = [&](const StreamRange& island) {
    if (tcp.sack_blocks == TcpFields::kMostSackBlocks) return;
    const std::uint32_t origin = end(other(side)).initial_sequence + 1;
    tcp.sack[tcp.sack_blocks++] = {origin + static_cast<std::uint32_t>(island.begin),
                                   origin + static_cast<std::uint32_t>(island.end)};
  };
  const auto is_latest = [&](const StreamRange& island) {
    return island.begin <= here.latest_island && here.latest_island < island.end;
  };
  for (const StreamRange& island : here.islands) {
    if (is_latest(island)) add(island);
  }
  for (const StreamRange& island : here.islands) {
    if (!is_latest(island)) add(island);
  }
}

void StreamFlow::run_application(std::int64_t now_ns) {
  application_at_ns_ = kNever;
  const Side closer = conversation_->closer();
  switch (state_) {
    case State::connecting:
      if (is_quic()) return establish(now_ns);
      return transmit(Side::client, kTcpSyn, {}, now_ns);
    case State::talking:
      return start_message(now_ns);
    case State::closing: {
      state_ = is_quic() ? State::closed : State::answering;
      if (is_quic()) {
        transmit(closer, kTcpAck, {}, now_ns);  // CONNECTION_CLOSE
        end(other(closer)).acknowledge_at_ns = kNever;
        return;
      }
      StreamEnd& here = end(closer);
      here.next = here.written + 1;
      return transmit(closer, kTcpFin | kTcpAck, {here.written, here.written + 1}, now_ns);
    }
    case State::answering: {
      state_ = State::closed;
      StreamEnd& here = end(other(closer));
      here.next = here.written + 1;
      return transmit(other(closer), kTcpFin | kTcpAck, {here.written, here.written + 1}, now_ns);
    }
    case State::closed:
      return;
  }
}

void StreamFlow::start_message(std::int64_t now_ns) {
  if (!slot_reserved_ && context_.pacer != nullptr) {
    const std::int64_t slot_ns = context_.pacer->reserve(now_ns);
    if (slot_ns >= context_.end_ns) {
      next_.reset();
      return schedule_message(now_ns);
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
  StreamEnd& sender = end(message.sender);
  const bool idle = sender.next == sender.written;
  sender.written += message.bytes;
  count_message(message);
  if (idle && sender.send_at_ns == kNever && !sender.recovering) {
    send_payload(message.sender, now_ns);
  }
  if (next_ && next_->cue == Cue::clock) schedule_message(now_ns);
}

/// Sets the time of the next message, or of the close, once the message before allows it.
void StreamFlow::schedule_message(std::int64_t now_ns) {
  if (state_ != State::talking || application_at_ns_ != kNever) return;
  if (next_ && next_->cue == Cue::clock) {
    last_due_ns_ += next_->wait_ns;
    if (last_due_ns_ < context_.end_ns) {
      application_at_ns_ = std::max(now_ns, last_due_ns_);
      return;
    }
    next_.reset();
  }
  if (!message_before_is_through()) return;
  if (next_ && now_ns + next_->wait_ns < context_.end_ns) {
    last_due_ns_ = application_at_ns_ = now_ns + next_->wait_ns;
    return;
  }
  const std::int64_t linger_ns = std::llround(conversation_->linger_s() * 1e9);
  const bool outlives_traffic = linger_ns > 0 && (next_ || now_ns + linger_ns >= context_.end_ns);
  next_.reset();
  state_ = outlives_traffic ? State::closed : State::closing;
  if (!outlives_traffic) close_after(now_ns + linger_ns, 200e-6);
}

/// At the end of the conversation: all messages before.
bool StreamFlow::message_before_is_through() noexcept {
  const auto arrived = [this](Side sender) {
    return end(other(sender)).received == end(sender).written;
  };
  if (!next_) return arrived(Side::client) && arrived(Side::server);
  if (!last_sender_) return true;
  if (next_->sender == *last_sender_) {
    return end(*last_sender_).next >= end(*last_sender_).written;
  }
  return arrived(*last_sender_);
}

void StreamFlow::close_after(std::int64_t now_ns, double median_s) {
  application_at_ns_ = now_ns + std::llround(random_.log_normal(median_s, 1.0) * 1e9);
}

/// As where the other end has gone for good.
void StreamFlow::give_up() noexcept {
  state_ = State::closed;
  application_at_ns_ = kNever;
  for (StreamEnd& end : ends_) {
    end.arriving.clear();
    end.acknowledge_at_ns = end.send_at_ns = end.timeout_at_ns = kNever;
  }
}

}  // namespace

std::unique_ptr<VirtualFlow> make_virtual_stream(const VirtualContext& context, FlowPlan plan,
                                                 Random random) {
  return std::make_unique<StreamFlow>(context, std::move(plan), random);
}

}  // namespace weir
