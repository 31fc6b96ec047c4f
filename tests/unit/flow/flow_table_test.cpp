// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// When flows start, what belongs to them, and when they end.
#include "weir/flow/flow_table.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "conversation.hpp"
#include "weir/base/random.hpp"

using namespace weir;
using namespace weir::test;

namespace {

struct Ended {
  std::uint64_t id;
  FlowEndReason reason;
  std::uint64_t packets;
  std::uint16_t initiator_port;
  std::int64_t start_ns;
  std::int64_t end_ns;
  FlowContext context;
};

/// Runs a table over packets and keeps what it emits.
struct Run {
  FlowTableSettings settings;
  std::vector<Ended> ended;

  void operator()(const std::vector<Packet>& packets, std::size_t batch = 1000) {
    ended.clear();
    FlowTable table(settings, [this](const FlowRecord& flow) {
      ended.push_back({flow.flow_id(), flow.reason(), flow.packets(), flow.tuple().src_port,
                       flow.start_ns(), flow.last_ns(), flow.context()});
    });
    const std::span<const Packet> all(packets);
    for (std::size_t at = 0; at < packets.size(); at += batch) {
      table.add(all.subspan(at, std::min(batch, packets.size() - at)));
    }
    table.finish();
    REQUIRE(table.open_flows() == 0);
  }

  /// "id:packets:reason" of each, joined by spaces.
  std::string text() const {
    std::string out;
    for (const Ended& flow : ended) {
      out += (out.empty() ? "" : " ") + std::to_string(flow.id) + ":" +
             std::to_string(flow.packets) + ":" + std::string(to_string(flow.reason));
    }
    return out;
  }
};

}  // namespace

TEST_CASE("a TCP connection from handshake to last ACK is one flow that ended by itself") {
  const Conversation c = tcp();
  Run run;
  run({c.from_client(0, 0, kFlagSyn), c.from_server(1 * kMs, 0, kFlagSyn | kFlagAck),
       c.from_client(2 * kMs, 0, kFlagAck), c.from_client(3 * kMs, 100, kFlagPsh | kFlagAck),
       c.from_server(4 * kMs, 1000, kFlagAck), c.from_client(5 * kMs, 0, kFlagFin | kFlagAck),
       c.from_server(6 * kMs, 0, kFlagFin | kFlagAck), c.from_client(7 * kMs, 0, kFlagAck)});
  REQUIRE(run.text() == "1:8:end_of_flow");
  CHECK(run.ended[0].initiator_port == 40000);
  CHECK(run.ended[0].end_ns == 7 * kMs);
}

TEST_CASE("repeated FINs and late data belong to the closed flow for five seconds after the last") {
  const Conversation c = tcp();
  const std::vector<Packet> closed{c.from_client(0, 0, kFlagSyn),
                                   c.from_client(1, 0, kFlagFin | kFlagAck),
                                   c.from_server(2, 0, kFlagFin | kFlagAck)};
  Run run;
  auto packets = closed;
  packets.push_back(c.from_server(2 + 4 * kSecond, 0, kFlagFin | kFlagAck));
  packets.push_back(c.from_client(2 + 9 * kSecond, 0, kFlagAck));
  run(packets);
  CHECK(run.text() == "1:5:end_of_flow");

  packets = closed;
  packets.push_back(c.from_client(3 + 5 * kSecond, 0, kFlagAck));
  run(packets);
  CHECK(run.text() == "1:3:end_of_flow 2:1:forced_end");
}

TEST_CASE("one FIN does not end a flow: the other end may still send") {
  const Conversation c = tcp();
  Run run;
  run({c.from_client(0, 0, kFlagSyn), c.from_client(1, 0, kFlagFin | kFlagAck),
       c.from_client(2, 0, kFlagFin | kFlagAck), c.from_server(30 * kSecond, 1000, kFlagAck)});
  CHECK(run.text() == "1:4:forced_end");
}

TEST_CASE("RST ends a flow, and the packets in flight still belong to it") {
  const Conversation c = tcp();
  Run run;
  run({c.from_client(0, 0, kFlagSyn), c.from_server(1, 0, kFlagRst | kFlagAck),
       c.from_server(2, 500, kFlagAck), udp().from_client(10 * kSecond, 1)});
  CHECK(run.text() == "1:3:end_of_flow 2:1:forced_end");
}

