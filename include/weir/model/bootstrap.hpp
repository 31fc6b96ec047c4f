// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How far figures would move with other captures: intervals by drawing whole captures anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/model/metrics.hpp"

namespace weir {

/// One row that was measured: indexes of classes, and of what must be drawn together.
struct Outcome {
  std::uint32_t actual = 0;
  std::uint32_t predicted = 0;
  std::uint32_t group = 0;
};

/// A range that covers 95 % of what was seen.
struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// Intervals of a class' rates.
struct RateIntervals {
  Interval precision = {};
  Interval recall = {};
  Interval f1 = {};
};

struct ScoreIntervals {
  Interval accuracy = {};
  Interval macro_f1 = {};
  Interval weighted_f1 = {};
  std::vector<RateIntervals> classes = {};  ///< in the order of the classes
  std::size_t groups = 0;                   ///< that were drawn from
};

/// With fewer groups there is nothing to draw from: the interval would be far too narrow.
inline constexpr std::size_t kFewestGroups = 5;

/// Percentile intervals (2.5 % to 97.5 %) of what score() gives, from 1,000 draws of as many groups
/// as there are, with replacement (Efron, Tibshirani 1993; drawn by group because rows of a group
/// are alike). A class that does not occur in a draw has no figure there, and counts in the
/// draw's macro-F1 with the one that it has overall. Empty with fewer than
/// kFewestGroups groups. The same input and seed give the same intervals.
std::optional<ScoreIntervals> bootstrap_scores(const std::vector<std::string>& classes,
                                               std::span<const Outcome> outcomes,
                                               std::uint64_t seed);

/// The value below which this share of the values lies, between neighbours in a straight line; the
/// values are put in order. There has to be one.
double quantile(std::vector<double>& values, double share);

}  // namespace weir
