// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The clock of virtual time: always runs the flow whose next event comes first.
#include "weir/traffic/virtual_sender.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <queue>

#include "virtual_flow.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

/// Draws what differs from one client to the next: address, port, path.
class ClientDraw {
 public:
  ClientDraw(const IpAddress& destination, Random random)
      : destination_(destination), random_(random), first_port_(random_.below(kPorts)) {}

  VirtualFlowSpec draw(const ApplicationInfo& info) {
    VirtualFlowSpec spec{0,
                         {draw_address(), destination_, next_port(), info.port,
                          static_cast<std::uint8_t>(info.transport)},
                         draw_path(),
                         nullptr,
                         random_.fork()};
    return spec;
  }

 private:
  // Linux's ephemeral ports; the step is coprime to their number, so that none comes twice before
  // all have come once.
  static constexpr std::uint64_t kFirstPort = 32'768;
  static constexpr std::uint64_t kPorts = 28'232;
  static constexpr std::uint64_t kPortStep = 7'919;
  static constexpr std::uint64_t kClients = 16;

  std::uint16_t next_port() {
    return static_cast<std::uint16_t>(kFirstPort + (first_port_ + kPortStep * flows_++) % kPorts);
  }

  IpAddress draw_address() {
    IpAddress address = destination_;
    if (is_loopback(destination_)) return address;
    // The last byte names the host; 0 and 255 stay out of it.
    const std::uint64_t client = 1 + random_.below(kClients);
    address.bytes[15] = static_cast<std::uint8_t>((destination_.bytes[15] - 1U + client) % 254 + 1);
    return address;
  }

  VirtualPath draw_path() {
    VirtualPath path;
    const double round_trip_s = std::clamp(random_.log_normal(0.02, 0.8), 0.001, 0.3);
    path.one_way_ns = std::llround(round_trip_s / 2 * 1e9);
    path.jitter_ns = std::llround(round_trip_s * random_.uniform(0.002, 0.05) * 1e9);
    path.bits_per_second = std::clamp(random_.log_normal(30e6, 0.8), 4e6, 500e6);
    if (random_.chance(0.2)) path.mss = static_cast<std::uint16_t>(random_.between(1'340, 1'452));
    path.server_ttl = static_cast<std::uint8_t>(64 - random_.between(0, 20));
    return path;
  }

  IpAddress destination_;
  Random random_;
  std::uint64_t first_port_;
  std::uint64_t flows_ = 0;
};

/// An application with what its flows share, as a source of flows.
struct Lane {
  Application* application;
  std::optional<MessagePacer> pacer;
  PlannedConversation planned;
};

/// Something that happens: a flow's next event, or the start of a lane's next flow.
struct Event {
  static constexpr std::size_t kNewFlow = static_cast<std::size_t>(-1);

  std::int64_t time_ns;
  std::uint64_t order;  // breaks ties the same way everywhere
  std::size_t lane;
  std::size_t slot;  // of the flow, or kNewFlow

  bool operator>(const Event& event) const noexcept {
    return time_ns != event.time_ns ? time_ns > event.time_ns : order > event.order;
  }
};

class VirtualSender {
 public:
  VirtualSender(std::vector<std::unique_ptr<Application>>& applications,
                const VirtualTrafficOptions& options, PacketSink& sink, const FlowObserver& on_flow)
      : options_(options),
        on_flow_(on_flow),
        seed_(options.seed ^ kSeedTag),
        clients_(options.destination, seed_.fork()),
        wire_(sink, options.start_ns, options.snap_length, seed_.fork()) {
    result_.counts.resize(applications.size());
    for (const auto& application : applications) {
      const ApplicationInfo& info = application->info();
      Lane lane{application.get(), std::nullopt, {}};
      if (info.paced) lane.pacer.emplace(info.messages_per_s);
      lanes_.push_back(std::move(lane));
    }
  }

  VirtualTrafficResult run() {
    for (std::size_t lane = 0; lane < lanes_.size(); ++lane) plan(lane);
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      if (event.slot == Event::kNewFlow) {
        start_flow(event.lane);
      } else {
        run_flow(event);
      }
    }
    result_.packets = wire_.packets();
    return std::move(result_);
  }

 private:
  // Sets the sender's random stream apart from those of the applications.
  static constexpr std::uint64_t kSeedTag = 0x7669727475616cU;

  void plan(std::size_t lane) {
    lanes_[lane].planned = lanes_[lane].application->next_conversation();
    const std::int64_t start_ns = lanes_[lane].planned.start_ns;
    if (start_ns < options_.duration_ns)
      events_.push({start_ns, next_order_++, lane, Event::kNewFlow});
  }

  void start_flow(std::size_t index) {
    Lane& lane = lanes_[index];
    const ApplicationInfo& info = lane.application->info();
    VirtualFlowSpec spec = clients_.draw(info);
    spec.start_ns = lane.planned.start_ns;
    spec.conversation = std::move(lane.planned.conversation);
    const VirtualContext context{wire_, lane.pacer ? &*lane.pacer : nullptr, result_.counts[index],
                                 options_.duration_ns};
    const std::size_t slot = free_slot();
    flows_[slot] = info.transport == IpProtocol::udp ? make_virtual_udp(context, std::move(spec))
                                                     : make_virtual_tcp(context, std::move(spec));
    await(index, slot);
    plan(index);
  }

  std::size_t free_slot() {
    if (free_slots_.empty()) {
      flows_.emplace_back();
      return flows_.size() - 1;
    }
    const std::size_t slot = free_slots_.back();
    free_slots_.pop_back();
    return slot;
  }

  /// Runs one flow for as long as it is the first.
  void run_flow(const Event& event) {
    check_interrupted();
    VirtualFlow& flow = *flows_[event.slot];
    const std::int64_t until_ns = events_.empty() ? kNever : events_.top().time_ns;
    do {
      flow.advance();
    } while (flow.next_event_ns() < until_ns);
    await(event.lane, event.slot);
  }

  /// Puts the flow's next event into the queue, or ends the flow.
  void await(std::size_t lane, std::size_t slot) {
    const std::int64_t time_ns = flows_[slot]->next_event_ns();
    if (time_ns != kNever) {
      events_.push({time_ns, next_order_++, lane, slot});
      return;
    }
    end_flow(lane, *flows_[slot]);
    flows_[slot].reset();
    free_slots_.push_back(slot);
  }

  void end_flow(std::size_t lane, const VirtualFlow& flow) {
    if (flow.first_packet_ns() == kNever) return;
    ++result_.counts[lane].flows;
    on_flow_({options_.capture, flow.tuple(), options_.start_ns + flow.first_packet_ns(),
              options_.start_ns + flow.last_packet_ns(), lanes_[lane].application->info().label});
  }

  VirtualTrafficOptions options_;
  const FlowObserver& on_flow_;
  Random seed_;
  ClientDraw clients_;
  VirtualWire wire_;
  std::vector<Lane> lanes_;
  std::vector<std::unique_ptr<VirtualFlow>> flows_;  // by slot; null where free
  std::vector<std::size_t> free_slots_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t next_order_ = 0;
  VirtualTrafficResult result_;
};

}  // namespace

VirtualTrafficResult send_virtual(std::vector<std::unique_ptr<Application>>& applications,
                                  const VirtualTrafficOptions& options, PacketSink& sink,
                                  const FlowObserver& on_flow) {
  return VirtualSender(applications, options, sink, on_flow).run();
}

}  // namespace weir
