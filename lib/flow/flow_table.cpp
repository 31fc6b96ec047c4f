// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The life of flows: start, expiry, end, and who else is open beside them.
#include "weir/flow/flow_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "host_activity.hpp"
#include "idle_order.hpp"
#include "number_index.hpp"
#include "open_flow.hpp"
#include "slab.hpp"
#include "tunnels.hpp"
#include "weir/flow/flow_contents.hpp"

namespace weir {
namespace {

/// How many packets ahead of its own update what it will touch is fetched into the cache: the slot
/// of its flow in the index, then the flow, then what that refers to.
constexpr std::size_t kAhead = 6;
constexpr std::size_t kFlowAhead = 2 * kAhead;
constexpr std::size_t kSlotAhead = 4 * kAhead;

/// Packets that get their keys together.
constexpr std::size_t kBatch = 32;

/// Steps and heads that are handed over together: enough to be worth waking another thread for, few
/// enough for their rows to stay in its cache.
constexpr std::size_t kMostSteps = 2048;
constexpr std::size_t kMostShown = 64;

/// Times are kept within 146 years of 1970, so that no sum or difference of two can overflow.
constexpr std::int64_t kFarthest_ns = (std::int64_t{1} << 62U) - 1;

/// The bits of FlowPacket::gap_ns.
constexpr std::uint64_t kGapMask = (std::uint64_t{1} << 56U) - 1;

constexpr std::int64_t bounded(std::int64_t time_ns) noexcept {
  return std::clamp(time_ns, -kFarthest_ns, kFarthest_ns);
}

/// Bounds of one piece of a flow: FlowStatistics counts within them exactly.
constexpr std::int64_t kLongestPiece_ns = static_cast<std::int64_t>(Uint48::kMax);
constexpr std::uint32_t kMostPackets = std::numeric_limits<std::uint32_t>::max();

bool is_tcp(const FlowArrival& packet) noexcept {
  return packet.key.protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
}

bool has_flags(const FlowArrival& packet, unsigned mask, unsigned value) noexcept {
  return is_tcp(packet) && (packet.tcp_flags & mask) == value;
}

FlowTableSettings bounded(FlowTableSettings settings) {
  settings.idle_timeout_ns = bounded(settings.idle_timeout_ns);
  settings.active_timeout_ns = std::min(settings.active_timeout_ns, kLongestPiece_ns);
  return settings;
}

}  // namespace

FlowArrival FlowArrival::of(const Packet& packet) noexcept {
  FlowArrival arrival;
  arrival.key =
      FlowKey::of({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol});
  arrival.hash = weir::hash(arrival.key);
  arrival.from_low = packet.src == arrival.key.low && packet.src_port == arrival.key.low_port;
  arrival.tcp_flags = is_tcp(arrival) ? packet.tcp_flags : std::uint8_t{0};
  arrival.tcp_window = packet.tcp_window;
  arrival.length = packet.length;
  arrival.ip_length = packet.ip_length;
  arrival.payload_length = packet.payload_length;
  arrival.time_ns = bounded(packet.time_ns);
  arrival.is_tunnelled = packet.tunnel_depth > 0;
  if (arrival.is_tunnelled) arrival.outer = {packet.outer_src, packet.outer_dst};
  return arrival;
}

struct FlowTable::State {
  FlowTableSettings settings;
  // Where steps go: to the table's own contents and from there to `emit`, or to `take`.
  Emit emit;
  std::optional<FlowContents> contents;
  Take take;
  FlowSteps steps;
  unsigned lane_bits;
  Slab<OpenFlow> flows;
  NumberIndex index;
  HostActivities<HostPair> pairs{flows};
  HostActivities<Initiator> hosts{flows};
  Tunnels tunnels;
  IdleOrder idle{flows};                                             // all flows
  IdleOrder closed_idle{flows};                                      // those that are closed
  std::int64_t clock_ns = std::numeric_limits<std::int64_t>::min();  // latest packet time seen
  std::uint64_t last_flow_id = 0;

  State(FlowTableSettings chosen, std::size_t lanes)
      : settings(std::move(chosen)), lane_bits(static_cast<unsigned>(std::bit_width(lanes) - 1)) {
    steps.lanes.resize(lanes);
  }

  void add_all(std::span<const FlowArrival> packets);
  std::uint32_t find(const FlowArrival& packet) const noexcept;
  void add(const FlowArrival& packet);
  void advance_clock(std::int64_t time_ns);
  void make_room();

  std::uint32_t open(const FlowArrival& packet);
  void start_piece(std::uint32_t number, std::int64_t time_ns);
  void update(std::uint32_t number, const FlowArrival& packet);
  void follow_tcp(std::uint32_t number, const FlowArrival& packet, std::size_t direction);
  std::int64_t linger_ns() const noexcept {
    return std::min(kTcpLinger_ns, settings.idle_timeout_ns);
  }

