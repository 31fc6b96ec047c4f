// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Scenarios: their files, their users, and what lossy networks do to streams.
#include "weir/traffic/scenario.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>

#include "memory_sink.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/net/decode.hpp"
#include "weir/traffic/virtual_sender.hpp"

using Catch::Matchers::Contains;
using weir::FlowKey;
using weir::Side;

namespace {

constexpr const char* kPresets[] = {"balanced", "busy-hour", "categories",
                                    "cell",     "lab",       "realistic"};
constexpr const char* kModels[] = {
    "video-streaming", "audio-call", "video-call", "gaming", "video-upload",
    "browsing",        "texting",    "voip",       "ftp",    "http",
    "download",        "dns",        "ntp",        "ssh",    "mail",
    "update",          "torrent"};

weir::Scenario only(const char* model) {
  weir::Scenario scenario;
  scenario.mix.push_back({model, model, 1.0, 0});
  return scenario;
}

weir::Scenario parse(const std::string& text) {
  const weir::test::TemporaryFolder folder;
  const std::string path = folder.path("s.toml");
  std::ofstream(path) << text;
  return weir::load_scenario(path);
}

struct Run {
  weir::test::MemorySink kept;
  std::vector<weir::GroundTruthRow> truth;
  weir::VirtualTrafficResult result;
};

Run run(weir::TrafficSource& source, std::int64_t duration_ns, bool cut) {
  Run run;
  weir::CaptureTrafficSink sink(run.kept);
  run.result = weir::send_virtual(
      source, {.start_ns = 0, .duration_ns = duration_ns, .cut = cut, .seed = 1, .capture = "x"},
      sink, [&](const weir::GroundTruthRow& row) { run.truth.push_back(row); });
  return run;
}

Run run(const weir::Scenario& scenario, std::uint64_t seed) {
  const auto source = make_scenario_source(scenario, {.seed = seed, .destination = {}});
  return run(*source, scenario.duration_ns, true);
}

weir::FlowKey key_of(const weir::test::MemorySink::Kept& kept, weir::Packet& packet) {
  const auto bytes = static_cast<std::uint32_t>(kept.bytes.size());
  const weir::RawPacket raw{kept.time_ns, kept.bytes.data(), bytes, bytes,
                            weir::LinkType::ethernet};
  REQUIRE(decode(raw, packet) == weir::DecodeStatus::decoded);
  return FlowKey::of({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol});
}

/// A server sends so many bytes to a client that asked, over a path of the test's choice.
class Fetch : public weir::Conversation {
 public:
  Fetch(std::uint32_t bytes, double linger_s) : bytes_(bytes), linger_s_(linger_s) {}
  double linger_s() const noexcept override { return linger_s_; }
  std::optional<weir::Message> next() override {
    ++asked_;
    if (asked_ == 1) return weir::Message{Side::client, 300, 0};
    if (asked_ == 2) return weir::Message{Side::server, bytes_, 1'000'000};
    return std::nullopt;
  }

 private:
  std::uint32_t bytes_;
  double linger_s_;
  int asked_ = 0;
};

class OneFetch : public weir::TrafficSource {
 public:
  OneFetch(weir::Transport transport, double loss, std::uint32_t bytes, double linger_s = 0)
      : transport_(transport), loss_(loss), bytes_(bytes), linger_s_(linger_s) {}

