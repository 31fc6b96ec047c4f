// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Feature values of flows small enough to compute by hand, and what must hold of all flows.
#include "weir/feature/extractor.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "frames.hpp"
#include "weir/base/error.hpp"
#include "weir/base/random.hpp"
#include "weir/feature/schema.hpp"

using namespace weir;
using namespace weir::test;

namespace {

struct Row {
  FlowEndReason reason;
  FiveTuple tuple;
  std::uint64_t packets;
  std::uint64_t bytes;
  std::map<std::string, float, std::less<>> features;

  float operator[](std::string_view name) const {
    const auto found = features.find(name);
    if (found == features.end()) throw Error("no feature " + std::string(name));
    return found->second;
  }
};

std::vector<Row> extract(const Frames& frames, const ExtractorSettings& settings = {},
                         std::size_t batch = 1000) {
  std::vector<Row> rows;
  std::span<const Feature> features;
  FlowExtractor extractor(settings, [&](const FlowRow& row) {
    REQUIRE(row.values.size() == features.size());
    Row& out = rows.emplace_back(Row{row.end_reason, row.tuple, row.packets, row.bytes, {}});
    for (std::size_t i = 0; i < features.size(); ++i) {
      REQUIRE(row.decimals[i] == features[i].decimals);
      out.features[features[i].name] = row.number(i);
    }
  });
  features = extractor.features();
  const auto all = frames.packets();
  for (std::size_t at = 0; at < all.size(); at += batch) {
    extractor.add(all.subspan(at, std::min(batch, all.size() - at)));
  }
  extractor.finish();
  return rows;
}

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// Several hosts with flows of all lengths, TCP and UDP.
std::vector<FrameSpec> random_traffic(std::uint64_t seed, int count) {
  Random random(seed);
  std::vector<FrameSpec> specs;
  std::int64_t now = 1'700'000'000 * kSecond;
  for (int i = 0; i < count; ++i) {
    now += static_cast<std::int64_t>(random.log_normal(static_cast<double>(kMs), 2.5));
    FrameSpec spec;
    spec.time_ns = now;
    spec.from_client = random.chance(0.4);
    spec.payload = random.chance(0.3) ? 0 : static_cast<std::uint32_t>(random.below(1460));
    spec.protocol = random.chance(0.5) ? 6 : 17;
    spec.flags = random.chance(0.02) ? 0x11 : random.chance(0.05) ? 0x02 : 0x10;
    spec.client_port =
        static_cast<std::uint16_t>(1000 + random.below(random.chance(0.5) ? 5 : 500));
    spec.client += static_cast<std::uint32_t>(random.below(4));
    specs.push_back(spec);
  }
  return specs;
}

Frames frames_of(const std::vector<FrameSpec>& specs) {
  Frames frames;
  for (const FrameSpec& spec : specs) frames.add(spec);
  return frames;
}

}  // namespace