TEST_CASE("a SYN after the end starts a new flow of the same five-tuple") {
  const Conversation c = tcp();
  Run run;
  run({c.from_client(0, 0, kFlagSyn), c.from_client(1, 0, kFlagFin | kFlagAck),
       c.from_server(2, 0, kFlagFin | kFlagAck), c.from_client(3, 0, kFlagAck),
       c.from_server(4, 0, kFlagSyn), c.from_client(5, 0, kFlagSyn | kFlagAck)});
  REQUIRE(run.text() == "1:4:end_of_flow 2:2:forced_end");
  CHECK(run.ended[0].initiator_port == 40000);
  CHECK(run.ended[1].initiator_port == 80);  // the server opened the second one
}

TEST_CASE("a repeated SYN of an open connection belongs to it") {
  const Conversation c = tcp();
  Run run;
  run({c.from_client(0, 0, kFlagSyn), c.from_client(1 * kSecond, 0, kFlagSyn),
       c.from_server(1 * kSecond + 1, 0, kFlagSyn | kFlagAck)});
  CHECK(run.text() == "1:3:forced_end");
}

TEST_CASE("when a SYN+ACK comes first, its receiver is the initiator") {
  const Conversation c = tcp();
  Run run;
  run({c.from_server(0, 0, kFlagSyn | kFlagAck), c.from_client(1, 0, kFlagAck)});
  REQUIRE(run.text() == "1:2:forced_end");
  CHECK(run.ended[0].initiator_port == 40000);
}

TEST_CASE("both directions of UDP are one flow, whoever has the lower address") {
  for (const bool server_first : {false, true}) {
    const Conversation c = udp();
    Run run;
    run({server_first ? c.from_server(0, 10) : c.from_client(0, 10), c.from_client(1, 10),
         c.from_server(2, 10)});
    REQUIRE(run.text() == "1:3:forced_end");
    CHECK(run.ended[0].initiator_port == (server_first ? 5555 : 40000));
  }
}

TEST_CASE("ICMP packets of two hosts are one flow without ports") {
  Run run;
  run({icmp().from_client(0, 56), icmp().from_server(1, 56), icmp().from_client(2, 56)});
  REQUIRE(run.text() == "1:3:forced_end");
  CHECK(run.ended[0].initiator_port == 0);
}

TEST_CASE("a gap of more than the idle time-out splits a flow, a gap of exactly that does not") {
  const Conversation c = udp();
  Run run;
  run.settings.idle_timeout_ns = 10 * kSecond;
  run({c.from_client(0, 1), c.from_server(10 * kSecond, 1), c.from_client(20 * kSecond + 1, 1)});
  REQUIRE(run.text() == "1:2:idle_timeout 2:1:forced_end");
  CHECK(run.ended[0].end_ns == 10 * kSecond);
}

TEST_CASE("the time-out is measured from the last packet, not from the start") {
  const Conversation c = udp();
  Run run;
  run.settings.idle_timeout_ns = 10 * kSecond;
  std::vector<Packet> packets;
  for (int i = 0; i < 20; ++i) packets.push_back(c.from_client(i * 6 * kSecond, 1));
  run(packets);
  CHECK(run.text() == "1:20:forced_end");
}

TEST_CASE("the active time-out cuts a long flow into pieces with the same initiator") {
  const Conversation c = udp();
  Run run;
  run.settings.active_timeout_ns = 10 * kSecond;
  run({c.from_client(0, 1), c.from_server(5 * kSecond, 1), c.from_client(10 * kSecond, 1),
       c.from_server(10 * kSecond + 1, 1), c.from_server(12 * kSecond, 1)});
  REQUIRE(run.text() == "1:3:active_timeout 2:2:forced_end");
  CHECK(run.ended[0].end_ns == 10 * kSecond);
  CHECK(run.ended[1].start_ns == 10 * kSecond + 1);
  CHECK(run.ended[1].initiator_port == 40000);  // though the server sent its first packet
}

TEST_CASE("a FIN is remembered across pieces") {
  const Conversation c = tcp();
  Run run;
  run.settings.active_timeout_ns = 10 * kSecond;
  run({c.from_client(0, 0, kFlagSyn), c.from_client(1, 0, kFlagFin | kFlagAck),
       c.from_server(11 * kSecond, 1000, kFlagAck),
       c.from_server(12 * kSecond, 0, kFlagFin | kFlagAck)});
  CHECK(run.text() == "1:2:active_timeout 2:2:end_of_flow");
}

