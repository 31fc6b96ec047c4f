// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Distances between distributions, against values worked out by hand.
#include "weir/model/drift.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "weir/base/random.hpp"

using Catch::Detail::Approx;
using weir::Drift;
using weir::DriftMeter;
using weir::FeatureMatrix;
using weir::FeatureSketch;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

using Counts = std::vector<std::uint64_t>;

FeatureMatrix column(std::vector<float> values) {
  return {.columns = 1, .values = std::move(values)};
}

/// Normal values around `mean`, in a column of their own.
FeatureMatrix normal_column(std::uint64_t seed, double mean, std::size_t rows) {
  weir::Random random(seed);
  FeatureMatrix matrix{.columns = 1, .values = {}};
  for (std::size_t i = 0; i < rows; ++i) {
    matrix.values.push_back(static_cast<float>(random.normal(mean, 1)));
  }
  return matrix;
}

}  // namespace

TEST_CASE("a sketch holds the deciles and what lies between them") {
  std::vector<float> values{kAbsent, kAbsent};
  for (int i = 100; i >= 0; --i) values.push_back(static_cast<float>(i));
  const FeatureSketch sketch = weir::sketch_features(column(values)).at(0);
  CHECK(sketch.edges == std::vector<float>{0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100});
  CHECK(sketch.counts == Counts{1, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 0, 2});
}

TEST_CASE("repeated quantiles are one edge, and a feature that is never there has none") {
  const FeatureSketch constant = weir::sketch_features(column({7, 7, 7})).at(0);
  CHECK(constant.edges == std::vector<float>{7});
  CHECK(constant.counts == Counts{3, 0, 0});
  const FeatureSketch absent = weir::sketch_features(column({kAbsent, kAbsent})).at(0);
  CHECK(absent.edges.empty());
  CHECK(absent.counts == Counts{0, 2});
}

TEST_CASE("the population stability index of two bins") {
  // Half a row in each bin: 10 of 20 and 10, 15 of 20 and 5.
  const Counts even{19, 19};   // shares 1/2
  const Counts uneven{29, 9};  // shares 29.5/39, 9.5/39
  const double a = 29.5 / 39;
  const double b = 9.5 / 39;
  CHECK(weir::population_stability(even, uneven) ==
        Approx((a - 0.5) * std::log(a / 0.5) + (b - 0.5) * std::log(b / 0.5)));
  CHECK(weir::population_stability(even, even) == 0);
  CHECK(std::isfinite(weir::population_stability(Counts{9, 0}, Counts{0, 9})));
  CHECK(weir::stability_by_chance(Counts{50, 50, 0}, Counts{10, 10, 0}) ==
        Approx(1.0 / 100 + 1.0 / 20));
  CHECK(weir::stability_by_chance(Counts{5, 0}, Counts{5, 0}) == 0);
}

TEST_CASE("the statistic of Kolmogorov and Smirnov") {
  const std::array<float, 4> a{1, 2, 3, 4};
  CHECK(weir::kolmogorov_smirnov(a, a) == 0);
  // At 2 all of b is below, and half of a.
  CHECK(weir::kolmogorov_smirnov(a, std::array<float, 2>{1, 2}) == Approx(0.5));
  CHECK(weir::kolmogorov_smirnov(a, std::array<float, 2>{9, kAbsent}) == Approx(1));
  CHECK(weir::kolmogorov_smirnov(a, std::array<float, 1>{kAbsent}) == 0);
  // Ties count together: below 1 nothing, at 1 three quarters against a quarter.
  CHECK(weir::kolmogorov_smirnov(a, std::array<float, 4>{1, 1, 1, 4}) == Approx(0.5));
}

TEST_CASE("drift is seen where it is, and not where there is none") {
  const FeatureMatrix training = normal_column(1, 0, 2000);
  const auto sketches = weir::sketch_features(training);
  const std::array<std::string, 1> names{"x"};
  const auto drift_of = [&](const FeatureMatrix& rows) {
    DriftMeter meter(sketches);
    meter.add(rows.values);
    return meter.drift(names, {});
  };
  const Drift same = drift_of(normal_column(2, 0, 300));
  CHECK(same.rows == 300);
  CHECK_FALSE(same.features.at(0).is_shifted());
  CHECK(same.features.at(0).ks < 0.12);
  const Drift moved = drift_of(normal_column(3, 1.5, 300));
  CHECK(moved.features.at(0).is_shifted());
  CHECK(moved.features.at(0).ks > 0.4);
  CHECK(moved.shifted() == 1);
  CHECK(moved.is_far());
  CHECK_FALSE(drift_of(normal_column(3, 1.5, 20)).is_far());  // too few to tell
  const Drift gone = drift_of(column(std::vector<float>(300, kAbsent)));
  CHECK(gone.features.at(0).is_shifted());
}

TEST_CASE("meters add up, whatever the pieces") {
  const FeatureMatrix training = normal_column(1, 0, 500);
  const auto sketches = weir::sketch_features(training);
  const FeatureMatrix rows = normal_column(2, 0.5, 100);
  DriftMeter whole(sketches);
  whole.add(rows.values);
  DriftMeter first(sketches);
  DriftMeter second(sketches);
  first.add(std::span(rows.values).first(30));
  second.add(std::span(rows.values).subspan(30));
  first.add(second);
  CHECK(first.rows() == 100);
  CHECK(std::ranges::equal(first.counts(0), whole.counts(0)));
}

TEST_CASE("shifts between two tables come with the exact distance, the greatest first") {
  const FeatureMatrix training{.columns = 2, .values = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5}};
  FeatureMatrix a{.columns = 2, .values = {}};
  FeatureMatrix b{.columns = 2, .values = {}};
  for (int i = 0; i < 60; ++i) {
    const auto value = static_cast<float>(i % 6);
    a.values.insert(a.values.end(), {value, value});
    b.values.insert(b.values.end(), {value, value + 4});
  }
  const std::array<std::string, 2> names{"still", "moved"};
  const Drift drift = weir::drift_between(weir::sketch_features(training), a, b, names,
                                          std::vector<weir::FeatureImportance>{{"moved", 0.75}});
  REQUIRE(drift.features.size() == 2);
  CHECK(drift.features[0].feature == "moved");
  CHECK(drift.features[0].gain_share == 0.75);
  CHECK(drift.features[0].ks == Approx(4.0 / 6));
  CHECK(drift.features[1].psi == 0);
  CHECK(drift.features[1].ks == 0);
}
