// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets of flows: kept one by one, then as statistics, and shown.
#include "weir/flow/flow_contents.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "flow_statistics_adder.hpp"
#include "slab.hpp"
#include "table_memory.hpp"

namespace weir {
namespace {

/// How far ahead of its step what a flow has in units is fetched, and twice as far, where they are:
/// these lines, times this, stay in the first-level cache.
constexpr std::size_t kAhead = 10;

/// Three cache lines for packets of a short flow, or a part of a long flow's statistics.
union FlowUnit {
  static constexpr std::size_t kPackets = 12;

  FlowUnit() noexcept {}  // as raw memory: a short flow should not pay for all of it

  std::array<FlowPacket, kPackets> packets;
  FlowStatistics::DirectionPart direction;
  FlowStatistics::CommonPart common;
  FlowStatistics::GapPart gaps;
};
static_assert(sizeof(FlowUnit) == 192);
static_assert(1 + 2 * FlowUnit::kPackets >= kKeptPackets);

/// Where the packets of a flow are: the first one here, the others up to kKeptPackets in units 0
/// and 1; from the next on, all four hold one part each of its FlowStatistics.
struct KeptPackets {
  std::array<std::uint32_t, 4> units{kNoNumber, kNoNumber, kNoNumber, kNoNumber};
  std::uint32_t first_ip_length = 0;
  std::uint32_t first_payload_length : 31 = 0;
  std::uint32_t first_backward : 1 = 0;
  std::uint8_t first_tcp_flags = 0;
};

/// What is known of a flow's packets where none is kept.
struct CountedPackets {
  std::uint64_t ip_bytes;  ///< IP lengths of both directions
  std::uint64_t backward_ip_bytes;
  std::uint32_t backward_packets;
};

union FlowPackets {
  KeptPackets kept{};
  CountedPackets counted;
};
static_assert(sizeof(FlowPackets) == 32);

// Inlined always: a function that does nothing but prefetch has no effect in the eyes of GCC 12,
// which then leaves out its calls.
[[gnu::always_inline]] inline void prefetch_lines(const void* object, std::size_t size) noexcept {
  constexpr std::size_t kLine = 64;
  for (std::size_t at = 0; at < size; at += kLine) {
    __builtin_prefetch(static_cast<const std::byte*>(object) + at);
  }
}

}  // namespace

struct FlowContents::State {
  static constexpr std::uint32_t kPerBlock = 1024;

  bool keeps_packets;
  std::size_t kept_packets;
  FlowRecord shown;  // filled for each emission
  TableBlocks<kPerBlock * sizeof(FlowPackets)> memory;
  std::vector<FlowPackets*> flows;
  Slab<FlowUnit> units;
  // What few flows have, by their numbers: packets after kKeptPackets, where more are asked for,
  // and the upper halves of counts.
  std::unordered_map<std::uint32_t, std::vector<FlowPacket>> more_packets;
  std::unordered_map<std::uint32_t, FlowStatistics::UpperHalves> upper_halves;

  explicit State(const FlowTableSettings& settings)
      : keeps_packets(settings.keeps_packets), kept_packets(settings.kept_packets) {}

  FlowPackets& packets_of(std::uint32_t flow) const noexcept {
    return flows[flow / kPerBlock][flow % kPerBlock];
  }
  void prepare(const FlowStep& step);
  [[gnu::always_inline]] void prefetch_units(const FlowStep& step) const noexcept;

  void count(CountedPackets& counted, const FlowPacket& packet) noexcept;
  void remember(const FlowStep& step);
  void keep(KeptPackets& kept, std::uint32_t n, const FlowPacket& packet);
  FlowPacket kept_packet(const KeptPackets& kept, std::size_t n) const noexcept;
  void grow_long(KeptPackets& kept);
  FlowStatistics::Parts parts_of(const KeptPackets& kept) const noexcept;

