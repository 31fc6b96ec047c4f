// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Out of distribution: is a row like any class that a model was trained on?
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weir/model/dataset.hpp"

namespace weir {

/// Where the classes lie among the training rows. A value counts by its logarithm, less the mean
/// and divided by the standard deviation over all rows; a row is as far from a class as its values
/// are from the class's means, on average.
struct OodDetector {
  /// How one feature's values are put on a common scale.
  struct Scale {
    float unit = 1;       ///< values below it count in proportion, those above by their logarithm
    float mean = 0;       ///< of the logarithms
    float deviation = 0;  ///< of the logarithms; 0: all rows are equal and the feature is ignored

    bool operator==(const Scale&) const = default;
  };

  std::vector<Scale> scales;   ///< per feature
  std::vector<float> centres;  ///< classes x features, on that scale
  /// Percentiles, from the 0th to the 100th, of the distances of training rows, each from classes
  /// as they are without its own group.
  std::vector<float> usual;

  /// Mean absolute difference from the nearest class's centre, for each of the whole rows, in
  /// standard deviations; absent values count as the mean.
  std::vector<double> distances(std::span<const float> rows) const;

  /// Share of the training rows that were nearer: 0 to 1, high for what is like no class.
  double score(double distance) const;

  bool operator==(const OodDetector&) const = default;
};

/// Learns from rows of these classes (indexes below `classes`; one without rows has no centre) and
/// groups. Without two groups, rows are compared with classes that they are part of.
OodDetector learn_ood(const FeatureMatrix& matrix, std::span<const std::uint32_t> labels,
                      std::span<const std::uint32_t> groups, std::size_t classes);

/// Area under the ROC curve: how often a value of `high` is above one of `low`, ties counting half.
/// Empty where either is.
std::optional<double> area_under_roc(std::span<const double> low, std::span<const double> high);

}  // namespace weir
