// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From probabilities to an answer, which may be that the model does not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/booster.hpp"
#include "weir/model/calibration.hpp"
#include "weir/model/thresholds.hpp"

namespace weir {

/// What is answered where no class is sure enough.
inline constexpr std::string_view kUnknown = "Unknown";

/// One row's answer.
struct Answer {
  std::uint32_t class_index = 0;  ///< the most probable class, known or not
  float confidence = 0;           ///< probability of that class
  bool known = true;              ///< false: the answer is kUnknown

  bool operator==(const Answer&) const = default;
};

/// What a model does with its trees' probabilities, all learnt on rows of captures that the trees
/// had not seen.
struct AnswerRules {
  Calibration calibration;
  std::vector<CalibrationTrial> trials;    ///< why that calibration; empty where none was tried
  double target_precision = 0;             ///< 0: none was asked for
  std::vector<ClassThreshold> thresholds;  ///< for the target, one a class; empty without one
  std::string group_kind = "capture";      ///< what their answers are groups of: "family", "flow"
};

/// Rules from out-of-fold predictions: see choose_calibration() and choose_thresholds(); the
/// confidences behind the thresholds are calibrated by the other folds. `target_precision` 0 sets
/// no thresholds.
AnswerRules learn_rules(const LabelledProbabilities& rows, std::span<const std::uint32_t> folds,
                        std::span<const std::uint32_t> groups,
                        std::optional<CalibrationMethod> calibration, double target_precision);

/// What is asked of answers besides a model's own rules.
struct AnswerLimits {
  std::optional<double> min_confidence = {};  ///< replaces the rules' thresholds
  /// Rows with a higher out-of-distribution score are Unknown, see OodDetector; without it none.
  std::optional<double> max_ood = {};
};

/// The answers for rows of `classes` probabilities as the trees give them. `min_confidence`
/// replaces the thresholds of the rules.
std::vector<Answer> decide(std::vector<float> probabilities, std::size_t classes,
                           const AnswerRules& rules, std::optional<double> min_confidence);

/// The most probable class, for each row of `classes` probabilities (the first of equals).
std::vector<Answer> most_probable(std::span<const float> probabilities, std::size_t classes);

}  // namespace weir
