// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The learning curve counts groups, and measures on others than it trains on.
#include "weir/model/learning_curve.hpp"

#include <catch2/catch.hpp>
#include <mutex>
#include <set>

#include "weir/base/error.hpp"
#include "weir/base/random.hpp"
#include "weir/model/trainer.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::LearningCurve;
using weir::LearningPoint;

namespace {

/// Captures of four rows whose value is the class's, blurred by what is the capture's own.
Dataset blurred_captures(std::uint32_t captures) {
  weir::Random random(1);
  Dataset data;
  data.files = {"blurred.csv"};
  data.features = {"value"};
  data.classes = {"x", "y"};
  data.matrix.columns = 1;
  for (std::uint32_t capture = 0; capture < captures; ++capture) {
    data.groups.push_back("capture" + std::to_string(100 + capture));
    const double own = random.normal(capture % 2, 0.4);
    for (int row = 0; row < 4; ++row) {
      data.matrix.values.push_back(static_cast<float>(random.normal(own, 0.1)));
      data.labels.push_back(capture % 2);
      data.group_of_row.push_back(capture);
    }
  }
  return data;
}

weir::TrainOnRows trainer(const Dataset& data) {
  return [&](std::span<const std::size_t> rows, std::uint64_t seed) {
    return weir::fit(data, rows,
                     weir::default_recipe(weir::Algorithm::boosting, data.features.size(), seed));
  };
}

LearningPoint point(std::vector<double> values) {
  LearningPoint made;
  made.macro_f1 = std::move(values);
  return made;
}

}  // namespace

TEST_CASE("each point has half the groups of the next, and every class") {
  const Dataset data = blurred_captures(40);
  std::mutex mutex;
  std::multiset<std::size_t> groups_trained_on;
  const auto train = [&](std::span<const std::size_t> rows, std::uint64_t seed) {
    std::set<std::uint32_t> groups;
    std::set<std::uint32_t> classes;
    for (const std::size_t row : rows) {
      groups.insert(data.group_of_row[row]);
      classes.insert(data.labels[row]);
    }
    const std::lock_guard lock(mutex);
    groups_trained_on.insert(groups.size());
    CHECK(classes.size() == 2);
    CHECK(rows.size() == 4 * groups.size());
    return weir::fit(data, rows,
                     weir::default_recipe(weir::Algorithm::boosting, data.features.size(), seed));
  };
  const LearningCurve curve =
      weir::measure_learning_curve(data, {.folds = 5, .seeds = 2, .threads = 2}, train);
  // 32 of 40 groups in each of 5 folds and 2 seeds; 4 is two for each class.
  REQUIRE(curve.points.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t groups = std::size_t{4} << i;
    CHECK(curve.points[i].groups == Approx(groups));
    CHECK(curve.points[i].rows == Approx(4 * groups));
    CHECK(curve.points[i].macro_f1.size() == 2);
    CHECK(groups_trained_on.count(groups) == 10);
  }
  CHECK(groups_trained_on.size() == 40);
}

TEST_CASE("the last doubling is compared seed by seed") {
  const Dataset data = blurred_captures(24);
  const LearningCurve curve =
      weir::measure_learning_curve(data, {.folds = 3, .seeds = 3, .threads = 1}, trainer(data));
  REQUIRE(curve.points.size() == 3);
  const LearningPoint& half = curve.points[1];
  const LearningPoint& all = curve.points[2];
  CHECK(curve.last_doubling == Approx(all.mean - half.mean));
  CHECK(all.mean > 0.6);
  const LearningCurve again =
      weir::measure_learning_curve(data, {.folds = 3, .seeds = 3, .threads = 3}, trainer(data));
  CHECK(again.points[2].macro_f1 == all.macro_f1);
}

TEST_CASE("groups are measured by models that have not seen them") {
  // Each capture is a place of its own and its class is drawn by lot: nothing can be learned.
  Dataset data = blurred_captures(60);
  weir::Random random(3);
  std::vector<double> place;
  std::vector<std::uint32_t> label;
  for (std::size_t capture = 0; capture < 60; ++capture) {
    place.push_back(random.uniform(0, 1e6));
    label.push_back(random.chance(0.5) ? 1 : 0);
  }
  for (std::size_t row = 0; row < data.rows(); ++row) {
    data.matrix.values[row] = static_cast<float>(place[data.group_of_row[row]]);
    data.labels[row] = label[data.group_of_row[row]];
  }
  const LearningCurve curve = weir::measure_learning_curve(data, {.seeds = 2}, trainer(data));
  CHECK(curve.points.back().mean < 0.7);
}

TEST_CASE("too few groups for a curve are refused") {
  const Dataset data = blurred_captures(7);
  CHECK_THROWS_WITH(weir::measure_learning_curve(data, {}, trainer(data)),
                    "blurred.csv: a learning curve needs 8 captures or more, and there are 7");
}

TEST_CASE("the advice follows the last doubling and its error") {
  LearningCurve curve;
  curve.points = {point({0.5, 0.5}), point({0.6, 0.6})};
  curve.last_doubling = 0.1;
  curve.last_doubling_error = 0.02;
  CHECK(weir::advice(curve) ==
        "Twice as many captures brought +0.100 (standard error 0.020): more would help");
  curve.last_doubling_error = 0.06;
  curve.groups_name = "families";
  CHECK_THAT(weir::advice(curve), Contains("within the noise"));
  curve.points.resize(1);
  CHECK_THAT(weir::advice(curve), Contains("Too few families"));
}
