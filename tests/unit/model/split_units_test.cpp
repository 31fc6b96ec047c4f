// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Connected hosts, flows and time keep together what knows each other.
#include "weir/model/split_units.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::SplitUnits;

namespace {

using Pair = std::pair<const char*, const char*>;

Dataset rows_between(const std::vector<Pair>& hosts) {
  Dataset data;
  data.files = {"flows.csv"};
  for (const auto& [source, destination] : hosts) {
    data.labels.push_back(0);
    data.identities.push_back({.src_ip = source, .dst_ip = destination});
  }
  return data;
}

Dataset rows_in_time(const std::vector<Pair>& times) {
  Dataset data;
  data.files = {"flows.csv"};
  for (const auto& [start, end] : times) {
    data.labels.push_back(0);
    data.identities.push_back({.start = start, .time = end});
  }
  return data;
}

}  // namespace

TEST_CASE("hosts that share a third one are connected") {
  const SplitUnits units = units_of_hosts(rows_between({{"10.0.0.1", "10.0.0.9"},
                                                        {"10.0.0.2", "10.0.0.8"},
                                                        {"10.0.0.9", "10.0.0.3"},
                                                        {"fe80::1", "fe80::2"},
                                                        {"10.0.0.3", "10.0.0.1"}}));
  CHECK(units.of_row == std::vector<std::uint32_t>{0, 1, 0, 2, 0});
  CHECK(units.count == 3);
  CHECK(units.kind == "set of hosts");
}

TEST_CASE("group and broadcast addresses connect nobody") {
  const SplitUnits units = units_of_hosts(rows_between({{"10.0.0.1", "239.255.255.250"},
                                                        {"10.0.0.2", "239.255.255.250"},
                                                        {"fe80::1", "ff02::fb"},
                                                        {"fe80::2", "ff02::fb"},
                                                        {"0.0.0.0", "255.255.255.255"},
                                                        {"10.0.0.2", "224.0.0.1"}}));
  CHECK(units.of_row == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 1});
}

TEST_CASE("the rows of a flow without a host stay together") {
  Dataset data = rows_between({{"0.0.0.0", "255.255.255.255"},
                               {"0.0.0.0", "255.255.255.255"},
                               {"10.0.0.1", "10.0.0.2"},
                               {"0.0.0.0", "255.255.255.255"}});
  data.flow_of_row = {0, 1, 2, 0};
  CHECK(units_of_hosts(data).of_row == std::vector<std::uint32_t>{0, 1, 2, 0});
}

TEST_CASE("rows without addresses cannot be split by host") {
  CHECK_THROWS_WITH(units_of_hosts(rows_between({{"", ""}})), Contains("src_ip and dst_ip"));
}

TEST_CASE("the rows of one flow stay together") {
  Dataset data = rows_between({{"", ""}, {"", ""}, {"", ""}});
  data.flow_of_row = {0, 1, 0};
  CHECK(units_of_rows(data).kind == "row");
  CHECK(units_of_rows(data).count == 3);
  data.emit_at = {5};
  CHECK(units_of_rows(data).kind == "flow");
  CHECK(units_of_rows(data).of_row == std::vector<std::uint32_t>{0, 1, 0});
}

TEST_CASE("what began before the cut and ended after it is in neither part") {
  // Of ten rows the last two are tested; the cut is at 8, when the row at 1 was still under way.
  const Dataset data = rows_in_time({{"8", "8.5"},
                                     {"0", "0.5"},
                                     {"1", "9"},
                                     {"2", "2.5"},
                                     {"3", "3.5"},
                                     {"9", "9.5"},
                                     {"4", "8"},
                                     {"5", "5.5"},
                                     {"6", "6.5"},
                                     {"7", "7.9"}});
  const weir::Split split = split_by_time(data, 0.2);
  CHECK(split.test == std::vector<std::size_t>{0, 5});
  CHECK(split.train == std::vector<std::size_t>{1, 3, 4, 7, 8, 9});
}

TEST_CASE("rows that time cannot tell apart are not split by it") {
  CHECK_THROWS_WITH(split_by_time(rows_in_time({{"1", "2"}, {"1", "2"}}), 0.5),
                    Contains("time cannot tell them apart"));
  CHECK_THROWS_AS(split_by_time(rows_in_time({{"1", "2"}, {"", ""}}), 0.5), weir::UsageError);
}

TEST_CASE("kinds have plurals") {
  CHECK(weir::plural("capture") == "captures");
  CHECK(weir::plural("family") == "families");
  CHECK(weir::plural("set of hosts") == "sets of hosts");
}
