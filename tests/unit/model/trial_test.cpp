// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Trials measure every row as often as was asked for, and say what they cannot show.
#include "weir/model/trial.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::SplitBy;
using weir::Trial;

namespace {

/// Captures of 10 rows, each of one class and of two hosts of its own.
Dataset captures(std::uint32_t count) {
  Dataset data;
  data.files = {"flows.csv"};
  data.classes = {"x", "y"};
  data.features = {"a"};
  data.matrix.columns = 1;
  for (std::uint32_t capture = 0; capture < count; ++capture) {
    const std::string name = "c" + std::to_string(100 + capture);
    data.groups.push_back(name);
    for (int row = 0; row < 10; ++row) {
      data.matrix.values.push_back(static_cast<float>(row));
      data.labels.push_back(capture % 2);
      data.group_of_row.push_back(capture);
      const std::string time = std::to_string(capture * 100 + static_cast<std::uint32_t>(row));
      data.identities.push_back({.capture = name,
                                 .start = time,
                                 .time = time,
                                 .src_ip = "10.1.0." + std::to_string(capture),
                                 .dst_ip = "10.2.0." + std::to_string(capture)});
    }
  }
  return data;
}

}  // namespace

TEST_CASE("each repeat measures every row once, with other folds") {
  const Dataset data = captures(12);
  const weir::SplitOptions options{.folds = 3, .repeats = 2};
  const Trial folds = fold_trial(data, options, hold_out_trial(data, options));
  REQUIRE(folds.parts.size() == 6);
  CHECK(folds.split == "by capture");
  for (std::size_t repeat = 0; repeat < 2; ++repeat) {
    std::vector<int> seen(data.rows());
    for (std::size_t fold = 0; fold < 3; ++fold) {
      const weir::Split& split = folds.parts[repeat * 3 + fold];
      CHECK(split.train.size() + split.test.size() == data.rows());
      for (const std::size_t row : split.test) ++seen[row];
    }
    CHECK(std::ranges::count(seen, 1) == static_cast<std::ptrdiff_t>(data.rows()));
  }
  CHECK(folds.parts[0].test != folds.parts[3].test);
}

TEST_CASE("the split by row stands beside any other, and the other way round") {
  const Dataset data = captures(12);
  const weir::SplitOptions grouped{};
  const auto beside = counterpart(data, grouped, hold_out_trial(data, grouped));
  REQUIRE(beside);
  CHECK(beside->by == SplitBy::row);
  const weir::SplitOptions by_row{.by = SplitBy::row};
  const Trial trial = hold_out_trial(data, by_row);
  CHECK(trial.by_row);
  REQUIRE(trial.warnings.size() == 1);
  CHECK_THAT(trial.warnings[0], Contains("split by row"));
  REQUIRE(counterpart(data, by_row, trial));
  CHECK(counterpart(data, by_row, trial)->by == SplitBy::group);
  const Dataset one = captures(1);
  CHECK_FALSE(counterpart(one, grouped, hold_out_trial(one, grouped)));
}

TEST_CASE("hosts that are all connected cannot be held out") {
  Dataset data = captures(6);
  CHECK(hold_out_trial(data, {.by = SplitBy::host}).units.count == 6);
  for (weir::RowIdentity& row : data.identities) row.dst_ip = "192.0.2.1";
  CHECK_THROWS_WITH(hold_out_trial(data, {.by = SplitBy::host}),
                    Contains("no host can be held out"));
}

TEST_CASE("most rows in one set of hosts is said") {
  Dataset data = captures(12);
  for (std::size_t row = 0; row < 80; ++row) data.identities[row].dst_ip = "192.0.2.1";
  const Trial trial = hold_out_trial(data, {.by = SplitBy::host});
  REQUIRE_FALSE(trial.warnings.empty());
  CHECK_THAT(trial.warnings[0], Contains("67 % of the rows are connected"));
}

TEST_CASE("a split by time says which classes it cannot test and knows no folds") {
  Dataset data = captures(6);
  for (std::size_t row = 50; row < 60; ++row) data.labels[row] = 0;
  const weir::SplitOptions options{.by = SplitBy::time, .test_share = 1.0 / 6, .folds = 2};
  const Trial trial = hold_out_trial(data, options);
  CHECK(trial.split == "by time");
  REQUIRE(trial.warnings.size() == 1);
  CHECK(trial.warnings[0] == "class 'y' has no later rows and was not tested");
  CHECK_THROWS_AS(fold_trial(data, options, trial), weir::UsageError);
  data.classes = {"x", "y", "z"};
  for (std::size_t row = 50; row < 60; ++row) data.labels[row] = 2;
  CHECK(hold_out_trial(data, options).warnings ==
        std::vector<std::string>{
            "class 'x' has no later rows and was not tested",
            "class 'y' has no later rows and was not tested",
            "class 'z' has no earlier rows to train on: all its 10 rows count as wrong"});
}

TEST_CASE("more folds than captures are refused") {
  const Dataset data = captures(4);
  const weir::SplitOptions options{.folds = 5};
  CHECK_THROWS_WITH(fold_trial(data, options, hold_out_trial(data, options)),
                    Contains("only 4 captures"));
}
