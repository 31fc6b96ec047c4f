// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Splits keep groups whole, classes on both sides, and depend on the seed only.
#include "weir/model/split.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "weir/base/random.hpp"

using weir::Split;
using weir::SplitInput;

namespace {

struct Rows {
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> groups;
  SplitInput grouped() const { return {labels, groups}; }
  SplitInput ungrouped() const { return {labels, {}}; }
};

/// Groups of very different sizes; each has one class, or two.
Rows random_rows(std::uint64_t seed, std::uint32_t groups, std::uint32_t classes) {
  weir::Random random(seed);
  Rows rows;
  for (std::uint32_t group = 0; group < groups; ++group) {
    const std::uint32_t main_class = group % classes;
    const std::uint64_t size = 1 + random.below(random.chance(0.1) ? 200 : 20);
    for (std::uint64_t i = 0; i < size; ++i) {
      const bool other = random.chance(0.2);
      rows.labels.push_back(other ? (main_class + 1) % classes : main_class);
      rows.groups.push_back(group);
    }
  }
  return rows;
}

std::set<std::uint32_t> values_at(const std::vector<std::uint32_t>& values,
                                  const std::vector<std::size_t>& rows) {
  std::set<std::uint32_t> set;
  for (const std::size_t row : rows) set.insert(values[row]);
  return set;
}

bool disjoint(const std::set<std::uint32_t>& a, const std::set<std::uint32_t>& b) {
  return std::ranges::none_of(a, [&](std::uint32_t value) { return b.contains(value); });
}

}  // namespace

TEST_CASE("no group stands on both sides, and every class does") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Rows rows = random_rows(seed, 60, 4);
    const Split split = weir::hold_out(rows.grouped(), 0.2, seed);
    REQUIRE(split.train.size() + split.test.size() == rows.labels.size());
    REQUIRE(disjoint(values_at(rows.groups, split.train), values_at(rows.groups, split.test)));
    REQUIRE(values_at(rows.labels, split.train).size() == 4);
    REQUIRE(values_at(rows.labels, split.test).size() == 4);
    const double share =
        static_cast<double>(split.test.size()) / static_cast<double>(rows.labels.size());
    CHECK(share == Approx(0.2).margin(0.08));
    CHECK(std::ranges::is_sorted(split.train));
    CHECK(std::ranges::is_sorted(split.test));
  }
}

TEST_CASE("a split depends on the seed only") {
  const Rows rows = random_rows(1, 60, 4);
  const Split a = weir::hold_out(rows.grouped(), 0.2, 5);
  CHECK(a.test == weir::hold_out(rows.grouped(), 0.2, 5).test);
  CHECK(a.test != weir::hold_out(rows.grouped(), 0.2, 6).test);
  CHECK(weir::deal_folds(rows.grouped(), 5, 3) == weir::deal_folds(rows.grouped(), 5, 3));
  CHECK(weir::deal_folds(rows.grouped(), 5, 3) != weir::deal_folds(rows.grouped(), 5, 4));
}

TEST_CASE("a class of one group is never held out") {
  // Class 0 in groups 0 and 1, class 1 in group 2 alone.
  const Rows rows{{0, 0, 0, 0, 1, 1}, {0, 0, 1, 1, 2, 2}};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Split split = weir::hold_out(rows.grouped(), 0.5, seed);
    CHECK(split.test.size() == 2);
    CHECK(values_at(rows.groups, split.train).contains(2));
  }
}

TEST_CASE("nothing is held out when every class has one group") {
  const Rows rows{{0, 0, 1, 1}, {0, 0, 1, 1}};
  CHECK(weir::hold_out(rows.grouped(), 0.5, 1).test.empty());
}

TEST_CASE("rows without groups are held out class by class") {
  Rows rows;
  rows.labels.assign(100, 0);
  rows.labels.insert(rows.labels.end(), 10, 1);
  rows.labels.insert(rows.labels.end(), 2, 2);
  rows.labels.push_back(3);
  const Split split = weir::hold_out(rows.ungrouped(), 0.2, 7);
  std::map<std::uint32_t, int> tested;
  for (const std::size_t row : split.test) ++tested[rows.labels[row]];
  CHECK(tested[0] == 20);
  CHECK(tested[1] == 2);
  CHECK(tested[2] == 1);
  CHECK(tested[3] == 0);
}

TEST_CASE("every row is in one fold, with its whole group") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Rows rows = random_rows(seed, 60, 4);
    const auto folds = weir::deal_folds(rows.grouped(), 5, seed);
    REQUIRE(folds.size() == 5);
    std::vector<int> seen(rows.labels.size());
    for (const auto& fold : folds) {
      for (const std::size_t row : fold) ++seen[row];
      const auto rest = weir::all_but(fold, rows.labels.size());
      CHECK(rest.size() + fold.size() == rows.labels.size());
      CHECK(disjoint(values_at(rows.groups, fold), values_at(rows.groups, rest)));
      CHECK(values_at(rows.labels, fold).size() == 4);
    }
    CHECK(std::ranges::count(seen, 1) == static_cast<std::ptrdiff_t>(seen.size()));
  }
}

TEST_CASE("folds of ungrouped rows have the same size and classes") {
  Rows rows;
  for (std::uint32_t i = 0; i < 103; ++i) rows.labels.push_back(i % 3);
  for (const auto& fold : weir::deal_folds(rows.ungrouped(), 5, 1)) {
    CHECK(fold.size() >= 20);
    CHECK(fold.size() <= 21);
    for (std::uint32_t label = 0; label < 3; ++label) {
      const auto count =
          std::ranges::count_if(fold, [&](std::size_t row) { return rows.labels[row] == label; });
      CHECK(count >= 6);
      CHECK(count <= 8);
    }
  }
}
