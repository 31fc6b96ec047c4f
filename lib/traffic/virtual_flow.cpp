// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all virtual flows share, and the one over UDP.
#include "virtual_flow.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace weir {
namespace {

constexpr std::int64_t kLastLineNsPerByte = 8;  // 1 Gbit/s

}  // namespace

VirtualFlow::VirtualFlow(const VirtualContext& context, const FlowPlan& plan, Random& random)
    : context_(context), path_(plan.path), tuple_(plan.tuple), application_(plan.application) {
  for (std::uint16_t& id : ip_id_) id = static_cast<std::uint16_t>(random.next());
}

void VirtualFlow::put(std::int64_t now_ns, Side sender, const TcpFields& tcp,
                      std::size_t payload_bytes) {
  PacketSpec packet;
  packet.tuple = tuple_;
  packet.tcp = tcp;
  packet.encapsulation = path_.encapsulation.get();
  if (sender == Side::server) {
    std::swap(packet.tuple.src, packet.tuple.dst);
    std::swap(packet.tuple.src_port, packet.tuple.dst_port);
    packet.ttl = path_.server_ttl;
    packet.downward = true;
  }
  packet.ip_id = ip_id_[index(sender)]++;
  context_.wire.put(now_ns, packet, payload_bytes, application_);
  first_packet_ns_ = std::min(first_packet_ns_, now_ns);
  last_packet_ns_ = now_ns;
}

std::int64_t VirtualFlow::travel(std::int64_t now_ns, Side sender, std::size_t ip_bytes,
                                 Random& random) {
  LinkDirection& line = sender == Side::client ? path_.link->up : path_.link->down;
  const std::int64_t depart_ns = std::max(now_ns, line.free_ns);
  if (depart_ns - now_ns > line.queue_ns) return kNever;
  line.free_ns =
      depart_ns + static_cast<std::int64_t>(line.ns_per_byte * static_cast<double>(ip_bytes));
  if (path_.loss > 0 && random.chance(path_.loss)) return kNever;
  const double jitter_ns =
      path_.jitter_ns > 0 ? random.exponential(static_cast<double>(path_.jitter_ns)) : 0.0;
  // What was held up arrives as fast as the last line carries it.
  const std::int64_t last_line_ns = static_cast<std::int64_t>(ip_bytes) * kLastLineNsPerByte;
  std::int64_t& last_ns = last_arrival_ns_[index(sender)];
  last_ns = std::max(last_ns + last_line_ns,
                     line.free_ns + path_.one_way_ns + static_cast<std::int64_t>(jitter_ns));
  return last_ns;
}

void VirtualFlow::count_message(const Message& message) noexcept {
  ++context_.count.messages[index(message.sender)];
  context_.count.bytes[index(message.sender)] += message.bytes;
}

namespace {

constexpr std::size_t kUdpHeaderBytes = 8;

class UdpFlow : public VirtualFlow {
 public:
  UdpFlow(const VirtualContext& context, FlowPlan plan, Random random)
      : VirtualFlow(context, plan, random),
        random_(random),
        conversation_(std::move(plan.conversation)),
        due_ns_(plan.start_ns) {
    fetch();
  }

  std::int64_t next_event_ns() const noexcept override { return std::min(due_ns_, arrival_ns()); }

  void advance() override {
    if (arrival_ns() <= due_ns_) {
      const Arrival arrival = arriving_.front();
      arriving_.pop_front();
      put(arrival.time_ns, Side::server, {}, arrival.bytes);
    } else {
      send();
      fetch();
    }
  }

 private:
  struct Arrival {
    std::int64_t time_ns;
    std::uint32_t bytes;
  };

  std::int64_t arrival_ns() const noexcept {
    return arriving_.empty() ? kNever : arriving_.front().time_ns;
  }

  void send() {
    count_message(*next_);
    const Side sender = next_->sender;
    if (sender == Side::client) put(due_ns_, sender, {}, next_->bytes);
    const std::int64_t arrival_ns =
        travel(due_ns_, sender, ip_header_bytes() + kUdpHeaderBytes + next_->bytes, random_);
    if (sender == Side::server && arrival_ns != kNever) {
      arriving_.push_back({arrival_ns, next_->bytes});
    }
    last_sender_ = sender;
    // Where it was lost, the other end is taken to notice after as long as it would have taken.
    reply_from_ns_ = arrival_ns != kNever ? arrival_ns : due_ns_ + 2 * path_.one_way_ns;
  }

  void fetch() {
    next_ = conversation_->next();
    if (!next_) {
      due_ns_ = kNever;
      return;
    }
    const bool reply =
        next_->cue == Cue::previous && last_sender_ && *last_sender_ != next_->sender;
    due_ns_ = (reply ? reply_from_ns_ : due_ns_) + next_->wait_ns;
    if (due_ns_ >= context_.end_ns) due_ns_ = kNever;
  }

  Random random_;
  std::unique_ptr<Conversation> conversation_;
  std::int64_t due_ns_;
  std::optional<Message> next_;
  std::optional<Side> last_sender_;
  std::int64_t reply_from_ns_ = 0;
  std::deque<Arrival> arriving_;
};

}  // namespace

std::unique_ptr<VirtualFlow> make_virtual_udp(const VirtualContext& context, FlowPlan plan,
                                              Random random) {
  return std::make_unique<UdpFlow>(context, std::move(plan), random);
}

}  // namespace weir
