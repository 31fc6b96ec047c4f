// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The algorithms that weir-train offers, and how rows are weighted for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "weir/model/answering.hpp"
#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/feature_selection.hpp"

namespace weir {

enum class Algorithm : std::uint8_t {
  forest,    ///< "rf": a random forest of 200 trees a class
  boosting,  ///< "gbdt": regularised gradient boosting
};

/// "rf", "gbdt".
std::string_view to_string(Algorithm algorithm) noexcept;

/// What the algorithm grows its trees with on rows of so many features; docs/models.md tells how
/// the values were found.
BoosterSettings settings_of(Algorithm algorithm, std::size_t features) noexcept;

/// How much a row counts in training.
enum class RowWeights : std::uint8_t {
  balanced,  ///< every class the same in total, within a class every group, within that every
             ///< flow
  equal,     ///< every row the same
};

/// "balanced", "none".
std::string_view to_string(RowWeights weights) noexcept;

/// All that decides what grows from the same rows.
struct Recipe {
  Algorithm algorithm = Algorithm::forest;
  BoosterSettings settings = {};
  RowWeights weights = RowWeights::balanced;
  FeatureSelection selection = {};
  /// Grow on this booster, which reads the table's features in their order and answers with the
  /// table's classes; no selection then.
  const Booster* base = nullptr;
  std::uint64_t seed = 42;
};

/// The algorithm with its own settings.
Recipe default_recipe(Algorithm algorithm, std::size_t features, std::uint64_t seed);

/// Weights that give every class the same total, within a class every group, within a group every
/// flow, and within a flow its end as much as all its provisional rows; their mean is 1.
std::vector<float> balanced_weights(const Dataset& data, std::span<const std::size_t> rows);

/// The weights of these rows.
std::vector<float> row_weights(const Dataset& data, std::span<const std::size_t> rows,
                               RowWeights weights);

/// A booster and the features that it was given.
struct Fitted {
  Booster booster;
  SelectedFeatures selected;  ///< nothing is kept where the recipe selects nothing
};

/// Selects features by these rows and trains on them. Throws Error, Interrupted.
Fitted select_and_fit(const Dataset& data, std::span<const std::size_t> rows, const Recipe& recipe);

/// The booster of select_and_fit(); it takes rows of all the table's features.
Booster fit(const Dataset& data, std::span<const std::size_t> rows, const Recipe& recipe);

/// The most probable class of each of these rows (the first of equals).
std::vector<Answer> answer(const Booster& booster, const Dataset& data,
                           std::span<const std::size_t> rows);

}  // namespace weir
