// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Verdicts in, marks out: nothing is lost, nothing flaps, memory is bounded.
#include "weir/shape/marker.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "fake_kernel.hpp"
#include "weir/base/random.hpp"
#include "weir/shape/shaper.hpp"

using weir::FiveTuple;
using weir::Marker;
using weir::VerdictStage;

namespace {

constexpr std::uint32_t kVoice = weir::kMarkBase + 1;
constexpr std::uint32_t kWeb = weir::kMarkBase + 2;

const weir::Policy& policy() {
  static const weir::Policy policy = weir::parse_policy(R"(
default = "rest"
[[band]]
name = "fast"
rate = "20%"
realtime = true
[[band]]
name = "rest"
rate = "20%"
[[class]]
name = "Voice"
band = "fast"
guard = "512kbit"
[[class]]
name = "Web"
band = "rest"
)",
                                                        "p.toml");
  return policy;
}

weir::ShapingPlan plan() {
  return weir::make_plan(policy(), {.interface = "eth0", .bandwidth_bps = 10'000'000});
}

FiveTuple flow(std::uint32_t number) {
  return {weir::IpAddress::v4(0x0a000000 + number), weir::IpAddress::v4(0xc0000201),
          static_cast<std::uint16_t>(1024 + number % 60000), 443, 17};
}

FiveTuple reversed(const FiveTuple& tuple) {
  return {tuple.dst, tuple.src, tuple.dst_port, tuple.src_port, tuple.protocol};
}

struct Bench {
  Bench() { kernel.apply(plan()); }
  weir::test::FakeKernel kernel;
  Marker marker{policy(), kernel};

  /// What the kernel holds for the flow once all is sent.
  std::optional<std::uint32_t> mark_of(const FiveTuple& tuple) {
    marker.flush();
    const auto found = kernel.marks().find(tuple);
    if (found == kernel.marks().end()) return std::nullopt;
    return found->second;
  }
};

/// What a marker is to remember of a flow, said the slow way.
struct Expected {
  std::string current = "Unknown";
  bool settled = false;
  unsigned changes_since_settled = 0;

  void verdict(const std::string& name, VerdictStage stage) {
    if (name != current && !(settled && changes_since_settled > 0)) {
      current = name;
      if (settled) ++changes_since_settled;
    }
    settled = settled || stage == VerdictStage::settled;
  }
};

}  // namespace