TEST_CASE("the features of a short UDP exchange are those computed by hand") {
  Frames frames;
  frames.add({.time_ns = 0, .from_client = true, .payload = 72});           // IP 100
  frames.add({.time_ns = 20 * kMs, .from_client = false, .payload = 172});  // IP 200
  frames.add({.time_ns = 50 * kMs, .from_client = true, .payload = 272});   // IP 300
  frames.add({.time_ns = 2050 * kMs, .from_client = true, .payload = 0});   // IP 28
  const std::vector<Row> rows = extract(frames);
  REQUIRE(rows.size() == 1);
  const Row& row = rows[0];
  CHECK(row.reason == FlowEndReason::forced_end);
  CHECK(row.bytes == 628 + 4 * 14);
  CHECK(row.tuple.protocol == 17);
  CHECK(row.packets == 4);
  CHECK(row["duration"] == Approx(2.05));
  CHECK(row["fwd_packets"] == 3);
  CHECK(row["bytes"] == 628);
  CHECK(row["fwd_bytes"] == 428);
  CHECK(row["bwd_payload_bytes"] == 172);
  CHECK(row["fwd_data_packets"] == 2);
  CHECK(row["packets_per_second"] == Approx(4 / 2.05));
  CHECK(row["fwd_packet_share"] == 0.75F);
  CHECK(row["big_payload_share"] == Approx(344.0 / 516));
  CHECK(row["direction_changes"] == 2);

  CHECK(row["size_min"] == 28);
  CHECK(row["size_max"] == 300);
  CHECK(row["size_mean"] == 157);
  CHECK(row["size_q25"] == 82);  // 28, 100, 200, 300: 28 + 0.75 x 72
  CHECK(row["size_q50"] == 150);
  CHECK(row["size_q75"] == 225);
  CHECK(row["fwd_size_std"] == Approx(std::sqrt((784.0 + 10000 + 90000) / 3 - 428.0 * 428 / 9)));
  CHECK(row["bwd_size_std"] == 0);
  CHECK(row["bwd_size_q50"] == 200);
  CHECK(row["iat_min"] == Approx(0.020));
  CHECK(row["iat_max"] == Approx(2.0));
  CHECK(row["iat_q50"] == Approx(0.030));
  CHECK(row["fwd_iat_mean"] == Approx(1.025));
  CHECK(std::isnan(row["bwd_iat_mean"]));  // one packet has no gap

  CHECK(row["fwd_message_count"] == 2);
  CHECK(row["fwd_message_max"] == 272);
  CHECK(row["message_mean"] == 172);
  CHECK(row["fwd_size_share_1"] == Approx(1.0 / 3));  // 28
  CHECK(row["fwd_size_share_2"] == Approx(1.0 / 3));  // 100
  CHECK(row["fwd_size_share_4"] == Approx(1.0 / 3));  // 300
  CHECK(row["bwd_size_share_3"] == 1);
  CHECK(row["fwd_iat_share_5"] == 0.5F);  // 50 ms
  CHECK(row["fwd_iat_share_7"] == 0.5F);  // 2 s
  CHECK(std::isnan(row["bwd_iat_share_1"]));

  CHECK(row["burst_count"] == 2);
  CHECK(row["burst_packets_max"] == 3);
  CHECK(row["burst_bytes_mean"] == 314);
  CHECK(row["burst_gap_mean"] == Approx(2.0));
  CHECK(row["active_max"] == Approx(0.05));
  CHECK(row["active_min"] == 0);
  CHECK(row["idle_count"] == 1);
  CHECK(row["idle_mean"] == Approx(2.0));
  CHECK(std::isnan(row["fwd_tcp_syn"]));
  CHECK(std::isnan(row["fwd_tcp_initial_window"]));
  CHECK(row["pair_flows"] == 1);
  CHECK(row["host_byte_share"] == 1);

  CHECK(row["size_01"] == 72);
  CHECK(row["size_02"] == -172);
  CHECK(row["size_04"] == 0);
  CHECK(std::isnan(row["size_05"]));
  CHECK(row["iat_02"] == Approx(0.020));
  CHECK(row["iat_04"] == Approx(2.0));
  CHECK(std::isnan(row["iat_05"]));
}

TEST_CASE("a TCP connection shows its flags and windows") {
  Frames frames;
  const auto tcp = [&](std::int64_t time_ns, bool up, std::uint32_t payload, unsigned flags) {
    frames.add(
        {.time_ns = time_ns, .from_client = up, .payload = payload, .flags = flags, .protocol = 6});
  };
  tcp(0, true, 0, 0x02);
  tcp(1 * kMs, false, 0, 0x12);
  tcp(2 * kMs, true, 0, 0x10);
  tcp(3 * kMs, true, 100, 0x18);
  tcp(4 * kMs, false, 0, 0x14);
  const std::vector<Row> rows = extract(frames);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].reason == FlowEndReason::end_of_flow);
  CHECK(rows[0]["fwd_tcp_syn"] == 1);
  CHECK(rows[0]["bwd_tcp_syn"] == 1);
  CHECK(rows[0]["fwd_tcp_ack"] == 2);
  CHECK(rows[0]["fwd_tcp_psh"] == 1);
  CHECK(rows[0]["bwd_tcp_rst"] == 1);
  CHECK(rows[0]["fwd_tcp_cwr"] == 0);
  CHECK(rows[0]["fwd_tcp_initial_window"] == 1000);
  CHECK(rows[0]["bwd_tcp_initial_window"] == 2000);
}

