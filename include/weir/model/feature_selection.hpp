// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Choosing the features that a model is given, by the rows that it is trained on and no others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"

namespace weir {

/// What makes a feature worth keeping.
enum class SelectionMethod : std::uint8_t {
  none,         ///< all features are kept
  correlation,  ///< it tells the classes apart, and no better feature says the same
  gain,         ///< the trees of a model on all features gain much by it
  permutation,  ///< a model on all features does worse when its values are shuffled
};

/// How many features to keep, and which.
struct FeatureSelection {
  SelectionMethod method = SelectionMethod::none;
  std::size_t most = 0;  ///< features to keep; there may be fewer that are worth it

  bool operator==(const FeatureSelection&) const = default;
};

/// Reads "none", "correlation:20", "gain:K", "permutation:K". Throws UsageError.
FeatureSelection parse_selection(const std::string& text);

/// The text that parse_selection() reads.
std::string to_string(const FeatureSelection& selection);

/// A kept feature, and the figure that it was kept for: the correlation ratio of its ranks and the
/// classes (0 to 1), its share of the gain, or how much the logarithmic loss grows without it.
struct KeptFeature {
  std::string feature;
  double score = 0;
};

/// What was kept, the highest score first.
struct SelectedFeatures {
  FeatureSelection by;
  std::size_t candidates = 0;
  std::vector<KeptFeature> kept;
};

/// Trains on these rows with all features.
using TrainOnAll = std::function<Booster(std::span<const std::size_t> rows)>;

/// Chooses among the features of `data` by these rows only; permutation holds out some of their
/// groups to measure on. `train` is called for gain (once) and permutation (once for each of three
/// folds). Throws Error when no feature is worth keeping, and what `train` throws.
SelectedFeatures select_features(const Dataset& data, std::span<const std::size_t> rows,
                                 const FeatureSelection& selection, const TrainOnAll& train,
                                 std::uint64_t seed);

}  // namespace weir
