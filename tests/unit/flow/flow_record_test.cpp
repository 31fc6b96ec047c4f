// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What flow records say, held against the packets they were made of.
#include "weir/flow/flow_record.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <limits>
#include <map>
#include <vector>

#include "conversation.hpp"
#include "weir/base/random.hpp"
#include "weir/flow/flow_table.hpp"

using namespace weir;
using namespace weir::test;

namespace {

std::vector<FlowRecord> records_of(const std::vector<Packet>& packets, FlowTableSettings settings,
                                   std::size_t batch = 1000) {
  std::vector<FlowRecord> records;
  FlowTable table(std::move(settings), [&](const FlowRecord& flow) { records.push_back(flow); });
  const std::span<const Packet> all(packets);
  for (std::size_t at = 0; at < packets.size(); at += batch) {
    table.add(all.subspan(at, std::min(batch, packets.size() - at)));
  }
  table.finish();
  return records;
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

/// Everything FlowStatistics says of a flow, computed by the book from the list of its packets.
void check_statistics(const FlowStatistics& s, const std::vector<Packet>& packets) {
  const auto back = [&](std::size_t i) { return packets[i].src != packets[0].src ? 1U : 0U; };
  std::array<std::vector<std::uint64_t>, 2> sizes;
  std::array<std::vector<std::uint64_t>, 2> gaps;
  std::vector<std::uint64_t> gaps_both;
  std::array<std::int64_t, 2> last{-1, -1};
  std::array<std::uint64_t, 2> payload{};
  std::array<std::uint64_t, 2> data{};
  std::array<std::array<std::uint64_t, 8>, 2> flags{};
  std::uint64_t changes = 0;
  std::array<std::vector<std::uint64_t>, 2> messages;
  std::size_t talker = 2;
  std::vector<std::vector<std::size_t>> bursts{{}};
  std::vector<std::uint64_t> active{0};
  std::vector<std::uint64_t> idle;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const Packet& p = packets[i];
    const std::size_t d = back(i);
    sizes[d].push_back(p.ip_length);
    if (last[d] >= 0) gaps[d].push_back(static_cast<std::uint64_t>(p.time_ns - last[d]));
    last[d] = p.time_ns;
    if (i > 0) {
      const std::int64_t gap = p.time_ns - packets[i - 1].time_ns;
      gaps_both.push_back(static_cast<std::uint64_t>(gap));
      changes += d != back(i - 1) ? 1 : 0;
      if (gap > kBurstGap_ns) bursts.emplace_back();
      if (gap > kActivityGap_ns) {
        idle.push_back(static_cast<std::uint64_t>(gap));
        active.push_back(0);
      } else {
        active.back() += static_cast<std::uint64_t>(gap);
      }
    }
    bursts.back().push_back(i);
    for (std::size_t bit = 0; bit < 8; ++bit) flags[d][bit] += p.tcp_flags >> bit & 1U;
    if (p.payload_length == 0) continue;
    payload[d] += p.payload_length;
    ++data[d];
    if (talker != d) messages[d].push_back(0);
    talker = d;
    messages[d].back() += p.payload_length;
  }

  FlowStatistics::Bursts expected;
  for (const std::vector<std::size_t>& burst : bursts) {
    std::uint64_t bytes = 0;
    for (const std::size_t i : burst) bytes += packets[i].ip_length;
    const std::int64_t duration = packets[burst.back()].time_ns - packets[burst.front()].time_ns;
    ++expected.count;
    expected.max_packets = std::max<std::uint64_t>(expected.max_packets, burst.size());
    expected.max_bytes = std::max(expected.max_bytes, bytes);
    expected.max_duration_ns = std::max(expected.max_duration_ns, duration);
    expected.sum_duration_ns += duration;
  }
  REQUIRE(s.bursts().count == expected.count);
  REQUIRE(s.bursts().max_packets == expected.max_packets);
  REQUIRE(s.bursts().max_bytes == expected.max_bytes);
  REQUIRE(s.bursts().max_duration_ns == expected.max_duration_ns);
  REQUIRE(s.bursts().sum_duration_ns == expected.sum_duration_ns);
  check_same(s.active(), active);
  check_same(s.idle(), idle);
  check_same(s.iats_both(), gaps_both);
  REQUIRE(s.direction_changes() == changes);
  const auto in_bin = [](const std::vector<std::uint64_t>& values, auto bin_of, std::size_t bin) {
    return std::ranges::count_if(values, [&](std::uint64_t v) { return bin_of(v) == bin; });
  };
  for (std::size_t bin = 0; bin < kIatBins; ++bin) {
    REQUIRE(s.iat_both_count(bin) == in_bin(gaps_both, iat_bin, bin));
  }
  for (const std::size_t d : {0U, 1U}) {
    check_same(s.sizes(d), sizes[d]);
    check_same(s.iats(d), gaps[d]);
    check_same(s.messages(d == 0 ? Direction::forward : Direction::backward), messages[d]);
    REQUIRE(s.payload(d) == payload[d]);
    REQUIRE(s.data_packets(d) == data[d]);
    for (std::size_t bin = 0; bin < kSizeBins; ++bin) {
      REQUIRE(s.size_count(d, bin) == in_bin(sizes[d], size_bin, bin));
    }
    for (std::size_t bin = 0; bin < kIatBins; ++bin) {
      REQUIRE(s.iat_count(d, bin) == in_bin(gaps[d], iat_bin, bin));
    }
    for (std::size_t bit = 0; bit < 8; ++bit) REQUIRE(s.tcp_flag_count(d, bit) == flags[d][bit]);
  }
}

void check_record(const FlowRecord& flow, const std::vector<Packet>& packets) {
  REQUIRE(flow.packets() == packets.size());
  REQUIRE((flow.statistics() == nullptr) == (packets.size() <= kKeptPackets));
  REQUIRE(flow.kept_packets() == std::min(packets.size(), kKeptPackets));
  FlowStatistics replayed;
  std::array<std::array<std::uint64_t, 8>, 2> flags{};
  for (std::size_t n = 0; n < packets.size(); ++n) {
    const std::size_t d = packets[n].src != packets[0].src ? 1 : 0;
    for (std::size_t bit = 0; bit < 8; ++bit) flags[d][bit] += packets[n].tcp_flags >> bit & 1U;
    if (n >= kKeptPackets) continue;
    const FlowPacket kept = flow.packet(n);
    REQUIRE(kept.direction() == d);
    REQUIRE(kept.payload_length == packets[n].payload_length);
    REQUIRE(kept.gap_ns ==
            static_cast<std::uint64_t>(n == 0 ? 0 : packets[n].time_ns - packets[n - 1].time_ns));
    if (packets.size() > kKeptPackets) continue;
    REQUIRE(kept.ip_length == packets[n].ip_length);
    replayed.add(kept);
  }
  for (const std::size_t d : {0U, 1U}) {
    REQUIRE(flow.tcp_flag_counts(d) == flags[d]);
  }
  check_statistics(flow.statistics() != nullptr ? *flow.statistics() : replayed, packets);
}

Packet random_packet(Random& random, const Conversation& c, std::int64_t time_ns) {
  const auto payload = static_cast<std::uint32_t>(random.chance(0.3) ? 0 : random.below(9000));
  const unsigned flags =
      c.protocol == 6 ? static_cast<unsigned>(random.below(256)) & ~(kFlagFin | kFlagRst) : 0;
  return random.chance(0.6) ? c.from_client(time_ns, payload, flags)
                            : c.from_server(time_ns, payload, flags);
}

std::int64_t random_gap(Random& random) {
  return static_cast<std::int64_t>(random.below(std::uint64_t{1} << random.below(37)));
}

}  // namespace