TEST_CASE("packets whose clock runs backwards count, without negative gaps") {
  const Conversation c = udp();
  std::vector<std::uint64_t> gaps;
  FlowTable table({}, [&](const FlowRecord& flow) {
    for (std::size_t n = 0; n < flow.kept_packets(); ++n) gaps.push_back(flow.packet(n).gap_ns);
    CHECK(flow.start_ns() == 100);
    CHECK(flow.last_ns() == 160);
  });
  const std::vector<Packet> packets{c.from_client(100, 1), c.from_client(150, 1),
                                    c.from_server(120, 1), c.from_server(150, 1),
                                    c.from_client(90, 1),  c.from_client(160, 1)};
  table.add(packets);
  table.finish();
  CHECK(gaps == std::vector<std::uint64_t>{0, 50, 0, 0, 0, 10});
}

TEST_CASE("a straggler from long ago neither ends nor splits other flows") {
  Run run;
  run.settings.idle_timeout_ns = 10 * kSecond;
  run({udp(1).from_client(1000 * kSecond, 1), udp(2).from_client(1 * kSecond, 1),
       udp(1).from_client(1001 * kSecond, 1), udp(2).from_client(2 * kSecond, 1)});
  CHECK(run.text() == "1:2:forced_end 2:2:forced_end");
}

TEST_CASE("flows are emitted in the order in which they expire, the rest in the order they began") {
  Run run;
  run.settings.idle_timeout_ns = 10 * kSecond;
  run({udp(1).from_client(0, 1), udp(2).from_client(1 * kSecond, 1),
       udp(3).from_client(2 * kSecond, 1), udp(1).from_client(3 * kSecond, 1),
       udp(4).from_client(60 * kSecond, 1), udp(5).from_client(61 * kSecond, 1),
       udp(4).from_client(62 * kSecond, 1)});
  CHECK(run.text() ==
        "2:1:idle_timeout 3:1:idle_timeout 1:2:idle_timeout 4:2:forced_end 5:1:forced_end");
}

TEST_CASE("checkpoints show a flow while it lives, and again in each piece") {
  const Conversation c = udp();
  Run run;
  run.settings.checkpoints = {2, 3};
  run.settings.active_timeout_ns = 10 * kSecond;
  run({c.from_client(0, 1), c.from_client(1, 1), c.from_client(2, 1), c.from_client(3, 1),
       c.from_client(11 * kSecond, 1), c.from_client(12 * kSecond, 1)});
  CHECK(run.text() == "1:2:none 1:3:none 1:4:active_timeout 2:2:none 2:2:forced_end");
}

TEST_CASE("a flow knows how many others its hosts have open, and its share of their bytes") {
  Conversation elsewhere = udp(3);
  elsewhere.server = 0x0a000003;
  Run run;
  run.settings.idle_timeout_ns = 10 * kSecond;
  run({udp(1).from_client(0, 58), udp(2).from_client(1, 158), elsewhere.from_client(2, 258),
       udp(1).from_client(9 * kSecond, 58),
       // Flows 2 and 3 expire here, one after the other.
       udp(1).from_client(15 * kSecond, 58)});
  REQUIRE(run.text() == "2:1:idle_timeout 3:1:idle_timeout 1:3:forced_end");
  const auto values = [&](std::size_t i) {
    const FlowContext& c = run.ended[i].context;
    return std::tuple(c.pair_flows, c.pair_bytes, c.host_flows, c.host_bytes);
  };
  CHECK(values(0) == std::tuple(2, 400, 3, 700));  // flows of 200, 200 and 300 bytes
  CHECK(values(1) == std::tuple(1, 300, 2, 500));
  CHECK(values(2) == std::tuple(1, 300, 1, 300));
}

TEST_CASE("a host that talks to itself counts its flows once") {
  Conversation loopback = udp(1);
  loopback.server = loopback.client;
  Run run;
  run({loopback.from_client(0, 58), loopback.from_server(1, 58)});
  REQUIRE(run.text() == "1:2:forced_end");
  CHECK(run.ended[0].context.pair_flows == 1);
  CHECK(run.ended[0].context.host_flows == 1);
  CHECK(run.ended[0].context.host_bytes == 200);
}

TEST_CASE("times at the edge of what 64 bits hold end flows, not the program") {
  const Conversation c = udp();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  Run run;
  run({c.from_client(-kMost - 1, 1), c.from_client(kMost, 1), c.from_client(0, 1)});
  CHECK(run.text() == "1:1:idle_timeout 2:2:forced_end");
}

