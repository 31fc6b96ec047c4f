// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows that are followed in lanes, later and beside each other, are those of one table.
#include "weir/flow/flow_contents.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "conversation.hpp"
#include "weir/base/random.hpp"
#include "weir/flow/flow_table.hpp"

using namespace weir;
using namespace weir::test;

namespace {

/// Many short flows and few long ones, with closes, answers, gaps beyond all time-outs and times
/// that run backwards.
std::vector<Packet> busy_hour(std::uint64_t seed) {
  Random random(seed);
  std::vector<Packet> packets;
  std::int64_t now = 0;
  for (int i = 0; i < 30'000; ++i) {
    now += static_cast<std::int64_t>(random.below(200)) * kMs;
    if (random.chance(0.0005)) now += 200 * kSecond;
    const auto port = static_cast<std::uint16_t>(
        1000 + (random.chance(0.3) ? random.below(4) : random.below(900)));
    const Conversation c = random.chance(0.5) ? tcp(port) : udp(port);
    const auto length = static_cast<std::uint32_t>(random.below(1400));
    const std::int64_t time = now - (random.chance(0.05) ? 3 * kSecond : 0);
    Packet packet = random.chance(0.5) ? c.from_client(time, length) : c.from_server(time, length);
    if (c.protocol == 6 && random.chance(0.2)) {
      packet.tcp_flags = static_cast<std::uint8_t>(random.below(32));
    }
    packets.push_back(packet);
  }
  return packets;
}

/// What distinguishes one emission from another.
std::string text_of(const FlowRecord& flow) {
  std::string text;
  const auto add = [&](std::uint64_t value) { text += std::to_string(value) + ' '; };
  add(flow.flow_id());
  add(static_cast<std::uint64_t>(flow.reason()));
  add(flow.tuple().src_port);
  add(flow.packets());
  add(static_cast<std::uint64_t>(flow.last_ns() - flow.start_ns()));
  add(flow.context().pair_flows);
  add(flow.context().pair_bytes);
  add(flow.context().host_flows);
  add(flow.context().host_bytes);
  for (const std::size_t d : {0U, 1U}) {
    add(flow.counts(d).packets);
    add(flow.counts(d).ip_bytes);
    if (flow.statistics() == nullptr) continue;
    add(flow.statistics()->payload(d));
    add(flow.statistics()->iats(d).sum);
    add(flow.statistics()->size_count(d, 5));
  }
  for (std::size_t n = 0; n < flow.kept_packets(); ++n) add(flow.packet(n).payload_length);
  return text;
}

std::vector<std::string> rows_of_one(const std::vector<Packet>& packets,
                                     const FlowTableSettings& settings) {
  std::vector<std::string> rows;
  FlowTable table(settings, [&](const FlowRecord& flow) { rows.push_back(text_of(flow)); });
  table.add(std::span<const Packet>(packets));
  table.finish();
  return rows;
}

/// Follows lane after lane, when the table is over.
std::vector<std::string> rows_of_lanes(const std::vector<Packet>& packets,
                                       const FlowTableSettings& settings, std::size_t lanes) {
  std::vector<FlowSteps> all;
  FlowTable table(settings, lanes, [&](FlowSteps& steps) {
    REQUIRE(steps.lanes.size() == lanes);
    all.push_back(steps);
    steps.clear();
  });
  table.add(std::span<const Packet>(packets));
  table.finish();

  std::vector<std::vector<std::string>> by_lane(lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    FlowContents contents(settings);
    for (const FlowSteps& steps : all) {
      contents.follow(steps.lanes[lane],
                      [&](const FlowRecord& flow) { by_lane[lane].push_back(text_of(flow)); });
    }
  }
  std::vector<std::string> rows;
  std::vector<std::size_t> next(lanes);
  for (const FlowSteps& steps : all) {
    for (const std::size_t lane : steps.shown) rows.push_back(by_lane[lane].at(next[lane]++));
  }
  return rows;
}

}  // namespace

TEST_CASE("lanes give the rows of one table, in its order") {
  FlowTableSettings settings;
  settings.checkpoints = {2, 20, 21};
  settings.kept_packets = 25;
  settings.active_timeout_ns = 600 * kSecond;
  for (const std::size_t max_flows : {0U, 100U}) {
    for (const bool keeps_packets : {true, false}) {
      settings.max_flows = max_flows;
      settings.keeps_packets = keeps_packets;
      const std::vector<Packet> packets = busy_hour(5 + max_flows);
      const std::vector<std::string> expected = rows_of_one(packets, settings);
      REQUIRE(expected.size() > 2000);
      for (const std::size_t lanes : {1U, 2U, 16U}) {
        CHECK(rows_of_lanes(packets, settings, lanes) == expected);
      }
    }
  }
}

TEST_CASE("a flow that is not wanted is not shown, but counted among its neighbours") {
  const std::vector<Packet> packets = busy_hour(8);
  FlowTableSettings settings;
  std::vector<std::string> expected;
  FlowTable whole(settings, [&](const FlowRecord& flow) {
    if (flow.flow_id() % 3 == 0) expected.push_back(text_of(flow));
  });
  whole.add(std::span<const Packet>(packets));
  whole.finish();
  std::uint64_t asked = 0;
  settings.shows = [&](const FlowHead& flow) {
    ++asked;
    return flow.flow_id % 3 == 0;
  };
  CHECK(rows_of_one(packets, settings) == expected);
  CHECK(asked / 3 == expected.size());
  CHECK(rows_of_lanes(packets, settings, 4) == expected);
}

TEST_CASE("a table begins a new life after its end") {
  const std::vector<Packet> packets = busy_hour(9);
  std::vector<std::string> rows;
  FlowTable table({}, [&](const FlowRecord& flow) { rows.push_back(text_of(flow)); });
  table.add(std::span<const Packet>(packets));
  table.finish();
  const std::vector<std::string> first = std::exchange(rows, {});
  table.add(std::span<const Packet>(packets));
  table.finish();
  CHECK(rows == first);
}
