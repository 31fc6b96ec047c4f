// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The clock of virtual time: always runs the flow whose next event comes first.
#include "weir/traffic/virtual_sender.hpp"

#include <algorithm>
#include <optional>
#include <queue>

#include "virtual_flow.hpp"

namespace weir {
namespace {

/// Something that happens: a flow's next event, or the start of the next flow.
struct Event {
  static constexpr std::size_t kNewFlow = static_cast<std::size_t>(-1);

  std::int64_t time_ns;
  std::uint64_t order;  // breaks ties the same way everywhere
  std::size_t slot;     // of the flow, or kNewFlow

  bool operator>(const Event& event) const noexcept {
    return time_ns != event.time_ns ? time_ns > event.time_ns : order > event.order;
  }
};

class VirtualSender {
 public:
  VirtualSender(TrafficSource& source, const VirtualTrafficOptions& options, TrafficSink& sink,
                const FlowObserver& on_flow)
      : source_(source),
        options_(options),
        sink_(sink),
        on_flow_(on_flow),
        seed_(options.seed ^ kSeedTag),
        wire_(sink, options.start_ns, options.snap_length, seed_.fork()),
        stop_ns_(options.cut ? options.duration_ns : kNever) {
    const auto& applications = source.applications();
    result_.counts.resize(applications.size());
    for (const ApplicationInfo& info : applications) {
      std::optional<MessagePacer>& pacer = pacers_.emplace_back();
      if (info.paced) pacer.emplace(info.messages_per_s);
    }
  }

  VirtualTrafficResult run() {
    plan();
    while (!events_.empty() && events_.top().time_ns < stop_ns_ && sink_.takes_more()) {
      const Event event = events_.top();
      events_.pop();
      if (event.slot == Event::kNewFlow) {
        start_flow();
      } else {
        run_flow(event);
      }
    }
    for (const auto& flow : flows_) {
      if (flow) end_flow(*flow);
    }
    result_.packets = wire_.packets();
    return std::move(result_);
  }

 private:
  // Sets the sender's random stream apart from those of the source.
  static constexpr std::uint64_t kSeedTag = 0x7669727475616cU;

  void plan() {
    planned_ = source_.next();
    if (planned_.start_ns < options_.duration_ns) {
      events_.push({planned_.start_ns, next_order_++, Event::kNewFlow});
    }
  }

  void start_flow() {
    FlowPlan flow = std::move(planned_);
    std::optional<MessagePacer>& pacer = pacers_[flow.application];
    const VirtualContext context{wire_, pacer ? &*pacer : nullptr, result_.counts[flow.application],
                                 options_.duration_ns};
    const std::size_t slot = free_slot();
    flows_[slot] = flow.transport == Transport::udp
                       ? make_virtual_udp(context, std::move(flow), seed_.fork())
                       : make_virtual_stream(context, std::move(flow), seed_.fork());
    await(slot);
    plan();
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
    VirtualFlow& flow = *flows_[event.slot];
    const std::int64_t until_ns =
        std::min(stop_ns_, events_.empty() ? kNever : events_.top().time_ns);
    do {
      flow.advance();
    } while (flow.next_event_ns() < until_ns && sink_.takes_more());
    await(event.slot);
  }

  /// Puts the flow's next event into the queue, or ends the flow.
  void await(std::size_t slot) {
    const std::int64_t time_ns = flows_[slot]->next_event_ns();
    if (time_ns != kNever) {
      events_.push({time_ns, next_order_++, slot});
      return;
    }
    end_flow(*flows_[slot]);
    flows_[slot].reset();
    free_slots_.push_back(slot);
  }

  void end_flow(const VirtualFlow& flow) {
    if (flow.first_packet_ns() == kNever) return;
    ++result_.counts[flow.application()].flows;
    on_flow_({options_.capture, flow.tuple(), options_.start_ns + flow.first_packet_ns(),
              options_.start_ns + flow.last_packet_ns(),
              source_.applications()[flow.application()].label});
  }

  TrafficSource& source_;
  VirtualTrafficOptions options_;
  TrafficSink& sink_;
  const FlowObserver& on_flow_;
  Random seed_;
  VirtualWire wire_;
  std::int64_t stop_ns_;
  std::vector<std::optional<MessagePacer>> pacers_;  // by application
  FlowPlan planned_;
  std::vector<std::unique_ptr<VirtualFlow>> flows_;  // by slot; null where free
  std::vector<std::size_t> free_slots_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t next_order_ = 0;
  VirtualTrafficResult result_;
};

}  // namespace

VirtualTrafficResult send_virtual(TrafficSource& source, const VirtualTrafficOptions& options,
                                  TrafficSink& sink, const FlowObserver& on_flow) {
  return VirtualSender(source, options, sink, on_flow).run();
}

}  // namespace weir
