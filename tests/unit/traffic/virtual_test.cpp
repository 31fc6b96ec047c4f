// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic in virtual time is what a capture of real hosts could be.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <numeric>

#include "memory_sink.hpp"
#include "temporary_folder.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/decode.hpp"
#include "weir/traffic/application.hpp"
#include "weir/traffic/virtual_sender.hpp"

using weir::FiveTuple;
using weir::FlowKey;
using weir::test::MemorySink;
using weir::test::parse_checked;
using weir::test::Parsed;

namespace {

constexpr std::int64_t kStartNs = 1'767'225'600'000'000'000;

struct Run {
  MemorySink sink;
  std::vector<weir::GroundTruthRow> truth;
  weir::VirtualTrafficResult result;
};

weir::VirtualTrafficOptions options_for(const weir::TrafficOptions& traffic, const char* name) {
  return {.start_ns = kStartNs,
          .duration_ns = traffic.duration_ns,
          .seed = traffic.seed,
          .capture = name};
}

Run generate(const weir::TrafficOptions& traffic, const char* destination = "127.0.0.1") {
  Run run;
  const auto source = make_lab_source(traffic, *weir::parse_address(destination));
  weir::CaptureTrafficSink sink(run.sink);
  run.result =
      weir::send_virtual(*source, options_for(traffic, "x.pcap"), sink,
                         [&](const weir::GroundTruthRow& row) { run.truth.push_back(row); });
  return run;
}

/// One direction of a TCP connection, as the capture shows it.
struct Direction {
  bool syn = false;
  bool fin = false;
  std::uint32_t next = 0;          // sequence number that must come
  std::uint32_t acknowledged = 0;  // by the other end
  std::uint64_t payload = 0;
};

struct Connection {
  std::array<Direction, 2> directions;
};

/// Follows the connection by RFC 9293; Catch assertions on what must not happen without loss.
void follow(Connection& connection, const Parsed& packet, bool from_client) {
  Direction& here = connection.directions[from_client ? 0 : 1];
  Direction& there = connection.directions[from_client ? 1 : 0];
  const bool syn = (packet.flags & weir::kTcpSyn) != 0;
  const bool fin = (packet.flags & weir::kTcpFin) != 0;
  if (syn) {
    REQUIRE_FALSE(here.syn);
    REQUIRE(packet.mss >= 1'340);
    REQUIRE(packet.mss <= 1'460);
    here.syn = true;
    here.next = packet.sequence;
    here.acknowledged = packet.sequence + 1;
  }
  REQUIRE(here.syn);
  REQUIRE(packet.sequence == here.next);
  if (packet.payload > 0 || fin) REQUIRE_FALSE(here.fin);
  here.next += packet.payload + (syn ? 1U : 0U) + (fin ? 1U : 0U);
  here.fin = here.fin || fin;
  here.payload += packet.payload;
  REQUIRE(packet.payload <= 1'460);
  if ((packet.flags & weir::kTcpAck) == 0) {
    REQUIRE((syn && from_client));
    return;
  }
  // Never backwards, never what was not sent.
  const auto newly = static_cast<std::int32_t>(packet.acknowledgement - there.acknowledged);
  REQUIRE(newly >= 0);
  REQUIRE(static_cast<std::int32_t>(there.next - packet.acknowledgement) >= 0);
  there.acknowledged = packet.acknowledgement;
  // In flight: never more than the other end has room for.
  REQUIRE(here.next - here.acknowledged <= 64'256);
}

}  // namespace

TEST_CASE("every generated packet has right lengths and checksums, for IPv4 and IPv6") {
  weir::TrafficOptions traffic;
  traffic.duration_ns = 3 * weir::kNanosPerSecond;
  for (const char* destination : {"127.0.0.1", "192.168.7.9", "::1", "fd00::9"}) {
    const Run run = generate(traffic, destination);
    REQUIRE(run.sink.packets.size() > 1'000);
    CHECK(run.result.packets == run.sink.packets.size());
    for (const MemorySink::Kept& kept : run.sink.packets) REQUIRE(parse_checked(kept.bytes));
  }
}

TEST_CASE("packets come in order of time, from the given start on") {
  weir::TrafficOptions traffic;
  const Run run = generate(traffic);
  CHECK(run.sink.packets.front().time_ns == kStartNs);
  CHECK(std::ranges::is_sorted(run.sink.packets, {}, &MemorySink::Kept::time_ns));
  CHECK(run.sink.packets.back().time_ns < kStartNs + 12 * weir::kNanosPerSecond);
}

TEST_CASE("every connection opens, transfers without a gap and closes from both ends") {
  weir::TrafficOptions traffic;
  traffic.duration_ns = 20 * weir::kNanosPerSecond;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    traffic.seed = seed;
    const Run run = generate(traffic);
    std::map<FlowKey, Connection> connections;
    for (const MemorySink::Kept& kept : run.sink.packets) {
      const Parsed packet = *parse_checked(kept.bytes);
      if (packet.tuple.protocol != 6) continue;
      const bool from_client = packet.tuple.dst_port < 10'000;
      follow(connections[FlowKey::of(packet.tuple)], packet, from_client);
    }
    REQUIRE(connections.size() > 50);
    std::array<std::uint64_t, 2> payload{};
    for (const auto& [key, connection] : connections) {
      for (const std::size_t side : {0U, 1U}) {
        const Direction& direction = connection.directions[side];
        CHECK(direction.syn);
        CHECK(direction.fin);
        CHECK(direction.acknowledged == direction.next);
        payload[side] += direction.payload;
      }
    }
    const auto& counts = run.result.counts;
    CHECK(payload[0] == counts[1].bytes[0] + counts[2].bytes[0]);
    CHECK(payload[1] == counts[1].bytes[1] + counts[2].bytes[1]);
  }
}

TEST_CASE("the same seed gives the same bytes, another seed others") {
  weir::TrafficOptions traffic;
  traffic.duration_ns = 2 * weir::kNanosPerSecond;
  const Run first = generate(traffic);
  const Run second = generate(traffic);
  CHECK(first.sink.packets == second.sink.packets);
  traffic.seed = 2;
  CHECK(first.sink.packets != generate(traffic).sink.packets);
}

TEST_CASE("the ground truth holds every flow once, with the times of its packets") {
  weir::TrafficOptions traffic;
  const Run run = generate(traffic, "10.1.2.3");
  struct Span {
    std::int64_t first;
    std::int64_t last;
    FiveTuple tuple;
  };
  std::map<FlowKey, Span> flows;
  for (const MemorySink::Kept& kept : run.sink.packets) {
    const Parsed packet = *parse_checked(kept.bytes);
    Span& span =
        flows.try_emplace(FlowKey::of(packet.tuple), Span{kept.time_ns, kept.time_ns, packet.tuple})
            .first->second;
    span.last = kept.time_ns;
  }
  CHECK(run.truth.size() == flows.size());
  for (const weir::GroundTruthRow& row : run.truth) {
    const auto found = flows.find(FlowKey::of(row.tuple));
    REQUIRE(found != flows.end());
    CHECK(row.tuple == found->second.tuple);
    CHECK(row.start_ns == found->second.first);
    CHECK(row.end_ns == found->second.last);
    CHECK(row.capture == "x.pcap");
    const std::string expected = row.tuple.dst_port == 5555   ? "VoIP"
                                 : row.tuple.dst_port == 6666 ? "FTP"
                                                              : "HTTP";
    CHECK(row.label == expected);
  }
  std::uint64_t counted = 0;
  for (const weir::TrafficCount& count : run.result.counts) counted += count.flows;
  CHECK(counted == flows.size());
}

TEST_CASE("the message rate is kept, however many conversations there are") {
  weir::TrafficOptions traffic;
  traffic.duration_ns = 30 * weir::kNanosPerSecond;
  traffic.pps = 200;
  const Run run = generate(traffic);
  CHECK(run.result.counts[0].messages[0] == 6'000);
  for (const std::size_t paced : {1U, 2U}) {
    const auto& messages = run.result.counts[paced].messages;
    CHECK(messages[0] + messages[1] <= 6'001);
    CHECK(messages[0] + messages[1] > 3'600);
  }
}

TEST_CASE("flows of one application differ in size and duration") {
  weir::TrafficOptions traffic;
  traffic.duration_ns = 60 * weir::kNanosPerSecond;
  const Run run = generate(traffic);
  std::map<std::string, std::vector<double>> durations;
  for (const weir::GroundTruthRow& row : run.truth) {
    durations[row.label].push_back(static_cast<double>(row.end_ns - row.start_ns) * 1e-9);
  }
  for (const auto& [label, values] : durations) {
    REQUIRE(values.size() >= 4);
    const auto [low, high] = std::ranges::minmax(values);
    CHECK(high > 1.5 * low);
  }
}

TEST_CASE("a written capture reads back as the same flows, as pcap and as pcapng") {
  const weir::test::TemporaryFolder folder;
  weir::TrafficOptions traffic;
  traffic.duration_ns = 2 * weir::kNanosPerSecond;
  for (const char* name : {"x.pcap", "x.pcapng"}) {
    const std::string path = folder.path(name);
    const auto sink =
        create_capture(path, weir::format_for(path), weir::LinkType::ethernet, 262'144);
    const auto source = make_lab_source(traffic, *weir::parse_address("10.0.0.1"));
    weir::CaptureTrafficSink traffic_sink(*sink);
    std::map<FlowKey, std::string> truth;
    const auto result = weir::send_virtual(
        *source, options_for(traffic, name), traffic_sink,
        [&](const weir::GroundTruthRow& row) { truth[FlowKey::of(row.tuple)] = row.label; });
    sink->commit();

    const auto file = weir::open_capture(path);
    std::array<weir::RawPacket, 64> batch;
    std::map<FlowKey, std::uint64_t> read;
    while (const std::size_t count = file->read(batch)) {
      for (std::size_t i = 0; i < count; ++i) {
        weir::Packet packet;
        REQUIRE(decode(batch[i], packet) == weir::DecodeStatus::decoded);
        ++read[FlowKey::of(
            {packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol})];
      }
    }
    CHECK(file->packets() == result.packets);
    CHECK(read.size() == truth.size());
    for (const auto& [key, packets] : read) CHECK(truth.contains(key));
  }
}