TEST_CASE("the opening is who speaks first, and how much the first messages carry") {
  Frames frames;
  std::int64_t now = kSecond;
  const auto send = [&](bool from_client, std::uint32_t payload) {
    frames.add({.time_ns = now += kMs, .from_client = from_client, .payload = payload});
  };
  send(true, 0);
  send(false, 90);  // message 1
  send(true, 0);    // ends no message
  send(false, 30);
  send(true, 40);                                // message 2
  for (int i = 0; i < 30; ++i) send(false, 10);  // message 3, 15 of which are in the first 20
  const std::vector<Row> rows = extract(frames, {.emit_at = {1, 4}});
  REQUIRE(rows.size() == 3);
  CHECK(std::isnan(rows[0]["opening_fwd"]));
  CHECK(std::isnan(rows[0]["opening_size_1"]));
  CHECK(rows[1]["opening_fwd"] == 0);
  CHECK(rows[1]["opening_size_1"] == 120);
  CHECK(std::isnan(rows[1]["opening_size_2"]));
  CHECK(std::isnan(rows[1]["opening_size_share"]));
  CHECK(rows[2]["opening_size_1"] == 120);
  CHECK(rows[2]["opening_size_2"] == 40);
  CHECK(rows[2]["opening_size_3"] == 150);
  CHECK(std::isnan(rows[2]["opening_size_4"]));
  CHECK(rows[2]["opening_size_share"] == 0.75F);
}

TEST_CASE("one packet makes a row, with everything absent that takes two") {
  Frames frames;
  frames.add({.payload = 10});
  const std::vector<Row> rows = extract(frames);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].packets == 1);
  CHECK(rows[0]["duration"] == 0);
  CHECK(rows[0]["size_std"] == 0);
  CHECK(rows[0]["size_q75"] == 38);
  CHECK(rows[0]["bwd_packets"] == 0);
  CHECK(std::isnan(rows[0]["bwd_size_mean"]));
  CHECK(std::isnan(rows[0]["packets_per_second"]));
  CHECK(std::isnan(rows[0]["iat_mean"]));
  CHECK(std::isnan(rows[0]["burst_gap_mean"]));
}

