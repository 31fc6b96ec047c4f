// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a model's confidence is worth: is it right as often as it says, and does it know when it is
// wrong?
#pragma once

#include <cstdint>
#include <vector>

#include "weir/model/calibration.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

struct Reliability {
  std::vector<ReliabilityBin> bins;  ///< see reliability_bins()
  double ece = 0;                    ///< see calibration_error()
  /// Mean over the rows of the sum over the classes of (probability - 1 if it is the row's class
  /// else 0)^2 (Brier 1950): 0 is perfect, 2 the worst. A label that the model does not know is a
  /// class with probability 0.
  double brier = 0;
};

/// There has to be an answer.
Reliability reliability(const RowAnswers& answers);

/// What remains when the least sure answers are refused.
struct RejectionPoint {
  double coverage = 0;    ///< share of the rows that are answered
  double confidence = 0;  ///< the least of them
  double accuracy = 0;    ///< share of them that is right
};

/// At every twentieth of the rows, from the surest to all; rows of equal confidence are answered
/// together, so that points may be fewer.
std::vector<RejectionPoint> rejection_curve(const RowAnswers& answers);

}  // namespace weir
