// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Loops without branches on what a packet is: whose turn it is, whether it has payload and how long
// the gap was cannot be predicted, and a wrong guess costs more than all that is done for a packet.
#include "short_flow.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

/// By masks: compilers make branches of std::min() and std::max() of the same two.
inline void order(std::uint64_t& a, std::uint64_t& b) noexcept {
  const std::uint64_t is_wrong = b < a ? 1 : 0;
  const std::uint64_t swapped = (a ^ b) & (0 - is_wrong);
  a ^= swapped;
  b ^= swapped;
}

/// Batcher's network of comparisons for so many values: where they stand, in order.
template <std::size_t kValues>
struct SortingNetwork {
  struct Pair {
    std::size_t low, high;
  };
  template <typename Visit>
  static constexpr void visit(Visit&& take) {
    for (std::size_t p = 1; p < kValues; p *= 2) {
      for (std::size_t k = p; k >= 1; k /= 2) {
        for (std::size_t j = k % p; j + k < kValues; j += 2 * k) {
          for (std::size_t i = 0; i < std::min(k, kValues - j - k); ++i) {
            if ((i + j) / (2 * p) == (i + j + k) / (2 * p)) take(Pair{i + j, i + j + k});
          }
        }
      }
    }
  }
  static constexpr std::size_t kPairs = [] {
    std::size_t count = 0;
    visit([&](Pair) { ++count; });
    return count;
  }();
  static constexpr std::array<Pair, kPairs> kOrder = [] {
    std::array<Pair, kPairs> pairs{};
    std::size_t count = 0;
    visit([&](Pair pair) { pairs[count++] = pair; });
    return pairs;
  }();
};

/// All of `values` up to kValues, which has to be as many as `count` or more.
template <std::size_t kValues>
void sort_padded(std::array<std::uint64_t, kKeptPackets>& values, std::size_t count) noexcept {
  using Network = SortingNetwork<kValues>;
  for (std::size_t i = count; i < kValues; ++i) values[i] = ~std::uint64_t{0};
  [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
    (order(values[Network::kOrder[kAt].low], values[Network::kOrder[kAt].high]), ...);
  }
  (std::make_index_sequence<Network::kPairs>());
}

}  // namespace

Moments Series::moments() const noexcept {
  Moments moments;
  for (const std::uint64_t value : all()) moments.add(value);
  return moments;
}

void Series::sort() noexcept {
  switch ((count + 3) / 4) {
    case 0:
      return;
    case 1:
      return sort_padded<4>(values, count);
    case 2:
      return sort_padded<8>(values, count);
    case 3:
      return sort_padded<12>(values, count);
    case 4:
      return sort_padded<16>(values, count);
    default:
      return sort_padded<20>(values, count);
  }
}

ShortFlow::ShortFlow(const FlowRecord& flow) noexcept {
  auto& [sent, answered, both] = totals;
  std::array<std::array<std::uint64_t, kKeptPackets>, 2> times;  // since the first packet
  std::uint64_t time_ns = 0;
  std::uint64_t last_direction = flow.kept_packets() > 0 ? flow.packet(0).backward : 0;
  const std::size_t count = flow.kept_packets();
  for (std::size_t i = 0; i < count; ++i) {
    const FlowPacket packet = flow.packet(i);
    const std::uint64_t is_backward = packet.backward;
    const std::uint64_t if_backward = 0 - is_backward;  // all bits, or none
    const std::uint64_t size = packet.ip_length;
    const std::uint64_t payload = packet.payload_length;
    const std::uint64_t has_payload = payload > 0 ? 1 : 0;
    time_ns += packet.gap_ns;
    sizes[kBothSides].values[i] = size;
    gaps[kBothSides].values[i] = packet.gap_ns;
    // Written behind the values of both directions; what is counted of only one stays.
    sizes[kForward].values[i - answered.packets] = size;
    sizes[kBackward].values[answered.packets] = size;
    times[kForward][i - answered.packets] = time_ns;
    times[kBackward][answered.packets] = time_ns;
    both.bytes += size;
    both.payload_bytes += payload;
    both.data_packets += has_payload;
    answered.packets += is_backward;
    answered.bytes += size & if_backward;
    answered.payload_bytes += payload & if_backward;
    answered.data_packets += has_payload & is_backward;
    direction_changes += is_backward ^ last_direction;
    last_direction = is_backward;
  }
  both.packets = count;
  sent = {both.packets - answered.packets, both.bytes - answered.bytes,
          both.payload_bytes - answered.payload_bytes, both.data_packets - answered.data_packets};
  for (std::size_t side = 0; side < totals.size(); ++side) {
    sizes[side].count = totals[side].packets;
    gaps[side].count = std::max<std::size_t>(totals[side].packets, 1) - 1;
  }
  for (const std::size_t d : {kForward, kBackward}) {
    for (std::size_t i = 0; i < gaps[d].count; ++i) {
      gaps[d].values[i] = times[d][i + 1] - times[d][i];
    }
  }
  std::copy_n(gaps[kBothSides].values.begin() + 1, gaps[kBothSides].count,
              gaps[kBothSides].values.begin());
}

MessageList::MessageList(const FlowRecord& flow) noexcept {
  const std::size_t packets = std::min(flow.kept_packets(), kKeptPackets);
  constexpr std::uint64_t kNobody = 2;
  std::uint64_t sender = kNobody;
  std::array<std::uint64_t, kKeptPackets + 1> sums;  // the first: before any message
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < packets; ++i) {
    const FlowPacket packet = flow.packet(i);
    const std::uint64_t talker = packet.payload_length > 0 ? packet.backward : sender;
    const bool starts = talker != sender;
    sender = talker;
    sum = (starts ? 0 : sum) + packet.payload_length;
    count += starts ? 1 : 0;
    sums[count] = sum;
  }
  std::copy_n(sums.begin() + 1, count, bytes.begin());
  first = (sender + count + 1) % 2;
}

ShortActivity::ShortActivity(const FlowRecord& flow) noexcept {
  Series periods;  // what is written behind their counts is not of them yet
  Series gaps;
  std::int64_t burst_ns = 0;
  std::uint64_t period_ns = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  bursts.count = 1;
  for (std::size_t i = 0, count = flow.kept_packets(); i < count; ++i) {
    const FlowPacket packet = flow.packet(i);
    const auto gap_ns = static_cast<std::int64_t>(packet.gap_ns);
    const bool goes_on = gap_ns <= kBurstGap_ns;
    burst_ns = goes_on ? burst_ns + gap_ns : 0;
    packets = (goes_on ? packets : 0) + 1;
    bytes = (goes_on ? bytes : 0) + packet.ip_length;
    bursts.count += goes_on ? 0 : 1;
    bursts.sum_duration_ns += goes_on ? gap_ns : 0;
    // A burst only grows: its end is the greatest of it.
    bursts.max_packets = std::max(bursts.max_packets, packets);
    bursts.max_bytes = std::max(bursts.max_bytes, bytes);
    bursts.max_duration_ns = std::max(bursts.max_duration_ns, burst_ns);
    const bool stays_active = gap_ns <= kActivityGap_ns;
    periods.values[periods.count] = period_ns;
    gaps.values[gaps.count] = packet.gap_ns;
    periods.count += stays_active ? 0 : 1;
    gaps.count += stays_active ? 0 : 1;
    period_ns = stays_active ? period_ns + packet.gap_ns : 0;
  }
  periods.values[periods.count++] = period_ns;
  active = periods.moments();
  idle = gaps.moments();
}

}  // namespace weir