  std::vector<std::uint32_t> all_by_id() const;
  void report(std::uint32_t number, FlowEndReason reason);
  FlowHead head_of(std::uint32_t number, FlowEndReason reason) const;
  FlowLane& step(std::uint32_t number, std::uint32_t event, const FlowPacket& packet = {});
  void hand_over();
  void end_piece(std::uint32_t number);
  void close(std::uint32_t number, FlowEndReason reason);
};

FlowTable::FlowTable(FlowTableSettings settings, Emit emit)
    : state_(std::make_unique<State>(bounded(std::move(settings)), 1)) {
  state_->emit = std::move(emit);
  state_->contents.emplace(state_->settings);
}

FlowTable::FlowTable(FlowTableSettings settings, std::size_t lanes, Take take)
    : state_(std::make_unique<State>(bounded(std::move(settings)), lanes)) {
  state_->take = std::move(take);
}

FlowTable::~FlowTable() = default;
FlowTable::FlowTable(FlowTable&&) noexcept = default;
FlowTable& FlowTable::operator=(FlowTable&&) noexcept = default;

void FlowTable::add(std::span<const Packet> packets) {
  std::array<FlowArrival, kBatch> arrivals;
  while (!packets.empty()) {
    const std::size_t count = std::min(packets.size(), kBatch);
    std::ranges::transform(packets.first(count), arrivals.begin(), FlowArrival::of);
    state_->add_all(std::span(arrivals).first(count));
    packets = packets.subspan(count);
  }
}

void FlowTable::add(std::span<const FlowArrival> packets) {
  state_->add_all(packets);
}

void FlowTable::advance_to(std::int64_t time_ns) {
  state_->advance_clock(bounded(time_ns));
  state_->hand_over();
}

void FlowTable::finish() {
  State& state = *state_;
  const std::vector<std::uint32_t> open = state.all_by_id();
  // All are shown before any is removed: each has the others as its neighbours.
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (i + kAhead < open.size()) {
      const OpenFlow& later = state.flows[open[i + kAhead]];
      state.pairs.prefetch(later);
      state.hosts.prefetch(later);
    }
    state.report(open[i], state.flows[open[i]].closed ? FlowEndReason::end_of_flow
                                                      : FlowEndReason::forced_end);
  }
  state.hand_over();
  if (state.contents) *this = FlowTable(std::move(state.settings), std::move(state.emit));
}

std::size_t FlowTable::open_flows() const noexcept {
  return state_->index.size();
}

void FlowTable::visit(const std::function<void(const FlowHead&)>& show) const {
  for (std::uint32_t number = 0; number < state_->flows.used(); ++number) {
    if (state_->flows[number].flow_id != 0) show(state_->head_of(number, FlowEndReason::none));
  }
}

void FlowTable::State::add_all(std::span<const FlowArrival> packets) {
  // Flows may end before their packet's turn, so these are hints, not results: find() looks again.
  std::array<std::uint32_t, std::bit_ceil(kFlowAhead)> guesses;
  const auto guess_of = [&](std::size_t i) -> std::uint32_t& {
    return guesses[i % guesses.size()];
  };
  const std::size_t count = packets.size();
  for (std::size_t begun = 0; begun < count + kSlotAhead; ++begun) {
    if (begun < count) index.prefetch(packets[begun].hash);
    if (const std::size_t i = begun + kFlowAhead - kSlotAhead; i < count) {
      guess_of(i) = index.find(packets[i].hash, [](std::uint32_t) { return true; });
      if (guess_of(i) != kNoNumber) {
        const auto* const flow = reinterpret_cast<const std::byte*>(&flows[guess_of(i)]);
        __builtin_prefetch(flow);
        __builtin_prefetch(flow + sizeof(OpenFlow) - 1);
      }
    }
    if (const std::size_t i = begun + kAhead - kSlotAhead; i < count && guess_of(i) != kNoNumber) {
      pairs.prefetch(flows[guess_of(i)]);
      hosts.prefetch(flows[guess_of(i)]);
    }
    if (begun >= kSlotAhead) add(packets[begun - kSlotAhead]);
    if (!contents && steps.count >= kMostSteps) hand_over();
  }
  if (contents) hand_over();
}

std::uint32_t FlowTable::State::find(const FlowArrival& packet) const noexcept {
  return index.find(packet.hash,
                    [&](std::uint32_t number) { return flows[number].key == packet.key; });
}

