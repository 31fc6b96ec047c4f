// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all virtual flows share, and the one over UDP.
#include "virtual_flow.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

namespace weir {

VirtualFlow::VirtualFlow(VirtualContext context, const VirtualFlowSpec& spec)
    : context_(context), tuple_(spec.tuple), server_ttl_(spec.path.server_ttl) {
  Random random = spec.random;
  for (std::uint16_t& id : ip_id_) id = static_cast<std::uint16_t>(random.next());
}

void VirtualFlow::put(std::int64_t now_ns, Side sender, const TcpFields& tcp,
                      std::size_t payload_bytes) {
  PacketSpec packet;
  packet.tuple = tuple_;
  packet.tcp = tcp;
  if (sender == Side::server) {
    std::swap(packet.tuple.src, packet.tuple.dst);
    std::swap(packet.tuple.src_port, packet.tuple.dst_port);
    packet.ttl = server_ttl_;
  }
  packet.ip_id = ip_id_[index(sender)]++;
  context_.wire.put(now_ns, packet, payload_bytes);
  first_packet_ns_ = std::min(first_packet_ns_, now_ns);
  last_packet_ns_ = now_ns;
}

void VirtualFlow::count_message(const Message& message) noexcept {
  ++context_.count.messages[index(message.sender)];
  context_.count.bytes[index(message.sender)] += message.bytes;
}

std::int64_t draw_delay_ns(const VirtualPath& path, Random& random) {
  return path.one_way_ns + std::llround(random.exponential(static_cast<double>(path.jitter_ns)));
}

namespace {

class UdpFlow : public VirtualFlow {
 public:
  UdpFlow(VirtualContext context, VirtualFlowSpec spec)
      : VirtualFlow(context, spec),
        path_(spec.path),
        random_(spec.random),
        conversation_(std::move(spec.conversation)),
        due_ns_(spec.start_ns) {
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
    if (next_->sender == Side::client) {
      put(due_ns_, Side::client, {}, next_->bytes);
      return;
    }
    last_arrival_ns_ = std::max(last_arrival_ns_ + 1, due_ns_ + draw_delay_ns(path_, random_));
    arriving_.push_back({last_arrival_ns_, next_->bytes});
  }

  void fetch() {
    next_ = conversation_->next();
    due_ns_ = next_ ? due_ns_ + next_->wait_ns : kNever;
    if (due_ns_ >= context_.end_ns) due_ns_ = kNever;
  }

  VirtualPath path_;
  Random random_;
  std::unique_ptr<Conversation> conversation_;
  std::int64_t due_ns_;
  std::optional<Message> next_;
  std::deque<Arrival> arriving_;
  std::int64_t last_arrival_ns_ = 0;
};

}  // namespace

std::unique_ptr<VirtualFlow> make_virtual_udp(VirtualContext context, VirtualFlowSpec spec) {
  return std::make_unique<UdpFlow>(context, std::move(spec));
}

}  // namespace weir