TEST_CASE("a verdict reaches the kernel within a batch time, and only once") {
  Bench bench;
  bench.marker.tick(1'000'000'000);
  bench.marker.verdict(flow(1), "Voice", 0.95, VerdictStage::provisional);
  bench.marker.verdict(flow(2), "Web", 0.4, VerdictStage::provisional);
  bench.marker.tick(1'020'000'000);
  CHECK(bench.kernel.dump().empty());
  bench.marker.tick(1'050'000'000);
  CHECK(bench.kernel.dump() ==
        "17 10.0.0.1 1025 192.0.2.1 443 -> 0x50730001\n"
        "17 10.0.0.2 1026 192.0.2.1 443 -> 0x50730002\n");
  CHECK(bench.kernel.transactions == 1);
  bench.marker.verdict(flow(1), "Voice", 0.99, VerdictStage::settled);
  bench.marker.tick(1'100'000'000);
  CHECK(bench.kernel.transactions == 1);
}

TEST_CASE("both directions of a flow are one flow") {
  Bench bench;
  bench.marker.verdict(flow(1), "Web", 1, VerdictStage::provisional);
  bench.marker.verdict(reversed(flow(1)), "Voice", 1, VerdictStage::provisional);
  CHECK(bench.marker.flows() == 1);
  CHECK(bench.mark_of(flow(1)) == kVoice);
}

TEST_CASE("a verdict without enough confidence is Unknown") {
  Bench bench;
  bench.marker.verdict(flow(1), "Voice", 0.89, VerdictStage::provisional);  // realtime: 0.9
  bench.marker.verdict(flow(2), "Unknown", 1, VerdictStage::provisional);
  bench.marker.verdict(flow(3), "Games", 1, VerdictStage::provisional);  // no rule
  bench.marker.verdict(flow(4), "Voice", std::numeric_limits<double>::quiet_NaN(),
                       VerdictStage::provisional);
  bench.marker.flush();
  CHECK(bench.kernel.dump().empty());
  // A flow that had a class loses it: its connection keeps a mark, which must say so.
  bench.marker.verdict(flow(5), "Voice", 0.9, VerdictStage::provisional);
  CHECK(bench.mark_of(flow(5)) == kVoice);
  bench.marker.verdict(flow(5), "Voice", 0.8, VerdictStage::provisional);
  CHECK(bench.mark_of(flow(5)) == weir::kDefaultMark);
}

TEST_CASE("a settled class changes once, no more") {
  Bench bench;
  for (const char* name : {"Web", "Voice", "Web", "Voice"}) {
    bench.marker.verdict(flow(1), name, 1, VerdictStage::provisional);
  }
  bench.marker.verdict(flow(1), "Voice", 1, VerdictStage::settled);
  CHECK(bench.mark_of(flow(1)) == kVoice);
  bench.marker.verdict(flow(1), "Web", 1, VerdictStage::settled);
  CHECK(bench.mark_of(flow(1)) == kWeb);
  bench.marker.verdict(flow(1), "Voice", 1, VerdictStage::settled);
  CHECK(bench.mark_of(flow(1)) == kWeb);
  CHECK(bench.marker.counts().held_back == 1);
}

TEST_CASE("a flow that begins again begins anew") {
  Bench bench;
  for (const char* name : {"Voice", "Web", "Voice"}) {
    bench.marker.verdict(flow(1), name, 1, VerdictStage::settled);
  }
  CHECK(bench.mark_of(flow(1)) == kWeb);
  bench.marker.ended(flow(1));
  bench.marker.verdict(flow(1), "Voice", 1, VerdictStage::settled);
  CHECK(bench.mark_of(flow(1)) == kVoice);
  bench.marker.ended(flow(1));
  CHECK_FALSE(bench.mark_of(flow(1)).has_value());
  CHECK(bench.kernel.dump().empty());
  CHECK(bench.marker.flows() == 0);
}

TEST_CASE("whatever the verdicts, the kernel ends up as they say") {
  const std::string names[] = {"Voice", "Web", "Unknown"};
  const std::map<std::string, std::uint32_t> marks{
      {"Voice", kVoice}, {"Web", kWeb}, {"Unknown", weir::kDefaultMark}};
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    weir::Random random(seed);
    Bench bench;
    std::map<FiveTuple, Expected> expected;
    std::int64_t now_ns = 0;
    for (int step = 0; step < 2'000; ++step) {
      const FiveTuple tuple = flow(static_cast<std::uint32_t>(random.below(40)));
      const std::uint64_t what = random.below(20);
      if (what == 0) {
        bench.marker.ended(tuple);
        expected.erase(tuple);
      } else if (what == 1) {
        bench.kernel.expire(tuple);
      } else if (what <= 4) {
        now_ns += 20'000'000;
        bench.marker.tick(now_ns);
      } else {
        const std::string& name = names[random.below(3)];
        const auto stage = random.below(4) == 0 ? VerdictStage::settled : VerdictStage::provisional;
        bench.marker.verdict(random.below(2) == 0 ? tuple : reversed(tuple), name, 1, stage);
        expected[tuple].verdict(name, stage);
      }
    }
    bench.marker.flush();
    CHECK(bench.marker.counts().refused == 0);
    for (std::uint32_t number = 0; number < 40; ++number) {
      const auto held = bench.kernel.marks().find(flow(number));
      const std::uint32_t mark =
          held == bench.kernel.marks().end() ? weir::kDefaultMark : held->second;
      const auto wanted = expected.find(flow(number));
      CHECK(mark ==
            (wanted == expected.end() ? weir::kDefaultMark : marks.at(wanted->second.current)));
    }
  }
}

TEST_CASE("one change that the kernel refuses does not take its batch along") {
  Bench bench;
  bench.kernel.refused.insert(flow(33));
  for (std::uint32_t number = 0; number < 100; ++number) {
    bench.marker.verdict(flow(number), "Web", 1, VerdictStage::provisional);
  }
  bench.marker.flush();
  CHECK(bench.kernel.verdicts().size() == 99);
  CHECK_FALSE(bench.kernel.verdicts().contains(flow(33)));
  CHECK(bench.marker.counts().refused == 1);
  CHECK(bench.marker.counts().changes == 99);
  CHECK(bench.marker.counts().flows == 99);
}

TEST_CASE("of too many flows the oldest are forgotten, in the kernel as well") {
  Bench bench;
  const auto many = static_cast<std::uint32_t>(Marker::kMostFlows) + 5;
  for (std::uint32_t number = 0; number < Marker::kMostFlows; ++number) {
    bench.marker.verdict(flow(number), "Web", 1, VerdictStage::settled);
  }
  bench.marker.verdict(flow(0), "Web", 1, VerdictStage::settled);  // seen again: not the oldest
  for (auto number = static_cast<std::uint32_t>(Marker::kMostFlows); number < many; ++number) {
    bench.marker.verdict(flow(number), "Web", 1, VerdictStage::settled);
  }
  CHECK(bench.marker.flows() == Marker::kMostFlows);
}

TEST_CASE("a shaper takes back what it did, however it ends") {
  auto owned = std::make_unique<weir::test::FakeKernel>();
  weir::test::FakeKernel& kernel = *owned;
  weir::Shaper shaper(policy(), {.interface = "eth0", .bandwidth_bps = 10'000'000},
                      std::move(owned));
  CHECK_FALSE(kernel.applied());
  shaper.start();
  CHECK(kernel.applied());
  shaper.verdict(flow(1), "Web", 1, VerdictStage::settled);
  shaper.tick(1'000'000'000);
  CHECK(kernel.verdicts().size() == 1);
  CHECK(shaper.counts().changes == 1);
  kernel.demoted_flows = 3;
  shaper.stop();
  CHECK_FALSE(kernel.applied());
  CHECK(shaper.demoted() == 3);
  shaper.stop();
}

TEST_CASE("a shaper renews the queues now and then, and goes on where that fails") {
  auto owned = std::make_unique<weir::test::FakeKernel>();
  weir::test::FakeKernel& kernel = *owned;
  weir::Shaper shaper(policy(), {.interface = "eth0", .bandwidth_bps = 10'000'000},
                      std::move(owned));
  shaper.start();
  for (std::int64_t ms = 0; ms < 2'000; ms += 50) shaper.tick(ms * 1'000'000);
  CHECK(kernel.renewals == 4);
  kernel.renewal_fails = true;
  CHECK_NOTHROW(shaper.tick(3'000'000'000));
  CHECK(shaper.is_shaping());
  shaper.stop();
  shaper.tick(4'000'000'000);
  CHECK(kernel.renewals == 5);
}

TEST_CASE("a shaper tells how many flows of each class the kernel knows") {
  auto owned = std::make_unique<weir::test::FakeKernel>();
  weir::test::FakeKernel& kernel = *owned;
  weir::Shaper shaper(policy(), {.interface = "eth0", .bandwidth_bps = 10'000'000},
                      std::move(owned));
  CHECK(shaper.rules().classes.at("Web").flows == 0);
  shaper.start();
  std::int64_t now_ns = 0;
  const auto flows_of = [&](const char* name) {
    shaper.tick(now_ns += 1'000'000'000);
    return shaper.rules().classes.at(name).flows;
  };
  kernel.refused.insert(flow(9));
  for (const std::uint32_t number : {1U, 2U, 3U, 9U}) {
    shaper.verdict(flow(number), "Web", 1, VerdictStage::provisional);
  }
  CHECK(shaper.rules().classes.at("Web").flows == 0);  // not sent yet
  CHECK(flows_of("Web") == 3);                         // one was refused
  shaper.verdict(flow(1), "Voice", 1, VerdictStage::provisional);
  shaper.verdict(flow(2), "Unknown", 1, VerdictStage::provisional);
  CHECK(flows_of("Web") == 1);
  CHECK(flows_of("Voice") == 1);
  shaper.ended(flow(1));
  shaper.ended(flow(3));
  CHECK(flows_of("Web") == 0);
  CHECK(flows_of("Voice") == 0);
  kernel.demoted_flows = 4;
  const weir::RulesState rules = shaper.rules();
  CHECK(rules.demoted == 4);
  CHECK(rules.default_band == "rest");
  CHECK(rules.demoted_band == "rest");
  CHECK(rules.classes.at("Voice").band == "fast");
  CHECK(rules.marks.refused == 1);
}

TEST_CASE("a shaper stops by itself when its time is over, and takes nothing more") {
  auto owned = std::make_unique<weir::test::FakeKernel>();
  const weir::test::FakeKernel& kernel = *owned;
  weir::Shaper shaper(policy(), {.interface = "eth0", .bandwidth_bps = 10'000'000},
                      std::move(owned));
  shaper.start(100'000'000);
  shaper.verdict(flow(1), "Web", 1, VerdictStage::settled);
  shaper.tick(1'000'000'000);
  for (int i = 0; i < 2000 && shaper.is_shaping(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  REQUIRE_FALSE(shaper.is_shaping());
  CHECK_FALSE(kernel.applied());
  const std::size_t transactions = kernel.transactions;
  shaper.verdict(flow(2), "Web", 1, VerdictStage::settled);
  shaper.ended(flow(1));
  shaper.tick(2'000'000'000);
  CHECK(kernel.transactions == transactions);
  CHECK(shaper.counts().refused == 0);
  CHECK(shaper.counts().flows == 1);
}
