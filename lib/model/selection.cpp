// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Cross-validated choices of algorithm and rounds.
#include "weir/model/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "weir/base/parallel.hpp"

namespace weir {
namespace {

constexpr unsigned kRoundStep = 10;

/// Log loss after each step of rounds, summed over some rows with their weights.
using LossCurve = std::vector<double>;

LossCurve losses(const Dataset& data, std::span<const std::size_t> rows, const Booster& booster,
                 const Recipe& recipe) {
  const FeatureMatrix matrix = gather(data.matrix, rows);
  const std::vector<float> weights = row_weights(data, rows, recipe.weights);
  LossCurve curve;
  for (unsigned rounds = kRoundStep; rounds <= recipe.settings.rounds; rounds += kRoundStep) {
    const std::vector<float> values = booster.predict(matrix.values, rounds);
    double loss = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      constexpr double kLeast = 1e-6;
      const double own = values[i * data.classes.size() + data.labels[rows[i]]];
      loss -= weights[i] * std::log(std::max(own, kLeast));
    }
    curve.push_back(loss);
  }
  return curve;
}

}  // namespace

RecipeChoice choose_algorithm(const Dataset& data, const Folds& folds, const Recipe& forest,
                              const Recipe& boosting, double min_accuracy, unsigned threads) {
  const auto accuracy = [&](const Recipe& recipe) {
    return score(confusion(cross_validate(data, folds.parts, recipe, threads))).accuracy;
  };
  const double of_forest = accuracy(forest);
  const double of_boosting = accuracy(boosting);
  const bool keeps = of_forest >= min_accuracy && of_forest >= of_boosting;
  const std::string why = keeps ? fmt::format("reaches {} and that of boosting", min_accuracy)
                          : of_forest < min_accuracy ? fmt::format("is below {}", min_accuracy)
                                                     : "is below that of boosting";
  return {.recipe = keeps ? forest : boosting,
          .reason = fmt::format("algorithm {}: the forest's accuracy {:.3f} over {} {} "
                                "(boosting {:.3f})",
                                to_string(keeps ? forest.algorithm : boosting.algorithm), of_forest,
                                to_string(folds), why, of_boosting)};
}

RecipeChoice choose_rounds(const Dataset& data, const Folds& folds, const Recipe& recipe,
                           unsigned threads) {
  Recipe longest = recipe;
  longest.settings.rounds = kMostRounds;
  LossCurve total(kMostRounds / kRoundStep);
  parallel_ordered(
      folds.parts.size(), threads,
      [&](std::size_t fold) {
        const Split& part = folds.parts[fold];
        return losses(data, part.test, fit(data, part.train, longest), longest);
      },
      [&](std::size_t, const LossCurve& of_fold) {
        std::ranges::transform(total, of_fold, total.begin(), std::plus{});
      });
  const auto best = std::ranges::min_element(total);
  const auto rows = static_cast<double>(count_tested(folds.parts));
  RecipeChoice choice{recipe, {}};
  choice.recipe.settings.rounds = kRoundStep * (1 + static_cast<unsigned>(best - total.begin()));
  choice.reason =
      fmt::format("rounds {}: least log loss of 10 to {} over {} ({:.3f}; {:.3f} after all)",
                  choice.recipe.settings.rounds, kMostRounds, to_string(folds), *best / rows,
                  total.back() / rows);
  return choice;
}

}  // namespace weir
