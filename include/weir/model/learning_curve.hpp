// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Would more captures help? What models trained on some of the groups score on groups held out.
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

/// What models trained on so many groups score.
struct LearningPoint {
  double groups = 0;             ///< trained on, mean over the folds
  double rows = 0;               ///< trained on, mean over seeds and folds
  std::vector<double> macro_f1;  ///< over all rows, out of fold; one for each seed
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation over the seeds; 0 of one seed
};

/// Half as many groups from point to point, ascending.
struct LearningCurve {
  std::string groups_name = "captures";
  std::size_t folds = 0;
  std::vector<LearningPoint> points;
  double last_doubling = 0;  ///< what the last point is above the one before, mean over the seeds
  double last_doubling_error = 0;  ///< standard error of that
};

struct LearningCurveOptions {
  std::size_t folds = 5;
  std::size_t seeds = 3;
  std::uint64_t seed = 42;  ///< of the first; the others follow it
  unsigned threads = 0;     ///< trainings at a time; 0 = one for each core
};

/// Trains on these rows with this seed.
using TrainOnRows = std::function<Booster(std::span<const std::size_t> rows, std::uint64_t seed)>;

/// For each seed deals the groups to folds, and measures on every fold models trained on all other
/// groups, half of them, a quarter, and so on, as long as there are two for each class. A smaller
/// set is part of the larger, and classes keep their share of the groups, at least one. Costs about
/// 2 x folds x seeds trainings on all rows. Throws UsageError when the table has fewer than eight
/// groups, and what `train` throws.
LearningCurve measure_learning_curve(const Dataset& data, const LearningCurveOptions& options,
                                     const TrainOnRows& train);

/// What the curve says to someone who could label more captures; one sentence.
std::string advice(const LearningCurve& curve);

}  // namespace weir