TEST_CASE("the same packets give bit-identical rows, whatever their batches") {
  const Frames frames = frames_of(random_traffic(21, 20'000));
  ExtractorSettings settings;
  settings.idle_timeout_ns = 15 * kSecond;
  settings.active_timeout_ns = 30 * kSecond;
  settings.first_packets = 30;
  parse_emit_at("5,25,end", settings);
  const std::vector<Row> reference = extract(frames, settings, 1);
  REQUIRE(reference.size() > 2000);
  for (const std::size_t batch : {7U, 32U, 1000U}) {
    const std::vector<Row> rows = extract(frames, settings, batch);
    REQUIRE(rows.size() == reference.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool same = rows[i].packets == reference[i].packets && rows[i].reason == reference[i].reason;
      for (const auto& [name, value] : reference[i].features) {
        same = same && same_bits(value, rows[i][name]);
      }
      REQUIRE(same);
    }
  }
}

TEST_CASE("with all packets turned round, the directions swap and what ignores them stays") {
  std::vector<FrameSpec> specs = random_traffic(22, 10'000);
  // SYN and RST mean something to the table; without them a flow's sender may be either end.
  for (FrameSpec& spec : specs) spec.flags = 0x10;
  const std::vector<Row> there = extract(frames_of(specs));
  for (FrameSpec& spec : specs) spec.from_client = !spec.from_client;
  const std::vector<Row> back = extract(frames_of(specs));
  REQUIRE(there.size() == back.size());
  REQUIRE(there.size() > 500);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < there.size(); ++i) {
    // The initiator is the first sender in both runs, so forward stays forward: the addresses swap.
    REQUIRE(there[i].tuple.src == back[i].tuple.dst);
    for (const auto& [name, value] : there[i].features) {
      if (name.starts_with("host_")) continue;             // speak of the initiator's other flows
      if (name.ends_with("tcp_initial_window")) continue;  // the frames' windows name the host
      if (!same_bits(value, back[i][name])) FAIL(name << " of row " << i);
      ++compared;
    }
  }
  CHECK(compared > 100'000);
}

TEST_CASE("when the responder speaks first, forward and backward swap and big and small stay") {
  // Two flows with the same packets after the first, an empty one that only settles who initiates.
  Random random(23);
  for (int round = 0; round < 50; ++round) {
    std::vector<FrameSpec> specs;
    std::int64_t now = 0;
    const std::uint64_t count = 2 + random.below(60);
    for (std::uint64_t i = 0; i < count; ++i) {
      now += static_cast<std::int64_t>(random.log_normal(static_cast<double>(kMs), 2.0));
      specs.push_back({.time_ns = now,
                       .from_client = random.chance(0.5),
                       .payload = static_cast<std::uint32_t>(1 + random.below(1400))});
    }
    // Both ends send at the same moment; only the order in the capture differs.
    const FrameSpec client_first{.time_ns = 0, .from_client = true, .payload = 5};
    const FrameSpec server_first{.time_ns = 0, .from_client = false, .payload = 5};
    std::vector<FrameSpec> a{client_first, server_first};
    std::vector<FrameSpec> b{server_first, client_first};
    a.insert(a.end(), specs.begin(), specs.end());
    b.insert(b.end(), specs.begin(), specs.end());
    const std::vector<Row> rows_a = extract(frames_of(a));
    const std::vector<Row> rows_b = extract(frames_of(b));
    REQUIRE(rows_a.size() == 1);
    REQUIRE(rows_b.size() == 1);
    for (const auto& [name, value] : rows_a[0].features) {
      std::string other = name;
      if (name.starts_with("fwd_")) other = "bwd_" + name.substr(4);
      if (name.starts_with("bwd_")) other = "fwd_" + name.substr(4);
      // Of the order itself: the first messages, the first sizes, who has a share of what.
      if (name.find("message") != name.npos || name.starts_with("opening_") ||
          name.starts_with("size_0") || name.starts_with("size_1") || name.starts_with("size_20") ||
          name.ends_with("_share") || name == "direction_changes" || name.starts_with("small_") ||
          name.starts_with("big_")) {
        continue;
      }
      if (!same_bits(value, rows_b[0][other])) FAIL(name << " in round " << round);
    }
    for (const auto& [name, value] : rows_a[0].features) {
      const bool invariant = name.starts_with("small_") || name.starts_with("big_");
      if (!invariant || name.find("message") != name.npos) continue;
      if (!same_bits(value, rows_b[0][name])) FAIL(name << " in round " << round);
    }
  }
}

TEST_CASE("quartiles of long flows are near the exact ones and within the extremes") {
  Random random(24);
  for (int round = 0; round < 20; ++round) {
    Frames frames;
    std::vector<double> sizes;
    std::vector<double> gaps;
    std::int64_t now = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto gap =
          static_cast<std::int64_t>(random.log_normal(5.0 * static_cast<double>(kMs), 1.0));
      now += gap;
      if (i > 0) gaps.push_back(static_cast<double>(gap) * 1e-9);
      const auto payload = static_cast<std::uint32_t>(random.below(1400));
      sizes.push_back(payload + 28.0);
      frames.add({.time_ns = now, .payload = payload});
    }
    std::ranges::sort(sizes);
    std::ranges::sort(gaps);
    const std::vector<Row> rows = extract(frames);
    REQUIRE(rows.size() == 1);
    for (const auto& [name, q] :
         {std::pair("q25", 0.25), std::pair("q50", 0.5), std::pair("q75", 0.75)}) {
      const auto exact = [&](const std::vector<double>& values) {
        return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
      };
      // Half a bin: 32 bytes at most, a factor of 1.78 at most (interpolation halves it).
      CHECK(rows[0]["size_" + std::string(name)] == Approx(exact(sizes)).margin(33));
      CHECK(rows[0]["iat_" + std::string(name)] == Approx(exact(gaps)).epsilon(0.25));
      CHECK(rows[0]["fwd_iat_" + std::string(name)] == rows[0]["iat_" + std::string(name)]);
    }
    CHECK(rows[0]["size_min"] == sizes.front());
    CHECK(rows[0]["iat_max"] == Approx(gaps.back()));
  }
}

TEST_CASE("a statistic does not jump where packets stop being kept") {
  for (const std::uint32_t packets : {20U, 21U}) {
    Frames frames;
    for (std::uint32_t i = 0; i < packets; ++i) {
      frames.add({.time_ns = i * 10 * kMs, .from_client = i % 2 == 0, .payload = 100});
    }
    const std::vector<Row> rows = extract(frames);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].packets == packets);
    CHECK(rows[0]["size_q50"] == 128);
    CHECK(rows[0]["iat_q50"] == Approx(0.010));
    CHECK(rows[0]["fwd_iat_mean"] == Approx(0.020));
    CHECK(rows[0]["size_20"] == -100);
  }
}