void FlowTable::State::add(const FlowArrival& packet) {
  const std::int64_t time_ns = packet.time_ns;
  advance_clock(time_ns);
  std::uint32_t number = find(packet);
  if (number != kNoNumber && flows[number].closed &&
      has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn)) {
    close(number, FlowEndReason::end_of_flow);  // the five-tuple is used again
    number = kNoNumber;
  }
  if (number == kNoNumber) {
    make_room();
    number = open(packet);
  } else if (const OpenFlow& flow = flows[number];
             time_ns - flow.start_ns > settings.active_timeout_ns || flow.packets == kMostPackets) {
    report(number, flow.closed ? FlowEndReason::end_of_flow : FlowEndReason::active_timeout);
    end_piece(number);
    start_piece(number, time_ns);
  }
  update(number, packet);
}

/// Ends the flows that have expired by `time_ns`, in the order of their expiry.
void FlowTable::State::advance_clock(std::int64_t time_ns) {
  if (time_ns <= clock_ns) return;
  clock_ns = time_ns;
  while (true) {
    const std::uint32_t open = idle.first(clock_ns - settings.idle_timeout_ns);
    const std::uint32_t closed = closed_idle.first(clock_ns - linger_ns());
    if (open == kNoNumber && closed == kNoNumber) return;
    const auto expiry = [&](std::uint32_t number, std::int64_t timeout_ns) {
      if (number == kNoNumber) return std::pair(kFarthest_ns, std::uint64_t{0});
      return std::pair(flows[number].clock_ns - kFarthest_ns + timeout_ns,
                       std::uint64_t{flows[number].flow_id});
    };
    const bool closed_first = expiry(closed, linger_ns()) <= expiry(open, settings.idle_timeout_ns);
    const std::uint32_t number = closed_first ? closed : open;
    close(number, flows[number].closed ? FlowEndReason::end_of_flow : FlowEndReason::idle_timeout);
  }
}

/// Ends the flow that is idle longest, if one more would be too many.
void FlowTable::State::make_room() {
  if (settings.max_flows == 0 || index.size() < settings.max_flows) return;
  const std::uint32_t number = idle.first(std::numeric_limits<std::int64_t>::max());
  close(number,
        flows[number].closed ? FlowEndReason::end_of_flow : FlowEndReason::lack_of_resources);
}

std::uint32_t FlowTable::State::open(const FlowArrival& packet) {
  const std::uint32_t number = flows.acquire();
  OpenFlow& flow = flows[number];
  flow.key = packet.key;
  // A SYN+ACK answers a SYN that the capture missed: its receiver opened the connection.
  const bool is_answer = has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn | kTcpAck);
  flow.initiator_is_low = packet.from_low != is_answer;
  if (packet.is_tunnelled) {
    TunnelEnds ends = packet.outer;
    if (is_answer) std::swap(ends.src, ends.dst);
    flow.tunnel = tunnels.acquire(ends);
  }
  index.insert(packet.hash, number);
  pairs.join(number);
  hosts.join(number);
  start_piece(number, packet.time_ns);
  return number;
}

/// Gives a flow without packets its number, its start and its place in the order.
void FlowTable::State::start_piece(std::uint32_t number, std::int64_t time_ns) {
  OpenFlow& flow = flows[number];
  flow.flow_id = ++last_flow_id;
  flow.start_ns = time_ns;
  flow.clock_ns = clock_ns;
  idle.add(number);
}

void FlowTable::State::update(std::uint32_t number, const FlowArrival& packet) {
  OpenFlow& flow = flows[number];
  const std::size_t direction = packet.from_low == flow.initiator_is_low ? 0 : 1;
  const std::uint64_t before_ns = flow.age_ns;
  const std::int64_t now_ns = packet.time_ns - flow.start_ns;  // may lie before the flow's start
  const std::uint64_t age_ns =
      now_ns > 0 ? std::max(before_ns, static_cast<std::uint64_t>(now_ns)) : before_ns;
  flow.age_ns = age_ns;
  flow.clock_ns = clock_ns;
  FlowPacket item;
  item.gap_ns = (age_ns - before_ns) & kGapMask;
  item.tcp_flags = packet.tcp_flags;
  item.ip_length = packet.ip_length;
  item.payload_length = packet.payload_length & 0x7fffffffU;
  item.backward = direction & 1U;
  step(number, std::min(flow.packets, FlowStep::kMost), item);

  ++flow.packets;
  flow.wire_bytes += packet.length;
  pairs.add_bytes(flow, packet.length);
  hosts.add_bytes(flow, packet.length);
  if (is_tcp(packet)) follow_tcp(number, packet, direction);

  if (flow.checkpoint < settings.checkpoints.size() &&
      flow.packets == settings.checkpoints[flow.checkpoint]) {
    ++flow.checkpoint;
    report(number, FlowEndReason::none);
  }
}

