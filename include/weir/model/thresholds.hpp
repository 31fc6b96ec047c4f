// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How sure a model has to be before it answers, class by class, for a precision that was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "weir/model/calibration.hpp"

namespace weir {

/// What a class has to reach to be answered.
struct ClassThreshold {
  /// The least confidence; without one the class is never answered: no confidence was seen to
  /// bring the precision that was asked for.
  std::optional<double> confidence = 0;
  double precision = 0;       ///< of the held-out answers that reach it; of all, without one
  double lower_bound = 0;     ///< of that precision, see precision_bound()
  std::uint64_t answers = 0;  ///< held-out rows behind it
  std::uint64_t groups = 0;   ///< of so many groups

  bool operator==(const ClassThreshold&) const = default;
};

/// The lower end of Wilson's interval for `right` of `answers` (1927), one-sided at 80 %; 0 where
/// there are no answers. Both may be fractions: rows of one group count as fewer.
double precision_bound(double right, double answers);

/// For each class the lowest threshold at which the held-out answers have a precision whose
/// precision_bound() is `target` or more. Rows of one group are alike, so as many rows count as
/// make the same mean with independent ones: (sum of n)^2 / sum of n^2 over the groups' rows n
/// (Kish 1965). `groups` has an index for each row.
std::vector<ClassThreshold> choose_thresholds(const LabelledProbabilities& rows,
                                              std::span<const std::uint32_t> groups, double target);

}  // namespace weir
