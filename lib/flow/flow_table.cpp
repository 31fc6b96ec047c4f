// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The life of flows: start, update, expiry, end.
#include "weir/flow/flow_table.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>

#include "flow_statistics_adder.hpp"
#include "host_activity.hpp"
#include "idle_order.hpp"
#include "number_index.hpp"
#include "open_flow.hpp"
#include "slab.hpp"
#include "tunnels.hpp"

namespace weir {
namespace {

/// Packets whose slots and records are fetched into the cache together, before the first is used.
constexpr std::size_t kBatch = 32;
/// How far ahead of the update the rest of a record is fetched: its lines, times this, stay in the
/// first-level cache.
constexpr std::size_t kAhead = 6;

/// Times are kept within 146 years of 1970, so that no sum or difference of two can overflow.
constexpr std::int64_t kFarthest_ns = (std::int64_t{1} << 62U) - 1;

/// The bits of FlowPacket::gap_ns.
constexpr std::uint64_t kGapMask = (std::uint64_t{1} << 56U) - 1;

constexpr std::int64_t bounded(std::int64_t time_ns) noexcept {
  return std::clamp(time_ns, -kFarthest_ns, kFarthest_ns);
}

/// What is computed of a packet before its flow is looked up.
struct Lookup {
  FlowKey key;
  std::uint64_t hash = 0;
  bool from_low = true;  // the sender is the key's lower end
};

Lookup lookup_of(const Packet& packet) noexcept {
  Lookup lookup;
  lookup.key =
      FlowKey::of({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol});
  lookup.hash = hash(lookup.key);
  lookup.from_low = packet.src == lookup.key.low && packet.src_port == lookup.key.low_port;
  return lookup;
}

/// Bounds of one piece of a flow: FlowStatistics counts within them exactly.
constexpr std::int64_t kLongestPiece_ns = static_cast<std::int64_t>(Uint48::kMax);
constexpr std::uint32_t kMostPackets = std::numeric_limits<std::uint32_t>::max();

void prefetch_lines(const void* object, std::size_t size) noexcept {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < size; at += kLine) {
    __builtin_prefetch(static_cast<const std::byte*>(object) + at);
  }
}

bool is_tcp(const Packet& packet) noexcept {
  return packet.protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
}

bool has_flags(const Packet& packet, unsigned mask, unsigned value) noexcept {
  return is_tcp(packet) && (packet.tcp_flags & mask) == value;
}

}  // namespace

struct FlowTable::State {
  FlowTableSettings settings;
  Emit emit;
  FlowRecord shown;  // filled for each emission
  Slab<OpenFlow> flows;
  Slab<FlowUnit> units;
  NumberIndex index;
  HostActivities<HostPair> pairs{flows};
  HostActivities<Initiator> hosts{flows};
  Tunnels tunnels;
  IdleOrder idle{flows};         // all flows
  IdleOrder closed_idle{flows};  // those that are closed
  // What few flows have, by their numbers: packets after kKeptPackets, where more are asked for,
  // and the upper halves of counts.
  std::unordered_map<std::uint32_t, std::vector<FlowPacket>> more_packets;
  std::unordered_map<std::uint32_t, FlowStatistics::UpperHalves> upper_halves;
  std::int64_t clock_ns = std::numeric_limits<std::int64_t>::min();  // latest packet time seen
  std::uint64_t last_flow_id = 0;

  State(FlowTableSettings chosen, Emit receiver)
      : settings(std::move(chosen)), emit(std::move(receiver)) {}

  void add_batch(std::span<const Packet> packets);
  std::uint32_t find(const Lookup& lookup) const noexcept;
  void prefetch_body(std::uint32_t number, bool from_low) const noexcept;
  void add(const Packet& packet, const Lookup& lookup);
  void advance_clock(std::int64_t time_ns);
  void make_room();

  std::uint32_t open(const Packet& packet, const Lookup& lookup);
  void start_piece(std::uint32_t number, std::int64_t time_ns);
  void update(std::uint32_t number, const Packet& packet, std::size_t direction);
  void remember(std::uint32_t number, const FlowPacket& packet);
  void keep(OpenFlow& flow, const FlowPacket& packet);
  FlowPacket kept(const OpenFlow& flow, std::size_t n) const noexcept;
  void grow_long(OpenFlow& flow);
  FlowStatistics::Parts parts_of(const OpenFlow& flow) const noexcept;
  void follow_tcp(std::uint32_t number, const Packet& packet, std::size_t direction);
  std::int64_t linger_ns() const noexcept {
    return std::min(kTcpLinger_ns, settings.idle_timeout_ns);
  }