  void show(std::uint32_t flow, const FlowHead& head);
  void show_short(const KeptPackets& kept);
  void show_long(std::uint32_t flow, const KeptPackets& kept);
  void forget(std::uint32_t flow);
};

FlowContents::FlowContents(const FlowTableSettings& settings)
    : state_(std::make_unique<State>(settings)) {}

FlowContents::~FlowContents() = default;
FlowContents::FlowContents(FlowContents&&) noexcept = default;
FlowContents& FlowContents::operator=(FlowContents&&) noexcept = default;

/// Asks for what a step will touch besides the flow's FlowPackets. Steps before it may still change
/// these, so this is a hint; units that were released are memory still.
inline void FlowContents::State::prefetch_units(const FlowStep& step) const noexcept {
  if (!keeps_packets || step.event == 0 || step.event == FlowStep::kForget) return;
  const KeptPackets& kept = packets_of(step.flow).kept;
  if (step.event < kKeptPackets) {
    const std::size_t n = step.event - 1;
    const std::uint32_t unit = kept.units[n / FlowUnit::kPackets];
    if (unit != kNoNumber) __builtin_prefetch(&units[unit].packets[n % FlowUnit::kPackets]);
  } else if (step.event == FlowStep::kShow || kept.units[3] == kNoNumber) {
    for (const std::uint32_t unit : kept.units) {
      if (unit != kNoNumber) prefetch_lines(&units[unit], sizeof(FlowUnit));
    }
  } else {
    const std::size_t direction = step.packet.direction();
    const FlowStatistics::Parts parts = parts_of(kept);
    prefetch_lines(parts.directions[direction], sizeof(FlowUnit));
    __builtin_prefetch(&parts.directions[1 - direction]->message_squares);
    prefetch_lines(parts.common, sizeof(FlowUnit));
    __builtin_prefetch(&parts.gaps->iats[direction]);
  }
}

void FlowContents::follow(const FlowLane& lane, const Emit& emit) {
  State& state = *state_;
  const std::size_t count = lane.steps.size();
  auto head = lane.heads.begin();
  for (std::size_t i = 0; i < count + 2 * kAhead; ++i) {
    if (i < count) state.prepare(lane.steps[i]);
    if (i >= kAhead && i - kAhead < count) state.prefetch_units(lane.steps[i - kAhead]);
    if (i < 2 * kAhead) continue;
    const FlowStep& step = lane.steps[i - 2 * kAhead];
    switch (step.event) {
      case FlowStep::kShow:
        state.show(step.flow, *head++);
        emit(state.shown);
        break;
      case FlowStep::kForget:
        state.forget(step.flow);
        break;
      default:
        state.remember(step);
    }
  }
}

/// Makes sure that the flow has a place, and asks for it.
void FlowContents::State::prepare(const FlowStep& step) {
  while (step.flow / kPerBlock >= flows.size()) {
    auto* const block = reinterpret_cast<FlowPackets*>(memory.take());
    std::uninitialized_value_construct_n(block, kPerBlock);
    flows.push_back(block);
  }
  __builtin_prefetch(&packets_of(step.flow));
}

void FlowContents::State::remember(const FlowStep& step) {
  FlowPackets& packets = packets_of(step.flow);
  if (!keeps_packets) {
    if (step.event == 0) packets.counted = {};
    count(packets.counted, step.packet);
  } else if (step.event < kKeptPackets) {
    keep(packets.kept, step.event, step.packet);
  } else {
    if (step.event == kKeptPackets) grow_long(packets.kept);
    FlowStatisticsAdder::add(parts_of(packets.kept), step.packet, [&](std::size_t counter) {
      ++upper_halves.try_emplace(step.flow).first->second[counter];
    });
    if (step.event < kept_packets) more_packets[step.flow].push_back(step.packet);
  }
}

void FlowContents::State::count(CountedPackets& counted, const FlowPacket& packet) noexcept {
  counted.ip_bytes += packet.ip_length;
  counted.backward_ip_bytes += packet.backward != 0 ? packet.ip_length : 0;
  counted.backward_packets += packet.backward;
}

/// Packet n of a flow that has not more than kKeptPackets.
void FlowContents::State::keep(KeptPackets& kept, std::uint32_t n, const FlowPacket& packet) {
  if (n == 0) {
    kept = {};
    kept.first_tcp_flags = packet.tcp_flags;
    kept.first_ip_length = packet.ip_length;
    kept.first_payload_length = packet.payload_length;
    kept.first_backward = packet.backward;
    return;
  }
  std::uint32_t& unit = kept.units[(n - 1) / FlowUnit::kPackets];
  if (unit == kNoNumber) unit = units.acquire();
  std::construct_at(&units[unit].packets[(n - 1) % FlowUnit::kPackets], packet);
}

FlowPacket FlowContents::State::kept_packet(const KeptPackets& kept, std::size_t n) const noexcept {
  if (n > 0) {
    return units[kept.units[(n - 1) / FlowUnit::kPackets]].packets[(n - 1) % FlowUnit::kPackets];
  }
  FlowPacket first;
  first.tcp_flags = kept.first_tcp_flags;
  first.ip_length = kept.first_ip_length;
  first.payload_length = kept.first_payload_length;
  first.backward = kept.first_backward;
  return first;
}

/// Turns the packets that were kept into statistics, in whose units they lay.
void FlowContents::State::grow_long(KeptPackets& kept) {
  std::array<FlowPacket, kKeptPackets> packets;
  for (std::size_t n = 0; n < kKeptPackets; ++n) packets[n] = kept_packet(kept, n);
  for (std::uint32_t& unit : kept.units) {
    if (unit == kNoNumber) unit = units.acquire();
  }
  std::construct_at(&units[kept.units[0]].direction);
  std::construct_at(&units[kept.units[1]].direction);
  std::construct_at(&units[kept.units[2]].common);
  std::construct_at(&units[kept.units[3]].gaps);
  const FlowStatistics::Parts parts = parts_of(kept);
  for (std::size_t n = 0; n < kKeptPackets; ++n) {
    FlowStatisticsAdder::add(parts, packets[n], [](std::size_t) {});
    FlowStatisticsAdder::keep(parts, n, packets[n]);
  }
}

FlowStatistics::Parts FlowContents::State::parts_of(const KeptPackets& kept) const noexcept {
  return {{&units[kept.units[0]].direction, &units[kept.units[1]].direction},
          &units[kept.units[2]].common,
          &units[kept.units[3]].gaps};
}

void FlowContents::State::show(std::uint32_t flow, const FlowHead& head) {
  const FlowPackets& packets = packets_of(flow);
  shown.head_ = head;
  shown.more_packets_.clear();
  shown.keeps_packets_ = keeps_packets;
  if (!keeps_packets) {
    const CountedPackets& counted = packets.counted;
    shown.counts_[1] = {counted.backward_packets, counted.backward_ip_bytes};
    shown.counts_[0] = {head.packets - counted.backward_packets,
                        counted.ip_bytes - counted.backward_ip_bytes};
  } else if (head.packets <= kKeptPackets) {
    show_short(packets.kept);
  } else {
    show_long(flow, packets.kept);
  }
}

void FlowContents::State::show_short(const KeptPackets& kept) {
  shown.counts_ = {};
  for (std::size_t n = 0; n < shown.packets(); ++n) {
    const FlowPacket packet = kept_packet(kept, n);
    shown.first_packets_[n] = packet;
    FlowCounts& own = shown.counts_[packet.direction()];
    ++own.packets;
    own.ip_bytes += packet.ip_length;
  }
}

void FlowContents::State::show_long(std::uint32_t flow, const KeptPackets& kept) {
  const FlowStatistics::Parts parts = parts_of(kept);
  FlowStatistics& all = shown.statistics_;
  all.directions_ = {*parts.directions[0], *parts.directions[1]};
  all.common_ = *parts.common;
  all.gaps_ = *parts.gaps;
  for (const std::size_t d : {0U, 1U}) {
    shown.counts_[d] = {parts.directions[d]->packets, parts.directions[d]->size_sum};
  }
  const auto upper = upper_halves.find(flow);
  all.upper_ = upper == upper_halves.end() ? FlowStatistics::UpperHalves{} : upper->second;
  for (std::size_t n = 0; n < kKeptPackets; ++n) {
    shown.first_packets_[n] = FlowStatisticsAdder::kept(all, n);
  }
  if (const auto more = more_packets.find(flow); more != more_packets.end()) {
    shown.more_packets_ = more->second;
  }
}

/// Takes back what a flow has. Its number may be used again, beginning with packet 0.
void FlowContents::State::forget(std::uint32_t flow) {
  if (!keeps_packets) return;
  KeptPackets& kept = packets_of(flow).kept;
  for (const std::uint32_t unit : kept.units) {
    if (unit != kNoNumber) units.release(unit);
  }
  if (kept.units[3] == kNoNumber) return;
  more_packets.erase(flow);
  upper_halves.erase(flow);
}

}  // namespace weir