TEST_CASE("flows just below and above the number of kept packets say what their packets say") {
  Random random(17);
  for (int round = 0; round < 40; ++round) {
    for (const std::size_t length : {1U, 2U, 13U, 14U, 19U, 20U, 21U, 22U, 60U}) {
      const Conversation c = round % 2 == 0 ? tcp() : udp();
      std::vector<Packet> packets;
      std::int64_t now = 1'700'000'000 * kSecond;
      for (std::size_t i = 0; i < length; ++i) {
        Packet packet = random_packet(random, c, now);
        // An answer to an unseen SYN would make the other end the initiator.
        if (i == 0) packet.tcp_flags = c.protocol == 6 ? kFlagSyn : 0;
        packets.push_back(packet);
        now += random_gap(random);
      }
      FlowTableSettings settings;
      settings.active_timeout_ns = 100'000 * kSecond;
      settings.idle_timeout_ns = 1000 * kSecond;
      const std::vector<FlowRecord> records = records_of(packets, settings);
      REQUIRE(records.size() == 1);
      check_record(records[0], packets);
    }
  }
}

TEST_CASE("each of many flows says what its own packets say, in batches of any size") {
  Random random(23);
  std::vector<Packet> packets;
  std::map<std::uint16_t, std::vector<Packet>> by_port;
  std::int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += random_gap(random) / 10'000;
    const auto port = static_cast<std::uint16_t>(
        1 + (random.chance(0.5) ? random.below(8) : 8 + random.below(700)));
    Packet packet = random_packet(random, udp(port), now);
    packet.src_port = packet.dst_port = port;
    packets.push_back(packet);
    by_port[port].push_back(packet);
  }
  FlowTableSettings settings;
  settings.checkpoints = {5, 20, 21, 100};
  for (const std::size_t batch : {1U, 7U, 32U, 20'000U}) {
    std::uint64_t sum = 0;
    for (const FlowRecord& flow : records_of(packets, settings, batch)) {
      std::vector<Packet> own = by_port[flow.tuple().src_port];
      REQUIRE(flow.packets() <= own.size());
      own.resize(flow.packets());
      check_record(flow, own);
      if (flow.reason() != FlowEndReason::none) sum += flow.packets();
    }
    REQUIRE(sum == packets.size());
  }
}

