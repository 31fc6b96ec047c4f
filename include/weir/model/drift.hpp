// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How far rows are from the ones that a model was trained on, feature by feature.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"

namespace weir {

/// How the values of one feature lay in the training rows: least, deciles and greatest, without
/// repetitions, and how many rows lay between them.
struct FeatureSketch {
  std::vector<float> edges;           ///< ascending; none where every row lacks the feature
  std::vector<std::uint64_t> counts;  ///< up to and with each edge, beyond the last, absent

  bool operator==(const FeatureSketch&) const = default;
};

/// A sketch of every column.
std::vector<FeatureSketch> sketch_features(const FeatureMatrix& matrix);

/// Population stability index of two histograms with the same bins: the sum over the bins of
/// (b - a) ln(b / a), where a and b are shares; half a row is added to each bin, so that none is
/// empty.
double population_stability(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

/// What population_stability() of two samples of one distribution is on average: bins - 1 (those
/// that are empty in both do not count) times (1/rows + 1/rows).
double stability_by_chance(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

/// Kolmogorov and Smirnov's statistic of two samples: the greatest distance between their
/// cumulative shares. NaNs are left out; 0 where a sample has nothing else.
double kolmogorov_smirnov(std::span<const float> a, std::span<const float> b);

/// A feature's shift between two sets of rows.
struct FeatureShift {
  std::string feature;
  double psi = 0;         ///< over the training rows' bins
  double by_chance = 0;   ///< what it would be without a shift
  double ks = 0;          ///< against training rows, at the edges of the bins only
  double gain_share = 0;  ///< of the model's splits

  /// The usual reading of a PSI: above 0.25 is another population.
  bool is_shifted() const { return psi > 0.25 + by_chance; }
};

/// Shifts of all features, the greatest PSI first.
struct Drift {
  std::uint64_t rows = 0;
  std::vector<FeatureShift> features;

  /// How many features are shifted.
  std::size_t shifted() const;
  /// True where there are enough rows to tell, and most features are shifted.
  bool is_far() const;
};

/// Counts rows into the bins of a model's sketches: bounded memory, however many rows come.
class DriftMeter {
 public:
  /// The sketches have to outlive it.
  explicit DriftMeter(std::span<const FeatureSketch> sketches);
  /// Counts nothing.
  DriftMeter() = default;

  /// Whole rows, a value for each sketch.
  void add(std::span<const float> rows);
  /// What a meter of the same sketches has counted.
  void add(const DriftMeter& other);

  std::uint64_t rows() const noexcept { return rows_; }
  /// The counts of a feature, in the order of FeatureSketch::counts.
  std::span<const std::uint64_t> counts(std::size_t feature) const;

  /// From the training rows to the rows counted.
  Drift drift(std::span<const std::string> features,
              std::span<const FeatureImportance> importance) const;

 private:
  std::span<const FeatureSketch> sketches_;
  std::vector<std::vector<std::uint64_t>> counts_;
  std::uint64_t rows_ = 0;
};

/// From rows `a` to rows `b`, binned as in training.
Drift drift_between(std::span<const FeatureSketch> sketches, const FeatureMatrix& a,
                    const FeatureMatrix& b, std::span<const std::string> features,
                    std::span<const FeatureImportance> importance);

}  // namespace weir
