// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Steady traffic has the flows and packets asked for, as real hosts would send them.
#include "weir/traffic/steady.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <vector>

#include "memory_sink.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/destination.hpp"

using weir::FlowKey;
using weir::test::MemorySink;
using weir::test::parse_checked;
using weir::test::Parsed;

namespace {

constexpr std::int64_t kStartNs = 1'767'225'600'000'000'000;

struct Run {
  MemorySink sink;
  std::vector<weir::GroundTruthRow> truth;
  weir::SteadyTrafficResult result;
};

Run generate(weir::SteadyTrafficOptions options) {
  options.start_ns = kStartNs;
  options.capture = "x.pcap";
  Run run;
  run.result = weir::send_steady(
      options, run.sink, [&](const weir::GroundTruthRow& row) { run.truth.push_back(row); });
  return run;
}

weir::SteadyTrafficOptions small_load(bool ipv6 = false) {
  weir::SteadyTrafficOptions options;
  options.load = {300, 60, 20'000, ipv6};
  return options;
}

std::map<FlowKey, std::vector<Parsed>> by_flow(const MemorySink& sink) {
  std::map<FlowKey, std::vector<Parsed>> flows;
  for (const MemorySink::Kept& kept : sink.packets) {
    const auto packet = parse_checked(kept.bytes);
    REQUIRE(packet);
    flows[FlowKey::of(packet->tuple)].push_back(*packet);
  }
  return flows;
}

}  // namespace

TEST_CASE("steady traffic has exactly the flows and packets asked for, with right checksums") {
  for (const bool ipv6 : {false, true}) {
    const Run run = generate(small_load(ipv6));
    const auto flows = by_flow(run.sink);
    CHECK(flows.size() == 300);
    for (const auto& [key, packets] : flows) {
      CHECK(packets.size() == 60);
      CHECK(key.low.is_v4() != ipv6);
      CHECK(weir::is_private(key.low));
      CHECK(weir::is_private(key.high));
    }
    CHECK(run.result.packets == 18'000);
    CHECK(run.result.by_side[0] + run.result.by_side[1] == 18'000);
    std::uint64_t bytes = 0;
    for (const MemorySink::Kept& kept : run.sink.packets) bytes += kept.bytes.size();
    CHECK(run.result.bytes == bytes);
  }
}

TEST_CASE("steady traffic keeps its rate and the order of time") {
  const Run run = generate(small_load());
  CHECK(std::ranges::is_sorted(run.sink.packets, {}, &MemorySink::Kept::time_ns));
  CHECK(run.result.elapsed_ns == 900'000'000);
  CHECK(run.sink.packets.front().time_ns >= kStartNs);
  CHECK(run.sink.packets.back().time_ns < kStartNs + 900'000'000);
  CHECK(run.sink.packets.back().time_ns >= kStartNs + 900'000'000 - 50'000);
}

TEST_CASE("a rate that does not divide a second does not drift") {
  weir::SteadyTrafficOptions options;
  options.load = {10, 2'100, 7'000, false};
  CHECK(generate(options).result.elapsed_ns == 3 * weir::kNanosPerSecond);
}

TEST_CASE("flows of steady traffic are open at the same time, in no fixed turn") {
  const Run run = generate(small_load());
  const std::size_t count = run.sink.packets.size();
  std::set<FlowKey> early;
  std::set<FlowKey> late;
  std::size_t repeats = 0;
  FlowKey last;
  for (std::size_t i = 0; i < count; ++i) {
    const FlowKey key = FlowKey::of(parse_checked(run.sink.packets[i].bytes)->tuple);
    if (i < count / 5) early.insert(key);
    if (i >= count * 4 / 5) late.insert(key);
    repeats += key == last ? 1 : 0;
    last = key;
  }
  CHECK(early.size() == 300);
  CHECK(late.size() > 280);
  CHECK(repeats > 10);  // about one in 300; in turn there would be none
}

TEST_CASE(
    "the ground truth of steady traffic holds every flow once, with the times of its packets") {
  const Run run = generate(small_load());
  std::map<FlowKey, std::array<std::int64_t, 2>> spans;
  std::map<FlowKey, weir::FiveTuple> tuples;
  for (const MemorySink::Kept& kept : run.sink.packets) {
    const Parsed packet = *parse_checked(kept.bytes);
    const FlowKey key = FlowKey::of(packet.tuple);
    spans.try_emplace(key, std::array{kept.time_ns, kept.time_ns}).first->second[1] = kept.time_ns;
    tuples.try_emplace(key, packet.tuple);
  }
  CHECK(run.truth.size() == spans.size());
  for (const weir::GroundTruthRow& row : run.truth) {
    const FlowKey key = FlowKey::of(row.tuple);
    REQUIRE(spans.contains(key));
    CHECK(row.tuple == tuples[key]);
    CHECK(row.start_ns == spans[key][0]);
    CHECK(row.end_ns == spans[key][1]);
    CHECK(row.capture == "x.pcap");
    CHECK(row.label == "Steady");
    spans.erase(key);
  }
  CHECK(spans.empty());
}

TEST_CASE("TCP connections of steady traffic shake hands and lose nothing") {
  const Run run = generate(small_load());
  std::size_t connections = 0;
  for (const auto& [key, packets] : by_flow(run.sink)) {
    if (key.protocol != 6) continue;
    ++connections;
    const weir::FiveTuple client = packets[0].tuple;
    CHECK(packets[0].flags == weir::kTcpSyn);
    CHECK(packets[0].mss == 1'460);
    CHECK(packets[1].flags == (weir::kTcpSyn | weir::kTcpAck));
    CHECK(packets[2].flags == weir::kTcpAck);
    std::array<std::uint32_t, 2> next{packets[0].sequence, packets[1].sequence};
    std::array<std::uint32_t, 2> acknowledged = next;
    for (const Parsed& packet : packets) {
      const std::size_t side = packet.tuple == client ? 0 : 1;
      const bool syn = (packet.flags & weir::kTcpSyn) != 0;
      REQUIRE(packet.sequence == next[side]);
      next[side] += packet.payload + (syn ? 1U : 0U);
      REQUIRE(packet.payload <= 1'460);
      if ((packet.flags & weir::kTcpAck) == 0) continue;
      REQUIRE(packet.acknowledgement == next[1 - side]);
      // A bare ACK says something new.
      REQUIRE((syn || packet.payload > 0 || packet.acknowledgement != acknowledged[1 - side]));
      acknowledged[1 - side] = packet.acknowledgement;
    }
  }
  CHECK(connections > 180);
  CHECK(connections < 240);
}

TEST_CASE("frames of steady traffic are small, medium-sized and full in realistic shares") {
  const Run run = generate(small_load());
  std::array<double, 3> shares{};
  for (const MemorySink::Kept& kept : run.sink.packets) {
    shares[kept.bytes.size() < 130 ? 0 : kept.bytes.size() < 1'100 ? 1 : 2] += 1.0 / 18'000;
  }
  for (const std::size_t end : {0U, 2U}) {
    CHECK(shares[end] > 0.35);
    CHECK(shares[end] < 0.55);
  }
  CHECK(shares[1] > 0.08);
}

TEST_CASE("steady traffic cut at a snap length is the same traffic") {
  weir::SteadyTrafficOptions options = small_load();
  const Run whole = generate(options);
  options.snap_length = 70;
  const Run cut = generate(options);
  CHECK(cut.result.bytes == whole.result.bytes);
  REQUIRE(cut.sink.packets.size() == whole.sink.packets.size());
  for (std::size_t i = 0; i < cut.sink.packets.size(); ++i) {
    MemorySink::Kept expected = whole.sink.packets[i];
    expected.bytes.resize(std::min<std::size_t>(expected.bytes.size(), 70));
    REQUIRE(cut.sink.packets[i] == expected);
  }
}

TEST_CASE("the same seed gives the same steady traffic, another seed other flows") {
  weir::SteadyTrafficOptions options = small_load();
  const Run first = generate(options);
  CHECK(first.sink.packets == generate(options).sink.packets);
  options.seed = 2;
  CHECK(first.sink.packets != generate(options).sink.packets);
}

TEST_CASE("a flow of one packet and a single flow are steady traffic too") {
  weir::SteadyTrafficOptions options;
  for (const auto& [flows, packets] :
       {std::array{1U, 1U}, std::array{40U, 1U}, std::array{1U, 40U}}) {
    options.load = {flows, packets, 1, false};
    const Run run = generate(options);
    CHECK(run.result.packets == std::uint64_t{flows} * packets);
    CHECK(run.truth.size() == flows);
    CHECK(by_flow(run.sink).size() == flows);
  }
}

TEST_CASE("the duration of a load is rounded up and never wraps") {
  CHECK(weir::duration_s({10, 10, 100, false}) == 1);
  CHECK(weir::duration_s({10, 10, 99, false}) == 2);
  CHECK(weir::duration_s({1'000'000, 1'000'000'000'000, 1'000'000, false}) == 1'000'000'000'000);
  CHECK_THROWS_AS(weir::duration_s({3, ~std::uint64_t{0}, 1, false}), weir::UsageError);
}
