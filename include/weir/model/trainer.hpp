// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The algorithms that weir-train offers, and how rows are weighted for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"

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

/// Weights that give every class the same total, within a class every group, within a group every
/// flow, and within a flow every row; their mean is 1.
std::vector<float> balanced_weights(const Dataset& data, std::span<const std::size_t> rows);

/// Trains on these rows. Throws Error, Interrupted.
Booster fit(const Dataset& data, std::span<const std::size_t> rows, Algorithm algorithm,
            std::uint64_t seed);

/// One row's answer.
struct Answer {
  std::uint32_t class_index = 0;
  float confidence = 0;  ///< probability of that class
};

/// The most probable class of each of these rows (the first of equals).
std::vector<Answer> answer(const Booster& booster, const Dataset& data,
                           std::span<const std::size_t> rows);

/// The most probable class, for each row of `classes` probabilities.
std::vector<Answer> most_probable(std::span<const float> probabilities, std::size_t classes);

}  // namespace weir
