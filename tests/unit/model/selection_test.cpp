// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What training chooses by itself, it chooses by what holds out of fold.
#include "weir/model/selection.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "three_bands.hpp"

using Catch::Matchers::Contains;
using weir::Algorithm;
using weir::Dataset;
using weir::test::all_rows;
using weir::test::three_bands;

TEST_CASE("folds of some rows are of these rows, and share no group") {
  Dataset data = three_bands(1, 60);
  for (std::uint32_t row = 0; row < 60; ++row) data.group_of_row.push_back(row / 6);
  for (int group = 0; group < 10; ++group) data.groups.push_back(std::to_string(group));
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < 60; row += 2) rows.push_back(row);
  const std::vector<weir::Split> folds = weir::fold_rows(data, rows, 4, 7).parts;
  REQUIRE(folds.size() == 4);
  std::vector<std::size_t> dealt;
  std::vector<int> fold_of_group(10, -1);
  for (std::size_t fold = 0; fold < 4; ++fold) {
    for (const std::size_t row : folds[fold].test) {
      dealt.push_back(row);
      int& seen = fold_of_group[data.group_of_row[row]];
      CHECK((seen == -1 || seen == static_cast<int>(fold)));
      seen = static_cast<int>(fold);
    }
    CHECK(folds[fold].train.size() + folds[fold].test.size() == rows.size());
  }
  std::ranges::sort(dealt);
  CHECK(dealt == rows);
  const std::array<std::size_t, 6> one_group{0, 1, 2, 3, 4, 5};
  CHECK(weir::fold_rows(data, one_group, 5, 1).kind == "row");
  CHECK_FALSE(weir::fold_rows(data, one_group, 5, 1).parts.empty());
  CHECK(weir::fold_rows(data, std::array<std::size_t, 1>{0}, 5, 1).parts.empty());
}

TEST_CASE("folds without groups keep flows whole") {
  Dataset data = three_bands(1, 60);
  data.emit_at = {5};
  for (std::uint32_t row = 0; row < 60; ++row) data.flow_of_row.push_back(row / 2);
  const weir::Folds folds = weir::fold_rows(data, all_rows(data), 3, 1);
  CHECK(weir::to_string(folds) == "3 folds by flow");
  for (const weir::Split& part : folds.parts) {
    for (std::size_t i = 0; i + 1 < part.test.size(); i += 2) {
      CHECK(part.test[i] / 2 == part.test[i + 1] / 2);
    }
  }
}

TEST_CASE("folds say what they are dealt by, and test no class that was not trained") {
  Dataset data = three_bands(1, 60);
  data.group_kind = "family";
  data.groups = {"a", "b", "c"};
  for (std::size_t row = 0; row < 60; ++row) {
    // The first class is in one group only, the others are in two.
    data.group_of_row.push_back(data.labels[row] == 0 ? 0
                                                      : 1 + static_cast<std::uint32_t>(row % 2));
  }
  const weir::Folds some = weir::fold_rows(data, all_rows(data), 3, 1);
  CHECK(weir::to_string(some) == "2 folds by family");
  for (const weir::Split& part : some.parts) {
    CHECK(std::ranges::none_of(part.test, [&](std::size_t row) { return data.labels[row] == 0; }));
  }
  data.group_of_row = data.labels;
  const weir::Folds none = weir::fold_rows(data, all_rows(data), 3, 1);
  CHECK(weir::to_string(none) == "3 folds by row, as every class is in one family only,");
  CHECK(weir::count_tested(none.parts) == 60);
}

TEST_CASE("auto keeps a forest that is good enough, and says why it does not") {
  const Dataset data = three_bands(1, 300);
  const weir::Folds folds = weir::fold_rows(data, all_rows(data), 3, 1);
  weir::Recipe forest = weir::default_recipe(Algorithm::forest, 3, 1);
  forest.settings.parallel_trees = 20;
  weir::Recipe boosting = weir::default_recipe(Algorithm::boosting, 3, 1);
  const auto choose = [&](double min_accuracy) {
    return weir::choose_algorithm(data, folds, forest, boosting, min_accuracy, 1);
  };
  CHECK(choose(1.01).recipe.algorithm == Algorithm::boosting);
  CHECK_THAT(choose(1.01).reason, Contains("algorithm gbdt") && Contains("is below 1.01"));
  boosting.settings.rounds = 1;
  boosting.settings.depth = 1;
  CHECK(choose(0.5).recipe.algorithm == Algorithm::forest);
  CHECK_THAT(choose(0.5).reason, Contains("algorithm rf") && Contains("3 folds by row"));
  forest.settings.depth = 1;
  boosting = weir::default_recipe(Algorithm::boosting, 3, 1);
  CHECK_THAT(choose(0.3).reason, Contains("is below that of boosting"));
}

TEST_CASE("rounds stop where new rows stop gaining") {
  // Labels without any relation to the features: every round makes it worse.
  Dataset noise = three_bands(1, 200);
  weir::Random random(3);
  for (std::uint32_t& label : noise.labels) label = static_cast<std::uint32_t>(random.below(3));
  const weir::Recipe recipe = weir::default_recipe(Algorithm::boosting, 3, 1);
  const auto few =
      weir::choose_rounds(noise, weir::fold_rows(noise, all_rows(noise), 3, 1), recipe, 1);
  CHECK(few.recipe.settings.rounds == 10);
  CHECK_THAT(few.reason, Contains("rounds 10:"));
  const Dataset bands = three_bands(1, 300);
  const auto many =
      weir::choose_rounds(bands, weir::fold_rows(bands, all_rows(bands), 3, 1), recipe, 1);
  CHECK(many.recipe.settings.rounds > 40);
}