TEST_CASE("more first packets can be asked for than are kept by default") {
  Frames frames;
  for (std::uint32_t i = 0; i < 40; ++i) {
    frames.add({.time_ns = i * kMs, .from_client = true, .payload = i + 1});
  }
  ExtractorSettings settings;
  settings.first_packets = 30;
  const std::vector<Row> rows = extract(frames, settings);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["size_20"] == 20);
  CHECK(rows[0]["size_30"] == 30);
  CHECK(rows[0]["iat_21"] == Approx(0.001));
  CHECK(rows[0].features.count("size_31") == 0);
}

TEST_CASE("provisional rows come at the packets asked for; small final ones can be left out") {
  Frames frames;
  for (std::uint32_t i = 0; i < 7; ++i) frames.add({.time_ns = i * kMs, .payload = 1});
  frames.add({.time_ns = 8 * kMs, .payload = 1, .client_port = 1});
  ExtractorSettings settings;
  settings.min_packets = 3;
  parse_emit_at("5,2,end", settings);
  const std::vector<Row> rows = extract(frames, settings);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].packets == 2);
  CHECK(rows[0].reason == FlowEndReason::none);
  CHECK(rows[1].packets == 5);
  CHECK(rows[2].packets == 7);
  CHECK(rows[2].reason == FlowEndReason::forced_end);
  parse_emit_at("5", settings);
  CHECK(extract(frames, settings).size() == 1);
}

