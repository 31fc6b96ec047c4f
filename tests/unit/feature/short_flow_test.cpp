// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What is computed of kept packets without branches, held against the plain way.
#include "short_flow.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "weir/base/random.hpp"
#include "weir/flow/flow_table.hpp"

using namespace weir;

namespace {

/// One flow's packets: sizes, gaps and turns of all kinds, also equal and extreme ones.
std::vector<Packet> random_packets(Random& random, std::size_t count) {
  std::vector<Packet> packets;
  std::int64_t now = 1'700'000'000 * kNanosPerSecond;
  const double turns = random.chance(0.2) ? 0 : 0.5;
  for (std::size_t i = 0; i < count; ++i) {
    const bool up = i == 0 || !random.chance(turns);
    Packet& p = packets.emplace_back();
    p.time_ns = now;
    p.src = IpAddress::v4(up ? 0x0a000001 : 0x0a000002);
    p.dst = IpAddress::v4(up ? 0x0a000002 : 0x0a000001);
    p.src_port = up ? 40000 : 53;
    p.dst_port = up ? 53 : 40000;
    p.protocol = 17;
    p.payload_length = static_cast<std::uint32_t>(
        random.chance(0.4) ? 0 : random.next() >> (48 + random.below(16)));
    p.ip_length = p.payload_length + 28;
    if (random.chance(0.01)) p.ip_length = 0xffffffff;
    p.length = 14 + p.ip_length;
    now += static_cast<std::int64_t>(random.next() >> (27 + random.below(37)));
    if (random.chance(0.1)) now += random.chance(0.5) ? kBurstGap_ns : kActivityGap_ns;
  }
  return packets;
}

/// Calls `check(record, packets)` for flows of all lengths up to `longest`.
template <typename Check>
void for_random_flows(std::size_t longest, const Check& check) {
  Random random(51);
  for (std::size_t round = 0; round < 3000; ++round) {
    const std::vector<Packet> packets = random_packets(random, 1 + round % longest);
    std::size_t records = 0;
    FlowTableSettings settings;
    settings.idle_timeout_ns = settings.active_timeout_ns = 1'000'000 * kNanosPerSecond;
    FlowTable table(settings, [&](const FlowRecord& flow) {
      ++records;
      REQUIRE(flow.packets() == packets.size());
      check(flow, packets);
    });
    table.add(packets);
    table.finish();
    REQUIRE(records == 1);
  }
}

std::size_t direction_of(const Packet& packet) {
  return packet.dst_port == 53 ? kForward : kBackward;
}

void check_same(const Moments& moments, const std::vector<std::uint64_t>& values) {
  Moments expected;
  for (const std::uint64_t value : values) expected.add(value);
  REQUIRE(moments.count == expected.count);
  REQUIRE(moments.sum == expected.sum);
  REQUIRE((moments.sum_squares == expected.sum_squares));
  REQUIRE(moments.min == expected.min);
  REQUIRE(moments.max == expected.max);
}

std::vector<std::uint64_t> list(const Series& series) {
  return {series.all().begin(), series.all().end()};
}

}  // namespace

TEST_CASE("a short flow's packets fall into the series of their sides, in order") {
  for_random_flows(kKeptPackets, [](const FlowRecord& flow, const std::vector<Packet>& packets) {
    BySide<SideTotals> totals{};
    BySide<std::vector<std::uint64_t>> sizes;
    BySide<std::vector<std::uint64_t>> gaps;
    BySide<std::int64_t> last{-1, -1, -1};
    std::uint64_t changes = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const Packet& p = packets[i];
      for (const std::size_t side : {direction_of(p), kBothSides}) {
        ++totals[side].packets;
        totals[side].bytes += p.ip_length;
        totals[side].payload_bytes += p.payload_length;
        if (p.payload_length > 0) ++totals[side].data_packets;
        sizes[side].push_back(p.ip_length);
        if (last[side] >= 0) {
          gaps[side].push_back(static_cast<std::uint64_t>(p.time_ns - last[side]));
        }
        last[side] = p.time_ns;
      }
      if (i > 0 && direction_of(p) != direction_of(packets[i - 1])) ++changes;
    }
    const ShortFlow result(flow);
    REQUIRE(result.direction_changes == changes);
    for (std::size_t side = 0; side < totals.size(); ++side) {
      REQUIRE(result.totals[side].packets == totals[side].packets);
      REQUIRE(result.totals[side].bytes == totals[side].bytes);
      REQUIRE(result.totals[side].payload_bytes == totals[side].payload_bytes);
      REQUIRE(result.totals[side].data_packets == totals[side].data_packets);
      REQUIRE(list(result.sizes[side]) == sizes[side]);
      REQUIRE(list(result.gaps[side]) == gaps[side]);
      check_same(result.gaps[side].moments(), gaps[side]);
    }
  });
}