  void report(std::uint32_t number, FlowEndReason reason);
  void show_packets(std::uint32_t number);
  void end_piece(std::uint32_t number);
  void close(std::uint32_t number, FlowEndReason reason);
};

FlowTable::FlowTable(FlowTableSettings settings, Emit emit) {
  settings.idle_timeout_ns = bounded(settings.idle_timeout_ns);
  settings.active_timeout_ns = std::min(settings.active_timeout_ns, kLongestPiece_ns);
  state_ = std::make_unique<State>(std::move(settings), std::move(emit));
}

FlowTable::~FlowTable() = default;
FlowTable::FlowTable(FlowTable&&) noexcept = default;

void FlowTable::add(std::span<const Packet> packets) {
  while (!packets.empty()) {
    const std::size_t count = std::min(packets.size(), kBatch);
    state_->add_batch(packets.first(count));
    packets = packets.subspan(count);
  }
}

void FlowTable::finish() {
  State& state = *state_;
  std::vector<std::uint32_t> open = state.index.numbers();
  std::ranges::sort(open, {}, [&](std::uint32_t number) { return state.flows[number].flow_id; });
  // All are shown before any is removed: each has the others as its neighbours.
  for (const std::uint32_t number : open) {
    state.report(number, state.flows[number].closed ? FlowEndReason::end_of_flow
                                                    : FlowEndReason::forced_end);
  }
  state_ = std::make_unique<State>(state.settings, std::move(state.emit));
}

std::size_t FlowTable::open_flows() const noexcept {
  return state_->index.size();
}

void FlowTable::State::add_batch(std::span<const Packet> packets) {
  std::array<Lookup, kBatch> lookups;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    lookups[i] = lookup_of(packets[i]);
    index.prefetch(lookups[i].hash);
  }
  // Flows may end before their packet's turn, so these are hints, not results: find() looks again.
  std::array<std::uint32_t, kBatch> guesses;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    guesses[i] = index.find(lookups[i].hash, [](std::uint32_t) { return true; });
    if (guesses[i] != kNoNumber) prefetch_lines(&flows[guesses[i]], sizeof(OpenFlow));
  }
  for (std::size_t i = 0; i < packets.size() + kAhead; ++i) {
    if (i < packets.size() && guesses[i] != kNoNumber) {
      prefetch_body(guesses[i], lookups[i].from_low);
    }
    if (i >= kAhead) add(packets[i - kAhead], lookups[i - kAhead]);
  }
}

std::uint32_t FlowTable::State::find(const Lookup& lookup) const noexcept {
  return index.find(lookup.hash,
                    [&](std::uint32_t number) { return flows[number].key == lookup.key; });
}

/// Asks for what an update will touch besides the OpenFlow itself.
void FlowTable::State::prefetch_body(std::uint32_t number, bool from_low) const noexcept {
  const OpenFlow& flow = flows[number];
  pairs.prefetch(flow);
  hosts.prefetch(flow);
  if (!settings.keeps_packets) return;
  if (flow.packets <= kKeptPackets) {
    if (flow.packets == 0 || flow.packets >= kKeptPackets) return;
    const std::size_t n = flow.packets - 1;
    const std::uint32_t unit = flow.kept.units[n / FlowUnit::kPackets];
    if (unit != kNoNumber) __builtin_prefetch(&units[unit].packets[n % FlowUnit::kPackets]);
    return;
  }
  const std::size_t direction = from_low == flow.initiator_is_low ? 0 : 1;
  const FlowStatistics::Parts parts = parts_of(flow);
  prefetch_lines(parts.directions[direction], sizeof(FlowUnit));
  __builtin_prefetch(&parts.directions[1 - direction]->message_squares);
  prefetch_lines(parts.common, sizeof(FlowUnit));
  __builtin_prefetch(&parts.gaps->iats[direction]);
}

void FlowTable::State::add(const Packet& packet, const Lookup& lookup) {
  const std::int64_t time_ns = bounded(packet.time_ns);
  advance_clock(time_ns);
  std::uint32_t number = find(lookup);
  if (number != kNoNumber && flows[number].closed &&
      has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn)) {
    close(number, FlowEndReason::end_of_flow);  // the five-tuple is used again
    number = kNoNumber;
  }
  if (number == kNoNumber) {
    make_room();
    number = open(packet, lookup);
  } else if (const OpenFlow& flow = flows[number];
             time_ns - flow.start_ns > settings.active_timeout_ns || flow.packets == kMostPackets) {
    report(number, flow.closed ? FlowEndReason::end_of_flow : FlowEndReason::active_timeout);
    end_piece(number);
    start_piece(number, time_ns);
  }
  update(number, packet, lookup.from_low == flows[number].initiator_is_low ? 0 : 1);
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
      return std::pair(flows[number].clock_ns - kFarthest_ns + timeout_ns, flows[number].flow_id);
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