void FlowTable::State::follow_tcp(std::uint32_t number, const FlowArrival& packet,
                                  std::size_t direction) {
  OpenFlow& flow = flows[number];
  const unsigned own = 1U << direction;
  constexpr unsigned kBoth = 3;
  if ((flow.windows_seen & own) == 0) {
    flow.windows_seen = (flow.windows_seen | own) & kBoth;
    flow.initial_window[direction] = packet.tcp_window;
  }
  if ((packet.tcp_flags & kTcpFin) != 0) flow.fins = (flow.fins | own) & kBoth;
  if (!flow.closed && ((packet.tcp_flags & kTcpRst) != 0 || flow.fins == kBoth)) {
    flow.closed = true;
    closed_idle.add(number);
  }
}

/// The flows in the order of their first packets.
std::vector<std::uint32_t> FlowTable::State::all_by_id() const {
  std::vector<std::uint32_t> all;
  all.reserve(index.size());
  for (std::uint32_t number = 0; number < flows.used(); ++number) {
    if (flows[number].flow_id != 0) all.push_back(number);
  }
  const auto id = [this](std::uint32_t number) { return std::uint64_t{flows[number].flow_id}; };
  if (!std::ranges::is_sorted(all, {}, id)) std::ranges::sort(all, {}, id);
  return all;
}

/// Has the flow shown as it is now, if a row of it is wanted.
void FlowTable::State::report(std::uint32_t number, FlowEndReason reason) {
  const FlowHead head = head_of(number, reason);
  if (settings.shows && !settings.shows(head)) return;
  FlowLane& lane = step(number, FlowStep::kShow);
  lane.heads.push_back(head);
  steps.shown.push_back(static_cast<std::uint16_t>(&lane - steps.lanes.data()));
  if (steps.shown.size() >= kMostShown) hand_over();
}

FlowHead FlowTable::State::head_of(std::uint32_t number, FlowEndReason reason) const {
  const OpenFlow& flow = flows[number];
  FlowHead head;
  head.key = flow.key;
  head.initiator_is_low = flow.initiator_is_low;
  head.reason = reason;
  for (const unsigned d : {0U, 1U}) {
    if ((flow.windows_seen >> d & 1U) != 0) head.initial_window[d] = flow.initial_window[d];
  }
  head.flow_id = flow.flow_id;
  head.start_ns = flow.start_ns;
  head.last_ns = flow.start_ns + static_cast<std::int64_t>(std::uint64_t{flow.age_ns});
  head.packets = flow.packets;
  head.wire_bytes = flow.wire_bytes;
  const auto [pair_flows, pair_bytes] = pairs.of(flow);
  const auto [host_flows, host_bytes] = hosts.of(flow);
  head.context = {pair_flows, pair_bytes, host_flows, host_bytes};
  if (flow.tunnel != kNoNumber) head.tunnel = tunnels[flow.tunnel];
  return head;
}

/// Adds to the steps of the flow's lane, and returns that.
FlowLane& FlowTable::State::step(std::uint32_t number, std::uint32_t event,
                                 const FlowPacket& packet) {
  FlowLane& lane = steps.lanes[number & (steps.lanes.size() - 1)];
  lane.steps.push_back({number >> lane_bits, event, packet});
  ++steps.count;
  return lane;
}

void FlowTable::State::hand_over() {
  if (contents) {
    contents->follow(steps.lanes.front(), emit);
    steps.clear();
  } else {
    take(steps);
  }
}

/// Forgets the packets; the flow's ends, their roles and the state of the connection stay.
void FlowTable::State::end_piece(std::uint32_t number) {
  OpenFlow& flow = flows[number];
  pairs.remove_bytes(flow);
  hosts.remove_bytes(flow);
  step(number, FlowStep::kForget);
  const bool was_closed = flow.closed;
  OpenFlow next;
  next.key = flow.key;
  next.initiator_is_low = flow.initiator_is_low;
  next.fins = was_closed ? 0 : flow.fins;
  next.pair = flow.pair;
  next.host = flow.host;
  next.tunnel = flow.tunnel;
  flow = next;
  idle.forget();
  if (was_closed) closed_idle.forget();
}

void FlowTable::State::close(std::uint32_t number, FlowEndReason reason) {
  report(number, reason);
  end_piece(number);
  const OpenFlow& flow = flows[number];
  pairs.leave(number);
  hosts.leave(number);
  if (flow.tunnel != kNoNumber) tunnels.release(flow.tunnel);
  index.erase(hash(flow.key), number);
  flows.release(number);
}

}  // namespace weir
