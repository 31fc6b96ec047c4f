// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Intervals come from captures, not from rows.
#include "weir/model/bootstrap.hpp"

#include <catch2/catch.hpp>

using weir::bootstrap_scores;
using weir::Outcome;

namespace {

const std::vector<std::string> kClasses{"a", "b"};

/// Groups of `rows` rows each of class a; those of the first `right` groups are right.
std::vector<Outcome> groups_of(std::uint32_t groups, std::uint32_t right, std::size_t rows) {
  std::vector<Outcome> outcomes;
  for (std::uint32_t group = 0; group < groups; ++group) {
    for (std::size_t row = 0; row < rows; ++row) {
      outcomes.push_back({0, group < right ? 0U : 1U, group});
    }
  }
  return outcomes;
}

}  // namespace

TEST_CASE("a quantile lies between its neighbours") {
  std::vector<double> values{4, 1, 3, 2};
  CHECK(weir::quantile(values, 0) == 1);
  CHECK(weir::quantile(values, 1) == 4);
  CHECK(weir::quantile(values, 0.5) == 2.5);
  std::vector<double> one{7};
  CHECK(weir::quantile(one, 0.3) == 7);
}

TEST_CASE("more rows of the same groups do not narrow an interval") {
  const auto few = bootstrap_scores(kClasses, groups_of(20, 10, 1), 1);
  const auto many = bootstrap_scores(kClasses, groups_of(20, 10, 100), 1);
  REQUIRE(few);
  REQUIRE(many);
  CHECK(few->accuracy == many->accuracy);
  CHECK(few->groups == 20);
  // Of a binomial with n = 20, p = 1/2: 0.5 -+ 1.96 sqrt(0.25 / 20) = 0.281 to 0.719.
  CHECK(few->accuracy.low == Approx(0.281).margin(0.035));
  CHECK(few->accuracy.high == Approx(0.719).margin(0.035));
}

TEST_CASE("more groups narrow an interval") {
  const auto few = bootstrap_scores(kClasses, groups_of(10, 5, 3), 1);
  const auto many = bootstrap_scores(kClasses, groups_of(1000, 500, 3), 1);
  REQUIRE(few);
  REQUIRE(many);
  CHECK(many->accuracy.high - many->accuracy.low < (few->accuracy.high - few->accuracy.low) / 5);
}

TEST_CASE("intervals depend on the seed only, and need five groups") {
  const std::vector<Outcome> outcomes = groups_of(12, 7, 2);
  CHECK(bootstrap_scores(kClasses, outcomes, 3)->accuracy ==
        bootstrap_scores(kClasses, outcomes, 3)->accuracy);
  CHECK_FALSE(bootstrap_scores(kClasses, groups_of(4, 2, 50), 1));
  CHECK(bootstrap_scores(kClasses, groups_of(5, 2, 1), 1));
}

TEST_CASE("a class in one group does not lift the macro average when it is not drawn") {
  // Class a is always right in 30 groups; class b is always wrong, and in one group only.
  std::vector<Outcome> outcomes = groups_of(30, 30, 4);
  outcomes.push_back({1, 0, 30});
  const auto intervals = bootstrap_scores(kClasses, outcomes, 1);
  REQUIRE(intervals);
  CHECK(intervals->macro_f1.high <= 0.5);
  CHECK(intervals->classes[1].f1.high == 0);
  CHECK(intervals->accuracy.high == 1);
}