std::uint32_t FlowTable::State::open(const Packet& packet, const Lookup& lookup) {
  const std::uint32_t number = flows.acquire();
  OpenFlow& flow = flows[number];
  flow.key = lookup.key;
  // A SYN+ACK answers a SYN that the capture missed: its receiver opened the connection.
  const bool is_answer = has_flags(packet, kTcpSyn | kTcpAck, kTcpSyn | kTcpAck);
  flow.initiator_is_low = lookup.from_low != is_answer;
  if (packet.tunnel_depth > 0) {
    TunnelEnds ends{packet.outer_src, packet.outer_dst};
    if (is_answer) std::swap(ends.src, ends.dst);
    flow.tunnel = tunnels.acquire(ends);
  }
  index.insert(lookup.hash, number);
  pairs.join(number);
  hosts.join(number);
  start_piece(number, bounded(packet.time_ns));
  return number;
}

/// Gives a flow without packets its number, its start and its place in the order.
void FlowTable::State::start_piece(std::uint32_t number, std::int64_t time_ns) {
  OpenFlow& flow = flows[number];
  flow.flow_id = ++last_flow_id;
  flow.start_ns = flow.last_ns = time_ns;
  flow.clock_ns = clock_ns;
  if (!settings.keeps_packets) flow.counts = {};
  idle.add(number);
}