TEST_CASE("every packet is counted: in a flow, or by the reason why it is in none") {
  Frames frames;
  frames.add({.payload = 10});
  frames.add({.payload = 20});
  std::vector<RawPacket> packets(frames.packets().begin(), frames.packets().end());
  const std::vector<std::uint8_t> arp{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6};
  packets.push_back({0, arp.data(), 14, 60, LinkType::ethernet});
  packets.push_back({0, arp.data(), 5, 60, LinkType::ethernet});
  std::uint64_t in_flows = 0;
  FlowExtractor extractor({}, [&](const FlowRow& row) { in_flows += row.packets; });
  extractor.add(packets);
  extractor.finish();
  CHECK(in_flows == 2);
  CHECK(extractor.counts().decode.total() == 4);
  CHECK(extractor.counts().decode[DecodeStatus::decoded] == 2);
  CHECK(extractor.counts().decode[DecodeStatus::not_ip] == 1);
  CHECK(extractor.counts().decode[DecodeStatus::truncated] == 1);
  CHECK(extractor.counts().flows == 1);
  CHECK(extractor.counts().bytes == 52 + 62 + 60 + 60);
}

TEST_CASE("fragments are packets of their flow, or counted as in none, whatever the batches") {
  Random random(5);
  Frames frames;
  constexpr int kPackets = 3000;
  for (int i = 0; i < kPackets; ++i) {
    FrameSpec spec;
    spec.time_ns = i * 20 * kMs;
    spec.client_port = static_cast<std::uint16_t>(1000 + random.below(50));
    spec.identification = static_cast<unsigned>(random.below(1000));
    spec.fragment = std::array{0U, 0x2000U, 0x2003U, 3U}[random.below(4)];
    frames.add(spec);
  }
  std::vector<std::uint64_t> first_sizes;
  for (const std::size_t batch : {1U, 7U, 32U, 1000U}) {
    std::vector<std::uint64_t> sizes;
    std::uint64_t in_flows = 0;
    FlowExtractor extractor({}, [&](const FlowRow& row) {
      in_flows += row.packets;
      sizes.push_back(row.packets);
    });
    const auto all = frames.packets();
    for (std::size_t at = 0; at < all.size(); at += batch) {
      extractor.add(all.subspan(at, std::min(batch, all.size() - at)));
    }
    extractor.finish();
    const DecodeCounts& counts = extractor.counts().decode;
    CHECK(in_flows + counts[DecodeStatus::later_fragment] == kPackets);
    CHECK(counts[DecodeStatus::later_fragment] > 0);
    CHECK(counts[DecodeStatus::decoded] == in_flows);
    CHECK(counts.joined_fragments > 0);
    if (first_sizes.empty()) first_sizes = sizes;
    CHECK(sizes == first_sizes);
    CHECK(sizes.size() == 50);  // no flow of its own for any fragment
  }
}

TEST_CASE("a selection gives the same values as a row of all features") {
  const Frames frames = frames_of(random_traffic(25, 3000));
  const std::vector<Row> whole = extract(frames);
  for (const char* text : {"core", "size_q50", "big_iat_q*,iat_07", "histograms,bwd_tcp_ack",
                           "small_message_max,direction_changes", "activity,bursts,context"}) {
    const FlowSelection selection = FlowSelection::parse(text, 20);
    const std::span<const Feature> features = selection.features();
    REQUIRE_FALSE(features.empty());
    std::size_t at = 0;
    FlowExtractor extractor({}, selection, [&](const FlowRow& row) {
      REQUIRE(row.values.size() == features.size());
      for (std::size_t i = 0; i < features.size(); ++i) {
        if (!same_bits(row.number(i), whole[at][features[i].name])) {
          FAIL(features[i].name << " of row " << at);
        }
      }
      ++at;
    });
    extractor.add(frames.packets());
    extractor.finish();
    CHECK(at == whole.size());
  }
}

TEST_CASE("emission points read back as they were written") {
  ExtractorSettings settings;
  for (const char* text : {"end", "5", "5,10,20,end"}) {
    parse_emit_at(text, settings);
    CHECK(format_emit_at(settings) == text);
  }
  parse_emit_at("20,5,20", settings);
  CHECK(format_emit_at(settings) == "5,20");
  for (const char* text : {"", "0", "5,,6", "x", "-1", "5 ", "end,"}) {
    CHECK_THROWS_AS(parse_emit_at(text, settings), UsageError);
  }
}
