// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Latencies, the page for terminals, the heartbeat.
#include "weir/serve/top_view.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "weir/base/random.hpp"

using namespace weir;

namespace {

LiveState busy_state() {
  LiveState state;
  state.capture = "eth0";
  state.time_ns = 1'700'000'000'500'000'000;
  state.seconds = 3725.5;
  state.link = {1000, 7, 1};
  state.extract.decode.packets[static_cast<std::size_t>(DecodeStatus::decoded)] = 990;
  state.extract.decode.packets[static_cast<std::size_t>(DecodeStatus::not_ip)] = 10;
  state.extract.bytes = 123456;
  state.extract.flows = 40;
  state.extract.evicted = 2;
  state.open_flows = 60;
  state.verdicts = 90;
  state.provisional = 50;
  state.unknown = 4;
  state.latency.add(1'500'000);
  state.packets_per_second = 12345.6;
  state.bits_per_second = 98.7e6;
  state.classes = {"Web", "Voice", "Unknown", "unclassified"};
  state.usage = {
      {parse_address("10.0.0.1"), 0, 3, 20, 30'000},
      {parse_address("10.0.0.1"), 1, 1, 50, 10'000},
      {parse_address("10.0.0.2"), 1, 2, 1'500, 300'000},
      {std::nullopt, 3, 1, 1, 60},
  };
  return state;
}

}  // namespace

TEST_CASE("quantiles of latencies are at most an eighth above the true ones") {
  Random random(7);
  LatencyHistogram histogram;
  std::vector<std::int64_t> values;
  CHECK(histogram.quantile_ns(0.5) == 0);
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(static_cast<std::int64_t>(random.log_normal(1e6, 2)));
    histogram.add(values.back());
  }
  std::ranges::sort(values);
  for (const double quantile : {0.0001, 0.1, 0.5, 0.9, 0.99, 1.0}) {
    const auto rank = static_cast<std::size_t>(quantile * 10'000) - 1;
    const std::int64_t found = histogram.quantile_ns(quantile);
    CHECK(found >= values[rank]);
    CHECK(found <= values[rank] + values[rank] / 8);
  }
  CHECK(histogram.max_ns() == values.back());
  CHECK(histogram.count() == 10'000);
  LatencyHistogram one;
  one.add(-5);  // a clock that was set back
  CHECK(one.quantile_ns(0.99) == 0);
}

TEST_CASE("the page for terminals shows link, classes and users, the busiest first") {
  CHECK(top_view(busy_state(), {72, 24}, false) ==
        "weir  eth0  1:02:05\n"
        "packets  12.3 k/s  98.7 Mbit/s  60 flows open, 40 ended\n"
        "dropped  7 by the kernel, 1 by the interface; 2 flows ended early\n"
        "verdicts 90 (4 Unknown), 1.5 ms after their packets (p99)\n"
        "\n"
        "CLASS                               FLOWS    PACKETS       BIT/S        \n"
        "Web                                     3         20       240 k\n"
        "Voice                                   3     1.55 k      2.48 M\n"
        "Unknown                                 0          0           0\n"
        "unclassified                            1          1         480\n"
        "\n"
        "USER, ITS MOST                      FLOWS    PACKETS       BIT/S        \n"
        "10.0.0.2  Voice                         2     1.50 k      2.40 M\n"
        "10.0.0.1  Web                           4         70       320 k\n"
        "elsewhere  unclassified                 1          1         480");
}

TEST_CASE("the page shows what the rules do with each class") {
  LiveState state = busy_state();
  state.usage.clear();
  RulesState rules;
  rules.classes = {{"Voice", {"realtime", 12}}, {"Absent", {"bulk", 3}}};
  rules.default_band = "standard, rather long";
  rules.demoted_band = "bulk";
  rules.demoted = 2;
  rules.marks.changes = 340;
  rules.marks.batches = 120;
  rules.marks.refused = 1;
  state.rules = rules;
  const std::string page = top_view(state, {80, 24}, false);
  CHECK_THAT(page,
             Catch::Contains(
                 "p99)\n"
                 "rules    340 changes in 120 transactions, 1 refused; 2 flows demoted to bulk\n"
                 "\n"
                 "CLASS                               FLOWS    PACKETS       BIT/S     BAND "
                 "MARKED\n"
                 "Web                                     0          0           0 standard\n"
                 "Voice                                   0          0           0 realtime "
                 "    12\n"
                 "Unknown                                 0          0           0 standard\n"));
}

TEST_CASE("the page keeps to the size of the terminal") {
  LiveState state = busy_state();
  state.classes[0] = "bad\x1b[2Jname";
  for (const TerminalSize size : {TerminalSize{20, 5}, {72, 13}, {1, 1}, {200, 100}}) {
    for (const bool colour : {false, true}) {
      const std::string page = top_view(state, size, colour);
      CHECK(static_cast<std::size_t>(std::ranges::count(page, '\n')) < size.lines);
      CHECK(page.find("\x1b[2J") == std::string::npos);
      CHECK((page.find('\x1b') != std::string::npos) == colour);
    }
  }
  const std::string page = top_view(busy_state(), {72, 14}, false);
  CHECK(page.ends_with(
      "10.0.0.2  Voice                         2     1.50 k      2.40 M\nand 2 more"));
}

TEST_CASE("the heartbeat is one object a line") {
  const std::string line = heartbeat(busy_state());
  CHECK(std::ranges::count(line, '\n') == 1);
  const nlohmann::json object = nlohmann::json::parse(line);
  CHECK(object.at("capture") == "eth0");
  CHECK(object.at("packets") == 1000);
  CHECK(object.at("dropped_by_kernel") == 7);
  CHECK(object.at("dropped_by_interface") == 1);
  CHECK(object.at("evicted_flows") == 2);
  CHECK(object.at("verdicts") == 90);
  CHECK(object.at("latency_p99_ms") == 1.5);
  LiveState quiet;
  CHECK(nlohmann::json::parse(heartbeat(quiet)).at("latency_p99_ms").is_null());
}
