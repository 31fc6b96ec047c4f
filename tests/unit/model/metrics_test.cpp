// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Metrics against figures worked out by hand.
#include "weir/model/metrics.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <stdexcept>

using weir::ConfusionMatrix;

namespace {

/// actual a: 5 right, 1 as b; actual b: 2 as a, 3 right, 1 as c; actual c: 4 as a.
ConfusionMatrix example() {
  ConfusionMatrix matrix({"a", "b", "c"});
  matrix.add(0, 0, 5);
  matrix.add(0, 1, 1);
  matrix.add(1, 0, 2);
  matrix.add(1, 1, 3);
  matrix.add(1, 2, 1);
  matrix.add(2, 0, 4);
  return matrix;
}

}  // namespace

TEST_CASE("sums over a confusion matrix") {
  const ConfusionMatrix matrix = example();
  CHECK(matrix.total() == 16);
  CHECK(matrix.correct() == 8);
  CHECK(matrix.actual(0) == 6);
  CHECK(matrix.actual(2) == 4);
  CHECK(matrix.predicted(0) == 11);
  CHECK(matrix.predicted(2) == 1);
  CHECK_THROWS_AS(ConfusionMatrix({"a"}).add(0, 1), std::out_of_range);
}

TEST_CASE("precision, recall and F1 are those worked out by hand") {
  const weir::Scores scores = score(example());
  CHECK(scores.accuracy == Approx(0.5));
  REQUIRE(scores.classes.size() == 3);
  CHECK(scores.classes[0].rates.precision == Approx(5.0 / 11));
  CHECK(scores.classes[0].rates.recall == Approx(5.0 / 6));
  CHECK(scores.classes[0].rates.f1 == Approx(10.0 / 17));
  CHECK(scores.classes[1].rates.f1 == Approx(6.0 / 10));
  CHECK(scores.classes[2].rates.precision == 0);
  CHECK(scores.classes[2].rates.f1 == 0);
  CHECK(scores.classes[2].support == 4);
  CHECK(scores.macro.f1 == Approx((10.0 / 17 + 0.6) / 3));
  CHECK(scores.weighted.f1 == Approx((6 * 10.0 / 17 + 6 * 0.6) / 16));
  CHECK(scores.weighted.recall == Approx(scores.accuracy));
}

TEST_CASE("a class without rows does not count in the macro average") {
  ConfusionMatrix matrix({"a", "b", "absent"});
  matrix.add(0, 0, 3);
  matrix.add(1, 1, 2);
  matrix.add(1, 2, 2);
  const weir::Scores scores = score(matrix);
  CHECK(scores.macro.recall == Approx((1.0 + 0.5) / 2));
  CHECK(scores.classes[2].rates.precision == 0);
}

TEST_CASE("an empty matrix scores zero") {
  const weir::Scores scores = score(ConfusionMatrix({"a", "b"}));
  CHECK(scores.accuracy == 0);
  CHECK(scores.macro.f1 == 0);
}