TEST_CASE("messages are those within the first packets, also of a long flow") {
  for_random_flows(2 * kKeptPackets,
                   [](const FlowRecord& flow, const std::vector<Packet>& packets) {
                     std::vector<std::pair<std::size_t, std::uint64_t>> expected;
                     for (std::size_t i = 0; i < std::min(packets.size(), kKeptPackets); ++i) {
                       if (packets[i].payload_length == 0) continue;
                       const std::size_t d = direction_of(packets[i]);
                       if (expected.empty() || expected.back().first != d)
                         expected.emplace_back(d, 0);
                       expected.back().second += packets[i].payload_length;
                     }
                     const MessageList messages(flow);
                     REQUIRE(messages.count == expected.size());
                     for (std::size_t n = 0; n < expected.size(); ++n) {
                       REQUIRE(messages.direction_of(n) == expected[n].first);
                       REQUIRE(messages.bytes[n] == expected[n].second);
                     }
                   });
}

TEST_CASE("bursts and periods of activity of a short flow end at long gaps") {
  for_random_flows(kKeptPackets, [](const FlowRecord& flow, const std::vector<Packet>& packets) {
    FlowStatistics::Bursts bursts;
    std::vector<std::uint64_t> active;
    std::vector<std::uint64_t> idle;
    std::size_t burst = 0;
    std::size_t period = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      bytes += packets[i].ip_length;
      const std::int64_t gap =
          i + 1 < packets.size() ? packets[i + 1].time_ns - packets[i].time_ns : -1;
      if (gap < 0 || gap > kBurstGap_ns) {
        const std::int64_t duration = packets[i].time_ns - packets[burst].time_ns;
        ++bursts.count;
        bursts.max_packets = std::max<std::uint64_t>(bursts.max_packets, i + 1 - burst);
        bursts.max_bytes = std::max(bursts.max_bytes, bytes);
        bursts.max_duration_ns = std::max(bursts.max_duration_ns, duration);
        bursts.sum_duration_ns += duration;
        burst = i + 1;
        bytes = 0;
      }
      if (gap < 0 || gap > kActivityGap_ns) {
        active.push_back(static_cast<std::uint64_t>(packets[i].time_ns - packets[period].time_ns));
        if (gap > 0) idle.push_back(static_cast<std::uint64_t>(gap));
        period = i + 1;
      }
    }
    const ShortActivity result(flow);
    REQUIRE(result.bursts.count == bursts.count);
    REQUIRE(result.bursts.max_packets == bursts.max_packets);
    REQUIRE(result.bursts.max_bytes == bursts.max_bytes);
    REQUIRE(result.bursts.max_duration_ns == bursts.max_duration_ns);
    REQUIRE(result.bursts.sum_duration_ns == bursts.sum_duration_ns);
    check_same(result.active, active);
    check_same(result.idle, idle);
  });
}

TEST_CASE("a series of any length is sorted, whatever its values") {
  Random random(52);
  for (int round = 0; round < 50'000; ++round) {
    Series series;
    series.count = random.below(kKeptPackets + 1);
    const std::uint64_t shift = random.below(64);
    for (std::size_t i = 0; i < series.count; ++i) {
      series.values[i] = random.chance(0.05) ? ~std::uint64_t{0} : random.next() >> shift;
    }
    std::vector<std::uint64_t> expected = list(series);
    std::ranges::sort(expected);
    series.sort();
    REQUIRE(list(series) == expected);
  }
  // A network that sorts all series of zeros and ones sorts everything.
  for (std::size_t count = 1; count <= 12; ++count) {
    for (std::size_t bits = 0; bits < std::size_t{1} << count; ++bits) {
      Series series;
      series.count = count;
      for (std::size_t i = 0; i < count; ++i) series.values[i] = bits >> i & 1U;
      series.sort();
      if (!std::ranges::is_sorted(series.all())) FAIL(count << ' ' << bits);
    }
  }
}
