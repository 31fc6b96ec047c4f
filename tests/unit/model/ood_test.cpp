// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows like a class, rows like none, and values that are absent, constant or wild.
#include "weir/model/ood.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "weir/base/random.hpp"

using Catch::Detail::Approx;
using weir::FeatureMatrix;
using weir::learn_ood;
using weir::OodDetector;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

struct Rows {
  FeatureMatrix matrix{.columns = 2, .values = {}};
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> groups;

  void add(float x, float y, std::uint32_t label, std::uint32_t group) {
    matrix.values.insert(matrix.values.end(), {x, y});
    labels.push_back(label);
    groups.push_back(group);
  }
  OodDetector learn() const { return learn_ood(matrix, labels, groups, 2); }
};

/// Class 0 around (10, 10), class 1 around (1000, 1000), each in five groups.
Rows two_clouds() {
  weir::Random random(3);
  Rows rows;
  for (std::uint32_t i = 0; i < 400; ++i) {
    const double middle = i % 2 == 0 ? 10 : 1000;
    rows.add(static_cast<float>(random.normal(middle, middle / 20)),
             static_cast<float>(random.normal(middle, middle / 20)), i % 2, i % 5);
  }
  return rows;
}

double score_of(const OodDetector& detector, std::array<float, 2> row) {
  return detector.score(detector.distances(row).front());
}

}  // namespace

TEST_CASE("a row in a class is usual, one between or beyond the classes is not") {
  const OodDetector detector = two_clouds().learn();
  CHECK(score_of(detector, {10, 10}) < 0.2);
  CHECK(score_of(detector, {1000, 1000}) < 0.2);
  CHECK(score_of(detector, {100, 100}) == 1);
  CHECK(score_of(detector, {1e6F, 1e6F}) == 1);
  CHECK(score_of(detector, {10, 1000}) == 1);  // each value is usual, together they are not
}

TEST_CASE("about a twentieth of later rows of the same kind score above 0.95") {
  const OodDetector detector = two_clouds().learn();
  weir::Random random(4);
  int above = 0;
  for (int i = 0; i < 1000; ++i) {
    const double middle = i % 2 == 0 ? 10 : 1000;
    above += score_of(detector, {static_cast<float>(random.normal(middle, middle / 20)),
                                 static_cast<float>(random.normal(middle, middle / 20))}) > 0.95
                 ? 1
                 : 0;
  }
  CHECK(above > 20);
  CHECK(above < 100);
}

TEST_CASE("a group is compared with its class as it is without the group") {
  Rows rows;
  for (std::uint32_t i = 0; i < 40; ++i) rows.add(1, 1, 0, i % 4);
  for (std::uint32_t i = 0; i < 40; ++i) rows.add(100, 100, 1, 4 + i % 4);
  // A group of class 1 that lies elsewhere: a tenth of all rows.
  for (std::uint32_t i = 0; i < 10; ++i) rows.add(5000, 5000, 1, 9);
  const OodDetector detector = rows.learn();
  rows.groups.clear();
  const OodDetector without = learn_ood(rows.matrix, rows.labels, {}, 2);
  CHECK(detector.centres == without.centres);
  CHECK(detector.usual.back() > without.usual.back());
}

TEST_CASE("absent values count as the mean, constants not at all, infinity as six deviations") {
  Rows rows;
  for (std::uint32_t i = 0; i < 20; ++i) rows.add(i % 2 == 0 ? 1.0F : 3.0F, 7, i % 2, i % 4);
  const OodDetector detector = rows.learn();
  REQUIRE(detector.scales.size() == 2);
  CHECK(detector.scales[1].deviation == 0);
  // The logarithms of 2 and 4 lie one deviation on either side of their mean.
  CHECK(detector.distances(std::array{1.0F, 7.0F}).front() == Approx(0).margin(1e-6));
  CHECK(detector.distances(std::array{kAbsent, kAbsent}).front() == Approx(0.5));
  CHECK(detector.distances(std::array{1.0F, 1e9F}).front() == Approx(0).margin(1e-6));
  CHECK(detector.distances(std::array{3e38F, 7.0F}).front() == Approx(2.5));
}

TEST_CASE("a column without values, a class without rows and one group are no obstacle") {
  FeatureMatrix matrix{.columns = 2, .values = {1, kAbsent, 2, kAbsent, 3, kAbsent}};
  const OodDetector detector =
      learn_ood(matrix, std::array<std::uint32_t, 3>{0, 0, 2}, std::array<std::uint32_t, 3>{}, 3);
  CHECK(detector.centres.size() == 4);
  CHECK(detector.score(detector.distances(std::array{2.0F, 5.0F}).front()) <= 1);
}

TEST_CASE("the score is the share of training rows that were nearer") {
  OodDetector detector;
  for (int i = 0; i <= 100; ++i) detector.usual.push_back(static_cast<float>(i));
  CHECK(detector.score(-1) == 0);
  CHECK(detector.score(25) == Approx(0.25));
  CHECK(detector.score(94.5) == Approx(0.945));
  CHECK(detector.score(101) == 1);
}

TEST_CASE("the area under the ROC curve is the share of pairs in order") {
  const std::array low{1.0, 2.0, 3.0};
  CHECK(weir::area_under_roc(low, std::array{4.0}) == Approx(1));
  CHECK(weir::area_under_roc(low, std::array{2.0}) == Approx(0.5));
  CHECK(weir::area_under_roc(low, std::array{0.0, 2.5}) == Approx(1.0 / 3));
  CHECK_FALSE(weir::area_under_roc(low, {}));
}

TEST_CASE("the largest values beside the smallest leave every number finite") {
  Rows rows;
  for (std::uint32_t i = 0; i < 40; ++i) {
    rows.add(i == 0 ? std::numeric_limits<float>::max() : 1e-3F * static_cast<float>(i),
             i == 1 ? std::numeric_limits<float>::lowest()
                    : std::numeric_limits<float>::denorm_min() * static_cast<float>(i),
             i % 2, i % 4);
  }
  const OodDetector detector = rows.learn();
  for (const OodDetector::Scale& scale : detector.scales) {
    CHECK(std::isfinite(scale.mean));
    CHECK(std::isfinite(scale.deviation));
  }
  CHECK(std::ranges::all_of(detector.centres, [](float centre) { return std::isfinite(centre); }));
  CHECK(std::ranges::all_of(detector.usual, [](float usual) { return std::isfinite(usual); }));
  CHECK(std::isfinite(detector.distances(rows.matrix.row(0)).front()));
}