TEST_CASE("no packet is lost, and batches change nothing") {
  Random random(11);
  std::vector<Packet> packets;
  std::int64_t now = 0;
  for (int i = 0; i < 30'000; ++i) {
    now += static_cast<std::int64_t>(random.exponential(20.0 * static_cast<double>(kMs)));
    const auto port = static_cast<std::uint16_t>(random.below(random.chance(0.5) ? 10 : 3000));
    Conversation c = random.chance(0.5) ? tcp(port) : udp(port);
    c.server += static_cast<std::uint32_t>(random.below(3));
    const unsigned flags = c.protocol == 6 ? static_cast<unsigned>(random.below(32)) : 0;
    const std::int64_t time_ns = now - (random.chance(0.05) ? 3 * kSecond : 0);
    packets.push_back(random.chance(0.5) ? c.from_client(time_ns, 10, flags)
                                         : c.from_server(time_ns, 10, flags));
  }
  Run run;
  run.settings.idle_timeout_ns = 20 * kSecond;
  run.settings.active_timeout_ns = 60 * kSecond;
  run(packets, 1);
  const std::string reference = run.text();
  std::uint64_t sum = 0;
  std::uint64_t split = 0;
  for (const Ended& flow : run.ended) {
    sum += flow.packets;
    split += flow.reason == FlowEndReason::active_timeout ? 1 : 0;
  }
  CHECK(sum == packets.size());
  CHECK(run.ended.size() > 5000);
  CHECK(split > 10);
  for (const std::size_t batch : {7U, 32U, 1000U}) {
    run(packets, batch);
    REQUIRE(run.text() == reference);
  }
}

TEST_CASE("a full table ends the flow that is idle longest, before the new one starts") {
  Run run;
  run.settings.max_flows = 2;
  run({udp(1).from_client(0, 1), udp(2).from_client(1, 1), udp(1).from_server(2, 1),
       udp(3).from_client(3, 1), udp(2).from_client(4, 1)});
  CHECK(run.text() == "2:1:lack_of_resources 1:2:lack_of_resources 3:1:forced_end 4:1:forced_end");
  CHECK(run.ended[0].context.host_flows == 2);
}

TEST_CASE("of flows idle equally long the older is ended; a closed one ended by itself") {
  Run run;
  run.settings.max_flows = 2;
  // The clock stands at 10 when both are seen last.
  run({udp(9).from_client(10, 1), udp(2).from_client(3, 1), udp(9).from_client(4, 1),
       tcp(3).from_client(10, 0, kFlagRst), udp(4).from_client(10, 1), udp(5).from_client(11, 1)});
  CHECK(run.text() ==
        "1:2:lack_of_resources 2:1:lack_of_resources 3:1:end_of_flow 4:1:forced_end "
        "5:1:forced_end");
}

TEST_CASE("a bounded table does what a plain list of flows would do") {
  struct Plain {
    std::uint64_t id;
    std::uint64_t packets;
    std::int64_t clock;
  };
  Random random(29);
  for (const std::size_t bound : {1U, 2U, 10U, 100U}) {
    std::map<std::uint16_t, Plain> open;
    std::string expected;
    const auto end = [&](std::uint16_t port, FlowEndReason reason) {
      expected += (expected.empty() ? "" : " ") + std::to_string(open[port].id) + ":" +
                  std::to_string(open[port].packets) + ":" + std::string(to_string(reason));
      open.erase(port);
    };
    const auto idlest = [&] {
      return std::ranges::min_element(
          open, {}, [](const auto& item) { return std::pair(item.second.clock, item.second.id); });
    };
    std::vector<Packet> packets;
    std::uint64_t ids = 0;
    std::int64_t now = 0;
    for (int i = 0; i < 5000; ++i) {
      now += static_cast<std::int64_t>(random.below(200)) * kMs;
      const auto port = static_cast<std::uint16_t>(random.below(200));
      packets.push_back(udp(port).from_client(now, 1));
      while (!open.empty() && now - idlest()->second.clock > 2 * kSecond) {
        end(idlest()->first, FlowEndReason::idle_timeout);
      }
      if (!open.contains(port)) {
        if (open.size() == bound) end(idlest()->first, FlowEndReason::lack_of_resources);
        open[port] = {++ids, 0, 0};
      }
      ++open[port].packets;
      open[port].clock = now;
    }
    std::map<std::uint64_t, std::uint16_t> rest;
    for (const auto& [port, flow] : open) rest[flow.id] = port;
    for (const auto& [id, port] : rest) end(port, FlowEndReason::forced_end);
    Run run;
    run.settings.max_flows = bound;
    run.settings.idle_timeout_ns = 2 * kSecond;
    run(packets, 13);
    REQUIRE(run.text() == expected);
  }
}

