// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A search is the same however often it is stopped, and does not fall for luck.
#include "weir/model/search.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "temporary_folder.hpp"
#include "three_bands.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::Algorithm;
using weir::BoosterSettings;
using weir::Recipe;
using weir::SearchKind;
using weir::SearchTrial;
using weir::test::all_rows;
using weir::test::three_bands;

namespace {

Recipe quick_boosting() {
  Recipe recipe = weir::default_recipe(Algorithm::boosting, 3, 5);
  recipe.settings.rounds = 10;
  return recipe;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a longer search continues a shorter one, and starts with the default") {
  for (const SearchKind kind : {SearchKind::grid, SearchKind::random}) {
    for (const Algorithm algorithm : {Algorithm::forest, Algorithm::boosting}) {
      const Recipe recipe = weir::default_recipe(algorithm, 9, 1);
      const auto few = weir::search_plan(recipe, kind, 5);
      const auto many = weir::search_plan(recipe, kind, 12);
      REQUIRE(few.size() == 5);
      REQUIRE(many.size() == 12);
      CHECK(many.front() == recipe.settings);
      CHECK(std::equal(few.begin(), few.end(), many.begin()));
      CHECK_FALSE(many[1] == many[2]);
      for (const BoosterSettings& settings : many) {
        if (algorithm == Algorithm::forest) CHECK(settings.rounds == 1);
        CHECK(settings.row_share > 0);
        CHECK(settings.row_share <= 1);
      }
      Recipe other = recipe;
      other.seed = 2;
      CHECK_FALSE(weir::search_plan(other, kind, 5)[1] == few[1]);
    }
  }
  // Depths x shares of rows x leaf weights; the default forest is not among them.
  const Recipe forest = weir::default_recipe(Algorithm::forest, 9, 1);
  CHECK(weir::search_plan(forest, SearchKind::grid, 1000).size() == 1 + 4 * 3 * 3);
}

TEST_CASE("the default stays unless another is better by more than one standard error") {
  const BoosterSettings any;
  // Better by 0.04 in the mean, by 0.3 and -0.22 in the folds: luck.
  const std::vector<SearchTrial> luck{{any, 0.70, {0.7, 0.7}}, {any, 0.74, {1.0, 0.48}}};
  CHECK(weir::best_trial(luck) == 0);
  const std::vector<SearchTrial> gain{
      {any, 0.70, {0.7, 0.7}}, {any, 0.74, {0.75, 0.73}}, {any, 0.72, {0.72, 0.72}}};
  CHECK(weir::best_trial(gain) == 1);
}

TEST_CASE("a search goes on from its state, and ends as if it had never stopped") {
  const weir::test::TemporaryFolder folder;
  const weir::Dataset data = three_bands(1, 150);
  const auto folds = weir::fold_rows(data, all_rows(data), 3, 1).parts;
  const auto search = [&](const char* state, std::size_t budget) {
    return weir::search_settings(data, folds, quick_boosting(),
                                 {.budget = budget, .state = folder.path(state)}, 1);
  };
  std::size_t trials = 0;
  search("stopped.json", 2);
  const auto resumed = weir::search_settings(data, folds, quick_boosting(),
                                             {.budget = 4,
                                              .state = folder.path("stopped.json"),
                                              .on_trial = [&](std::size_t) { ++trials; }},
                                             1);
  CHECK(trials == 2);
  const auto whole = search("whole.json", 4);
  CHECK(resumed.recipe.settings == whole.recipe.settings);
  CHECK(resumed.reason == whole.reason);
  CHECK(content(folder.path("stopped.json")) == content(folder.path("whole.json")));
}

TEST_CASE("the state of another search is refused") {
  const weir::test::TemporaryFolder folder;
  const weir::Dataset data = three_bands(1, 60);
  const auto folds = weir::fold_rows(data, all_rows(data), 3, 1).parts;
  const std::string state = folder.path("state.json");
  Recipe recipe = quick_boosting();
  weir::search_settings(data, folds, recipe, {.budget = 1, .state = state}, 1);
  recipe.seed = 6;
  CHECK_THROWS_WITH(weir::search_settings(data, folds, recipe, {.budget = 1, .state = state}, 1),
                    Contains("another search, of seed 5, here 6"));
  // Another seed deals other rows, too: they are not what is told.
  const auto others = weir::fold_rows(data, all_rows(data), 2, 6).parts;
  CHECK_THROWS_WITH(weir::search_settings(data, others, recipe, {.budget = 1, .state = state}, 1),
                    Contains("another search, of seed 5, here 6"));
  folder.file("state.json", "{}");
  CHECK_THROWS_WITH(weir::search_settings(data, folds, recipe, {.budget = 1, .state = state}, 1),
                    Contains("not the state of a search: key 'search' not found; remove it"));
}