void FlowTable::State::update(std::uint32_t number, const Packet& packet, std::size_t direction) {
  OpenFlow& flow = flows[number];
  const std::int64_t before_ns = flow.last_ns;
  flow.last_ns = std::max(before_ns, bounded(packet.time_ns));
  flow.clock_ns = clock_ns;
  if (settings.keeps_packets) {
    FlowPacket item;
    item.gap_ns = static_cast<std::uint64_t>(flow.last_ns - before_ns) & kGapMask;
    item.tcp_flags = is_tcp(packet) ? packet.tcp_flags : 0U;
    item.ip_length = packet.ip_length;
    item.payload_length = packet.payload_length & 0x7fffffffU;
    item.backward = direction & 1U;
    remember(number, item);
  } else {
    flow.counts.ip_bytes += packet.ip_length;
    flow.counts.backward_ip_bytes += direction == 1 ? packet.ip_length : 0;
    flow.counts.backward_packets += direction == 1 ? 1 : 0;
  }

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

void FlowTable::State::remember(std::uint32_t number, const FlowPacket& packet) {
  OpenFlow& flow = flows[number];
  if (flow.packets < kKeptPackets) return keep(flow, packet);
  if (flow.packets == kKeptPackets) grow_long(flow);
  FlowStatisticsAdder::add(parts_of(flow), packet, [&](std::size_t counter) {
    ++upper_halves.try_emplace(number).first->second[counter];
  });
  if (flow.packets < settings.kept_packets) more_packets[number].push_back(packet);
}

void FlowTable::State::keep(OpenFlow& flow, const FlowPacket& packet) {
  if (flow.packets == 0) {
    flow.first_tcp_flags = packet.tcp_flags;
    flow.kept.first_ip_length = packet.ip_length;
    flow.kept.first_payload_length = packet.payload_length;
    flow.kept.first_backward = packet.backward;
    return;
  }
  const std::size_t n = flow.packets - 1;
  std::uint32_t& unit = flow.kept.units[n / FlowUnit::kPackets];
  if (unit == kNoNumber) unit = units.acquire();
  std::construct_at(&units[unit].packets[n % FlowUnit::kPackets], packet);
}

/// One of the first kKeptPackets of a flow that has not more.
FlowPacket FlowTable::State::kept(const OpenFlow& flow, std::size_t n) const noexcept {
  if (n > 0) {
    return units[flow.kept.units[(n - 1) / FlowUnit::kPackets]]
        .packets[(n - 1) % FlowUnit::kPackets];
  }
  FlowPacket first;
  first.tcp_flags = flow.first_tcp_flags;
  first.ip_length = flow.kept.first_ip_length;
  first.payload_length = flow.kept.first_payload_length;
  first.backward = flow.kept.first_backward;
  return first;
}

/// Turns the packets that were kept into statistics, in whose units they lay.
void FlowTable::State::grow_long(OpenFlow& flow) {
  std::array<FlowPacket, kKeptPackets> packets;
  for (std::size_t n = 0; n < kKeptPackets; ++n) packets[n] = kept(flow, n);
  for (std::uint32_t& unit : flow.kept.units) {
    if (unit == kNoNumber) unit = units.acquire();
  }
  std::construct_at(&units[flow.kept.units[0]].direction);
  std::construct_at(&units[flow.kept.units[1]].direction);
  std::construct_at(&units[flow.kept.units[2]].common);
  std::construct_at(&units[flow.kept.units[3]].gaps);
  const FlowStatistics::Parts parts = parts_of(flow);
  for (std::size_t n = 0; n < kKeptPackets; ++n) {
    FlowStatisticsAdder::add(parts, packets[n], [](std::size_t) {});
    FlowStatisticsAdder::keep(parts, n, packets[n]);
  }
}

FlowStatistics::Parts FlowTable::State::parts_of(const OpenFlow& flow) const noexcept {
  return {{&units[flow.kept.units[0]].direction, &units[flow.kept.units[1]].direction},
          &units[flow.kept.units[2]].common,
          &units[flow.kept.units[3]].gaps};
}

void FlowTable::State::follow_tcp(std::uint32_t number, const Packet& packet,
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

void FlowTable::State::report(std::uint32_t number, FlowEndReason reason) {
  const OpenFlow& flow = flows[number];
  shown.key_ = flow.key;
  shown.initiator_is_low_ = flow.initiator_is_low;
  for (const unsigned d : {0U, 1U}) {
    shown.initial_window_[d] = (flow.windows_seen >> d & 1U) != 0 ? flow.initial_window[d] : -1;
  }
  shown.flow_id_ = flow.flow_id;
  shown.start_ns_ = flow.start_ns;
  shown.last_ns_ = flow.last_ns;
  shown.packets_ = flow.packets;
  shown.wire_bytes_ = flow.wire_bytes;
  const auto [pair_flows, pair_bytes] = pairs.of(flow);
  const auto [host_flows, host_bytes] = hosts.of(flow);
  shown.context_ = {pair_flows, pair_bytes, host_flows, host_bytes};
  shown.reason_ = reason;
  shown.tunnel_.reset();
  if (flow.tunnel != kNoNumber) shown.tunnel_ = tunnels[flow.tunnel];
  show_packets(number);
  emit(shown);
}

/// Fills in what is known of the flow's packets.
void FlowTable::State::show_packets(std::uint32_t number) {
  const OpenFlow& flow = flows[number];
  shown.more_packets_.clear();
  shown.keeps_packets_ = settings.keeps_packets;
  auto& [forward, backward] = shown.counts_;
  if (!settings.keeps_packets) {
    backward = {flow.counts.backward_packets, flow.counts.backward_ip_bytes};
    forward = {flow.packets - backward.packets, flow.counts.ip_bytes - backward.ip_bytes};
  } else if (flow.packets <= kKeptPackets) {
    forward = backward = {};
    for (std::size_t n = 0; n < flow.packets; ++n) {
      const FlowPacket packet = kept(flow, n);
      shown.first_packets_[n] = packet;
      FlowCounts& own = shown.counts_[packet.direction()];
      ++own.packets;
      own.ip_bytes += packet.ip_length;
    }
  } else {
    const FlowStatistics::Parts parts = parts_of(flow);
    FlowStatistics& all = shown.statistics_;
    all.directions_ = {*parts.directions[0], *parts.directions[1]};
    all.common_ = *parts.common;
    all.gaps_ = *parts.gaps;
    for (const std::size_t d : {0U, 1U}) {
      shown.counts_[d] = {parts.directions[d]->packets, parts.directions[d]->size_sum};
    }
    const auto upper = upper_halves.find(number);
    all.upper_ = upper == upper_halves.end() ? FlowStatistics::UpperHalves{} : upper->second;
    for (std::size_t n = 0; n < kKeptPackets; ++n) {
      shown.first_packets_[n] = FlowStatisticsAdder::kept(all, n);
    }
    if (const auto more = more_packets.find(number); more != more_packets.end()) {
      shown.more_packets_ = more->second;
    }
  }
}

/// Forgets the packets; the flow's ends, their roles and the state of the connection stay.
void FlowTable::State::end_piece(std::uint32_t number) {
  OpenFlow& flow = flows[number];
  pairs.remove_bytes(flow);
  hosts.remove_bytes(flow);
  if (settings.keeps_packets) {
    for (const std::uint32_t unit : flow.kept.units) {
      if (unit != kNoNumber) units.release(unit);
    }
    if (flow.packets > kKeptPackets) {
      more_packets.erase(number);
      upper_halves.erase(number);
    }
  }
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