TEST_CASE("a record outlives the table, also when it is assigned to another") {
  Random random(3);
  std::vector<Packet> longer;
  for (int i = 0; i < 50; ++i) longer.push_back(random_packet(random, udp(), i * 300 * kMs));
  const std::vector<Packet> shorter(longer.begin(), longer.begin() + 3);
  FlowTableSettings settings;
  settings.checkpoints = {3};
  std::vector<FlowRecord> records = records_of(longer, settings);
  REQUIRE(records.size() == 2);
  FlowRecord record = records[1];
  record = records[0];
  check_record(record, shorter);
  record = records[1];
  records.clear();
  check_record(record, longer);
}

TEST_CASE("packets after the twentieth are kept one by one where more are asked for") {
  const Conversation c = udp();
  std::vector<Packet> packets;
  for (std::uint32_t i = 0; i < 60; ++i) packets.push_back(c.from_client(i * kMs, i + 1));
  FlowTableSettings settings;
  settings.kept_packets = 30;
  const std::vector<FlowRecord> records = records_of(packets, settings);
  REQUIRE(records[0].kept_packets() == 30);
  for (std::uint32_t n = 0; n < 30; ++n) CHECK(records[0].packet(n).payload_length == n + 1);
}

TEST_CASE("kept gaps of long flows are exact up to 18 minutes, payloads up to 64 KB") {
  const Conversation c = udp();
  std::vector<Packet> packets{c.from_client(0, 100'000), c.from_client(1'099'511'627'775, 65'535),
                              c.from_client(5000 * kSecond, 1)};
  for (int i = 0; i < 30; ++i) packets.push_back(c.from_client(5000 * kSecond, 1));
  FlowTableSettings settings;
  settings.idle_timeout_ns = settings.active_timeout_ns = 9000 * kSecond;
  settings.checkpoints = {20};
  const std::vector<FlowRecord> records = records_of(packets, settings);
  REQUIRE(records.size() == 2);
  CHECK(records[0].packet(0).payload_length == 100'000);
  CHECK(records[0].packet(2).gap_ns == 3'900'488'372'225);
  CHECK(records[1].packet(0).payload_length == 65'535);
  CHECK(records[1].packet(1).payload_length == 65'535);
  CHECK(records[1].packet(1).gap_ns == 1'099'511'627'775);
  CHECK(records[1].packet(2).gap_ns == 1'099'511'627'775);
  CHECK(records[1].statistics()->iats_both().max == 3'900'488'372'225);
}

TEST_CASE("a flow has the ends of its first packet's tunnel, the initiator's first") {
  const auto outer = [](Packet packet, std::uint32_t src, std::uint32_t dst) {
    packet.tunnel_depth = 1;
    packet.outer_src = IpAddress::v4(src);
    packet.outer_dst = IpAddress::v4(dst);
    return packet;
  };
  const TunnelEnds ends{IpAddress::v4(1), IpAddress::v4(2)};
  const std::vector<FlowRecord> records =
      records_of({outer(udp(1).from_client(0, 1), 1, 2), outer(udp(1).from_server(1, 1), 7, 8),
                  outer(tcp(2).from_server(2, 0, kFlagSyn | kFlagAck), 2, 1),
                  udp(3).from_client(3, 1), outer(udp(3).from_client(4, 1), 1, 2)},
                 {});
  REQUIRE(records.size() == 3);
  CHECK(records[0].tunnel() == ends);
  CHECK(records[1].tunnel() == ends);
  CHECK_FALSE(records[2].tunnel().has_value());
}

TEST_CASE("times at the ends of the range, forwards and backwards, do no harm") {
  constexpr std::int64_t kEarliest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();
  FlowTableSettings settings;
  settings.idle_timeout_ns = settings.active_timeout_ns = kLatest;
  std::vector<Packet> packets;
  for (int i = 0; i < 100; ++i) {
    for (const std::int64_t time_ns : {kEarliest, std::int64_t{0}, kLatest, kEarliest + i}) {
      packets.push_back(udp().from_client(time_ns, 10));
      packets.push_back(tcp().from_client(time_ns, 10, i == 50 ? kFlagRst : kFlagAck));
    }
  }
  std::uint64_t sum = 0;
  for (const FlowRecord& flow : records_of(packets, settings)) {
    CHECK(flow.start_ns() <= flow.last_ns());
    CHECK(flow.last_ns() - flow.start_ns() < std::int64_t{1} << 48U);
    sum += flow.packets();
  }
  CHECK(sum == packets.size());
}