  const std::vector<weir::ApplicationInfo>& applications() const noexcept override {
    return infos_;
  }
  std::vector<weir::ServerPort> server_ports() const override { return {}; }
  weir::FlowPlan next() override {
    weir::FlowPlan plan;
    plan.start_ns = std::exchange(start_ns_, 3'600 * weir::kNanosPerSecond);
    plan.transport = transport_;
    plan.tuple = {weir::IpAddress::v4(0x0a000001), weir::IpAddress::v4(0x0a000002), 40'000, 443,
                  static_cast<std::uint8_t>(protocol_of(transport_))};
    plan.path.one_way_ns = 10'000'000;
    plan.path.jitter_ns = 200'000;
    plan.path.loss = loss_;
    plan.path.timestamps = true;
    plan.path.receive_window = 1U << 20U;
    plan.path.link = std::make_shared<weir::AccessLink>();
    plan.path.link->down = {800.0, 30'000'000, 0};  // 10 Mbit/s, a queue of 30 ms
    plan.path.link->up = {800.0, 30'000'000, 0};
    plan.conversation = std::make_unique<Fetch>(bytes_, linger_s_);
    plan.path.syn_window = {5'840, 28'960};
    return plan;
  }

 private:
  std::vector<weir::ApplicationInfo> infos_{{.label = "Fetch"}};
  weir::Transport transport_;
  double loss_;
  std::uint32_t bytes_;
  double linger_s_;
  std::int64_t start_ns_ = 0;
};

}  // namespace

TEST_CASE("every preset reads, and its shares are a whole") {
  for (const char* name : kPresets) {
    INFO(name);
    const weir::Scenario scenario = weir::preset_scenario(name);
    double sum = 0;
    for (const weir::ScenarioApplication& part : scenario.mix) sum += part.share;
    CHECK(sum == Approx(1).margin(1e-4));
    CHECK(scenario.duration_ns > 0);
    CHECK(scenario.users > 1);
  }
  CHECK_THROWS_WITH(weir::preset_scenario("lan"), Contains("known: balanced, busy-hour"));
}

TEST_CASE("what a scenario file must not say is refused with its line") {
  const std::string mix = "[[application]]\nmodel = \"dns\"\nshare = ";
  CHECK(parse(mix + "100").mix.size() == 1);
  CHECK_THROWS_WITH(parse(mix + "90"), Contains("add up to 90 %, not to 100 %"));
  CHECK_THROWS_WITH(parse("user = 3\n" + mix + "100"), Contains(":1: unknown key 'user'"));
  CHECK_THROWS_WITH(parse("users = 0\n" + mix + "100"), Contains(":1: users is a number from 1"));
  CHECK_THROWS_WITH(parse("[[application]]\nmodel = \"fax\"\nshare = 100"),
                    Contains("unknown model 'fax' (known: video-streaming,"));
  CHECK_THROWS_WITH(parse(mix + "100\n[network]\nloss = [0.2, 0.1]"),
                    Contains("loss: the lower end comes first"));
  CHECK_THROWS_WITH(parse(mix + "100\n[network]\ndown = \"fast\""), Contains(":5: a rate"));
  CHECK_THROWS_WITH(parse("users = 3"), Contains("no mix"));
  CHECK_THROWS_WITH(parse("users = "), Contains("s.toml:1: "));
}

TEST_CASE("every model plans flows whose messages fit, and the same from the same seed") {
  for (const char* model : kModels) {
    INFO(model);
    const auto source = make_scenario_source(only(model), {.seed = 3, .destination = {}});
    const auto same = make_scenario_source(only(model), {.seed = 3, .destination = {}});
    std::set<std::uint64_t> totals;
    for (int flow = 0; flow < 40; ++flow) {
      const weir::FlowPlan plan = source->next();
      const weir::FlowPlan again = same->next();
      REQUIRE(plan.tuple == again.tuple);
      std::uint64_t total = 0;
      for (int count = 0; count < 3'000; ++count) {
        const auto message = plan.conversation->next();
        const auto expected = again.conversation->next();
        REQUIRE(message.has_value() == expected.has_value());
        if (!message) break;
        REQUIRE(message->bytes == expected->bytes);
        REQUIRE(message->bytes >= 1);
        if (plan.transport == weir::Transport::udp) REQUIRE(message->bytes <= 1'352);
        REQUIRE(message->wait_ns >= 0);
        REQUIRE(message->wait_ns < 3'600 * weir::kNanosPerSecond);
        total += message->bytes;
      }
      CHECK(total > 0);
      totals.insert(total);
    }
    CHECK(totals.size() > (std::string(model) == "ntp" ? 1U : 15U));
  }
}

TEST_CASE("shares of the mix are shares of the flows, and ports say nothing of the class") {
  const auto source =
      make_scenario_source(weir::preset_scenario("categories"), {.seed = 5, .destination = {}});
  const auto& infos = source->applications();
  REQUIRE(infos.size() == 7);
  std::vector<int> flows(infos.size());
  std::vector<int> common(infos.size());
  constexpr int kFlows = 4'000;
  std::int64_t last_ns = 0;
  for (int i = 0; i < kFlows; ++i) {
    const weir::FlowPlan plan = source->next();
    CHECK(plan.start_ns >= last_ns);
    last_ns = plan.start_ns;
    ++flows[plan.application];
    const std::uint16_t port = plan.tuple.dst_port;
    CHECK((port == 443 || port >= 61'000));
    CHECK(plan.tuple.src_port >= 32'768);
    CHECK(plan.tuple.src_port < 61'000);
    if (port == 443) ++common[plan.application];
  }
  for (std::size_t i = 0; i < infos.size(); ++i) {
    INFO(infos[i].label);
    CHECK(std::abs(flows[i] - infos[i].share * kFlows) < 60);
    CHECK(common[i] == Approx(flows[i] / 2.0).epsilon(0.25));
  }
}

TEST_CASE("a tunnelled scenario shows every flow of the ground truth, and no other") {
  weir::Scenario scenario = weir::preset_scenario("cell");
  scenario.duration_ns = 8 * weir::kNanosPerSecond;
  scenario.vlan = 7;
  const Run first = run(scenario, 4);
  std::set<FlowKey> seen;
  std::int64_t last_ns = 0;
  for (const auto& kept : first.kept.packets) {
    weir::Packet packet;
    seen.insert(key_of(kept, packet));
    REQUIRE(packet.tunnel_depth == 1);
    REQUIRE(kept.time_ns >= last_ns);
    REQUIRE(kept.time_ns < scenario.duration_ns);
    last_ns = kept.time_ns;
  }
  std::set<FlowKey> truth;
  for (const weir::GroundTruthRow& row : first.truth) truth.insert(FlowKey::of(row.tuple));
  CHECK(truth.size() == first.truth.size());
  CHECK(seen == truth);
  CHECK(first.kept.packets == run(scenario, 4).kept.packets);
  CHECK(first.kept.packets != run(scenario, 5).kept.packets);
}

TEST_CASE("a stream over a lossy path delivers every byte and closes") {
  for (const double loss : {0.0, 0.01, 0.1}) {
    INFO(loss);
    OneFetch source(weir::Transport::tcp, loss, 2'000'000);
    const Run fetch = run(source, 60 * weir::kNanosPerSecond, false);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;
    std::uint32_t start = 0;
    bool closed = false;
    for (const auto& kept : fetch.kept.packets) {
      const auto packet = weir::test::parse_checked(kept.bytes);
      REQUIRE(packet);
      if (packet->tuple.src_port != 443) continue;
      if ((packet->flags & weir::kTcpSyn) != 0) start = packet->sequence + 1;
      if (packet->payload > 0) {
        ranges.emplace_back(packet->sequence - start, packet->sequence - start + packet->payload);
      }
      closed = closed || (packet->flags & weir::kTcpFin) != 0;
    }
    const std::size_t sent = ranges.size();
    std::ranges::sort(ranges);
    std::uint32_t covered = 0;
    for (const auto& [begin, end] : ranges) {
      REQUIRE(begin <= covered);
      covered = std::max(covered, end);
    }
    CHECK(covered == 2'000'000);
    CHECK(closed);
    CHECK(sent >= 2'000'000 / 1'448);
    CHECK(sent < 2'000'000 / 1'448 * 13 / 10);  // what came twice
    // At most the line's rate, and not far below it where nothing is lost but by the queue.
    const double seconds = static_cast<double>(fetch.kept.packets.back().time_ns) * 1e-9;
    CHECK(seconds > 1.6);
    if (loss == 0) CHECK(seconds < 4);
  }
}

TEST_CASE("a connection is kept open as long as it lingers, and outlives the traffic if longer") {
  const auto closes_at_s = [](double linger_s) {
    OneFetch source(weir::Transport::tcp, 0, 20'000, linger_s);
    const Run fetch = run(source, 60 * weir::kNanosPerSecond, false);
    double last_data_s = 0;
    for (const auto& kept : fetch.kept.packets) {
      const auto packet = weir::test::parse_checked(kept.bytes);
      REQUIRE(packet);
      const double time_s = static_cast<double>(kept.time_ns) * 1e-9;
      if (packet->payload > 0) last_data_s = time_s;
      if ((packet->flags & weir::kTcpFin) != 0) return time_s - last_data_s;
    }
    return -1.0;
  };
  CHECK(closes_at_s(0) == Approx(0.02).margin(0.05));
  CHECK(closes_at_s(10) == Approx(10).margin(0.1));
  CHECK(closes_at_s(100) == -1);
}

TEST_CASE("each end announces its own window when a connection opens") {
  OneFetch source(weir::Transport::tcp, 0, 1'000);
  const Run fetch = run(source, weir::kNanosPerSecond, false);
  REQUIRE(fetch.kept.packets.size() > 2);
  // Ethernet 14, IPv4 20, TCP's window at 14.
  const auto window = [&](std::size_t packet) {
    const auto& bytes = fetch.kept.packets[packet].bytes;
    return bytes[48] * 256 + bytes[49];
  };
  CHECK(window(0) == 5'840);
  CHECK(window(1) == 28'960);
}

TEST_CASE("QUIC's datagrams carry the stream and what acknowledges it") {
  OneFetch source(weir::Transport::quic, 0.01, 500'000);
  const Run fetch = run(source, 60 * weir::kNanosPerSecond, false);
  std::uint64_t payload = 0;
  std::size_t acks = 0;
  for (const auto& kept : fetch.kept.packets) {
    const auto packet = weir::test::parse_checked(kept.bytes);
    REQUIRE(packet);
    CHECK(packet->payload <= 1'350);
    if (packet->tuple.src_port == 443) payload += packet->payload;
    if (packet->tuple.src_port != 443 && packet->payload < 60) ++acks;
  }
  CHECK(payload > 500'000);
  CHECK(payload < 560'000);
  CHECK(acks > 120);
}