TEST_CASE("a bounded table keeps to its bound with connections that close, and loses no packet") {
  Random random(31);
  FlowTableSettings settings;
  settings.max_flows = 50;
  settings.active_timeout_ns = 5 * kSecond;
  settings.checkpoints = {2, 21};
  std::uint64_t sum = 0;
  std::uint64_t evicted = 0;
  FlowTable table(settings, [&](const FlowRecord& flow) {
    if (flow.reason() == FlowEndReason::none) return;
    sum += flow.packets();
    evicted += flow.reason() == FlowEndReason::lack_of_resources ? 1 : 0;
    CHECK(flow.context().host_flows <= 50);
  });
  std::int64_t now = 0;
  for (int i = 0; i < 50'000; ++i) {
    now += static_cast<std::int64_t>(random.below(10)) * kMs;
    const Conversation c =
        tcp(static_cast<std::uint16_t>(random.chance(0.7) ? random.below(20) : random.below(5000)));
    const unsigned flags = random.chance(0.1) ? kFlagRst : random.chance(0.2) ? kFlagSyn : kFlagAck;
    const Packet packet = c.from_client(now, 1, flags);
    table.add({&packet, 1});
    REQUIRE(table.open_flows() <= 50);
  }
  table.finish();
  CHECK(sum == 50'000);
  CHECK(evicted > 1000);
}

TEST_CASE("an evicted flow of few packets and its neighbours keep their context") {
  // Four flows of one pair; the first is alone before the others join it.
  Run run;
  run.settings.max_flows = 3;
  run({udp(1).from_client(0, 100), udp(1).from_client(1, 100), udp(2).from_client(2, 10),
       udp(3).from_client(3, 10), udp(4).from_client(4, 10)});
  REQUIRE(run.ended.size() == 4);
  CHECK(run.ended[0].context.pair_flows == 3);
  CHECK(run.ended[0].context.pair_bytes == 2 * 142 + 2 * 52);
  CHECK(run.ended[1].context.pair_flows == 3);
  CHECK(run.ended[1].context.pair_bytes == 3 * 52);
}

TEST_CASE("a table that keeps no packets tells the same of flows, without the packets") {
  Random random(37);
  std::vector<Packet> packets;
  std::int64_t now = 0;
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<std::int64_t>(random.below(30)) * kMs;
    const auto port = static_cast<std::uint16_t>(random.chance(0.5) ? random.below(5) : i);
    const auto size = static_cast<std::uint32_t>(random.below(1400));
    const unsigned flags = random.chance(0.02) ? kFlagRst : kFlagAck;
    packets.push_back(random.chance(0.4) ? tcp(port).from_server(now, size, flags)
                                         : tcp(port).from_client(now, size, flags));
  }
  using Told = std::tuple<std::uint64_t, FlowEndReason, std::uint64_t, std::int64_t, std::int64_t,
                          std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t>;
  std::map<bool, std::vector<Told>> told;
  for (const bool keeps_packets : {true, false}) {
    FlowTableSettings settings;
    settings.active_timeout_ns = 20 * kSecond;
    settings.checkpoints = {5, 25};
    settings.max_flows = 300;
    settings.keeps_packets = keeps_packets;
    FlowTable table(settings, [&](const FlowRecord& flow) {
      CHECK((flow.kept_packets() > 0) == keeps_packets);
      CHECK((flow.statistics() != nullptr) == (keeps_packets && flow.packets() > kKeptPackets));
      const FlowCounts& forward = flow.counts(0);
      const FlowCounts& backward = flow.counts(1);
      CHECK(forward.packets + backward.packets == flow.packets());
      told[keeps_packets].emplace_back(
          flow.flow_id(), flow.reason(), flow.packets(), flow.start_ns(), flow.last_ns(),
          backward.packets, forward.ip_bytes, backward.ip_bytes, flow.context().pair_bytes);
    });
    table.add(packets);
    table.finish();
  }
  CHECK(told[true].size() > 1000);
  CHECK(told[true] == told[false]);
  std::uint64_t bytes = 0;
  for (const Packet& packet : packets) bytes += packet.ip_length;
  for (const Told& flow : told[false]) {
    if (std::get<1>(flow) != FlowEndReason::none) bytes -= std::get<6>(flow) + std::get<7>(flow);
  }
  CHECK(bytes == 0);
}
