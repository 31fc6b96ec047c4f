// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Choosing how a model is grown, by what comes of it on captures out of fold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weir/model/cross_validation.hpp"
#include "weir/model/metrics.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// What was chosen, and a sentence that says why.
struct RecipeChoice {
  Recipe recipe;
  std::string reason;
};

/// Forest or boosting: boosting where the forest's accuracy out of fold is below `min_accuracy` or
/// below that of boosting, else the forest. Both recipes are otherwise as given. There have to be
/// folds, here and below.
RecipeChoice choose_algorithm(const Dataset& data, const Folds& folds, const Recipe& forest,
                              const Recipe& boosting, double min_accuracy, unsigned threads);

/// The most rounds that choose_rounds() tries.
inline constexpr unsigned kMostRounds = 400;

/// The same recipe with the number of boosting rounds, a multiple of ten up to kMostRounds, that
/// has the least log loss on rows out of fold, weighted as in training: early stopping on groups
/// that were held out, with one number for all folds.
RecipeChoice choose_rounds(const Dataset& data, const Folds& folds, const Recipe& recipe,
                           unsigned threads);

}  // namespace weir
