// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Time that passes without packets, and flows that are looked at between their rows.
#include "weir/feature/flow_stream.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "frames.hpp"
#include "weir/base/random.hpp"

using namespace weir;
using namespace weir::test;

namespace {

struct Row {
  std::uint64_t flow_id;
  FlowEndReason reason;
  FiveTuple tuple;
  std::int64_t end_ns;
  std::vector<std::int64_t> values;  // decimals: equal values are equal bits

  bool operator==(const Row&) const = default;
};

FlowStream stream_into(std::vector<Row>& rows, const ExtractorSettings& settings) {
  return {settings, FlowSelection(settings.first_packets), [&rows](const FlowRow& row) {
            rows.push_back({row.flow_id,
                            row.end_reason,
                            row.tuple,
                            row.end_ns,
                            {row.values.begin(), row.values.end()}});
          }};
}

/// Short and long flows of a few hosts, with gaps of all lengths.
Frames traffic(std::uint64_t seed) {
  Random random(seed);
  Frames frames;
  std::int64_t now = 1'700'000'000 * kSecond;
  for (int i = 0; i < 3000; ++i) {
    now += static_cast<std::int64_t>(random.log_normal(static_cast<double>(kMs), 2.5));
    frames.add({.time_ns = now,
                .from_client = random.chance(0.4),
                .payload = static_cast<std::uint32_t>(random.below(1460)),
                .flags = random.chance(0.02) ? 0x11U : 0x10U,
                .protocol = static_cast<std::uint8_t>(random.chance(0.5) ? 6 : 17),
                .client_port = static_cast<std::uint16_t>(1000 + random.below(100)),
                .client = 0x0a000001 + static_cast<std::uint32_t>(random.below(4))});
  }
  return frames;
}

}  // namespace

TEST_CASE("time that passes between two packets changes no row and no order") {
  ExtractorSettings settings;
  settings.idle_timeout_ns = 200 * kMs;
  settings.active_timeout_ns = 2 * kSecond;
  settings.emit_at = {2, 5};
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Frames frames = traffic(seed);
    const std::span<const RawPacket> all = frames.packets();
    std::vector<Row> expected;
    FlowStream recorded = stream_into(expected, settings);
    recorded.add(all);
    recorded.finish();

    std::vector<Row> rows;
    FlowStream live = stream_into(rows, settings);
    Random random(seed);
    for (std::size_t at = 0; at < all.size(); ++at) {
      if (at > 0 && random.chance(0.7)) {  // up to any moment before the next packet
        const std::int64_t before_ns = all[at - 1].time_ns;
        const auto gap = static_cast<std::uint64_t>(all[at].time_ns - before_ns);
        live.advance_to(before_ns + static_cast<std::int64_t>(random.below(gap + 1)));
      }
      live.add(all.subspan(at, 1));
    }
    live.finish();
    CHECK(std::ranges::count(rows, FlowEndReason::idle_timeout, &Row::reason) > 100);
    CHECK(rows == expected);
  }
}

TEST_CASE("a flow ends when its time is over, without any packet, and is seen without a row") {
  Frames frames;
  frames.add({.time_ns = 0});
  frames.add({.time_ns = kSecond, .from_client = false});
  ExtractorSettings settings;
  settings.min_packets = 10;  // no rows
  std::vector<Row> rows;
  std::vector<FlowHead> ended;
  FlowStream stream = stream_into(rows, settings);
  stream.watch_ends([&](const FlowHead& flow) { ended.push_back(flow); });
  stream.add(frames.packets());
  stream.advance_to(121 * kSecond);  // exactly the time-out: not yet
  CHECK(ended.empty());
  CHECK(stream.open_flows() == 1);
  std::vector<FlowHead> open;
  stream.visit([&](const FlowHead& flow) { open.push_back(flow); });
  stream.advance_to(121 * kSecond + 1);
  CHECK(stream.open_flows() == 0);
  CHECK(rows.empty());
  REQUIRE(open.size() == 1);
  REQUIRE(ended.size() == 1);
  for (const FlowHead& flow : {open.front(), ended.front()}) {
    CHECK(flow.flow_id == 1);
    CHECK(flow.packets == 2);
    CHECK(flow.wire_bytes == 2 * (14 + 28));
    CHECK(tuple_of(flow).src == IpAddress::v4(0x0a000001));
    CHECK(tuple_of(flow).src_port == 40000);
  }
}
