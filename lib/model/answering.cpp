// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Calibrates, picks the most probable class, and compares it with its threshold.
#include "weir/model/answering.hpp"

#include <algorithm>

namespace weir {
namespace {

bool is_known(const Answer& answer, const AnswerRules& rules,
              std::optional<double> min_confidence) {
  if (min_confidence) return answer.confidence >= *min_confidence;
  if (rules.thresholds.empty()) return true;
  const ClassThreshold& threshold = rules.thresholds[answer.class_index];
  return threshold.confidence && answer.confidence >= *threshold.confidence;
}

}  // namespace

AnswerRules learn_rules(const LabelledProbabilities& rows, std::span<const std::uint32_t> folds,
                        std::span<const std::uint32_t> groups,
                        std::optional<CalibrationMethod> calibration, double target_precision) {
  CalibrationChoice choice = choose_calibration(rows, folds, calibration);
  AnswerRules rules{.calibration = std::move(choice.calibration),
                    .trials = std::move(choice.trials),
                    .target_precision = target_precision,
                    .thresholds = {}};
  if (target_precision > 0) {
    const std::vector<float> calibrated = cross_calibrate(rows, folds, rules.calibration.method);
    rules.thresholds =
        choose_thresholds({calibrated, rows.labels, rows.classes}, groups, target_precision);
  }
  return rules;
}

std::vector<Answer> decide(std::vector<float> probabilities, std::size_t classes,
                           const AnswerRules& rules, std::optional<double> min_confidence) {
  rules.calibration.apply(probabilities, classes);
  std::vector<Answer> answers = most_probable(probabilities, classes);
  for (Answer& answer : answers) answer.known = is_known(answer, rules, min_confidence);
  return answers;
}

std::vector<Answer> most_probable(std::span<const float> probabilities, std::size_t classes) {
  std::vector<Answer> answers;
  answers.reserve(probabilities.size() / classes);
  for (std::size_t begin = 0; begin < probabilities.size(); begin += classes) {
    const auto row = probabilities.subspan(begin, classes);
    const auto best = std::ranges::max_element(row);
    answers.push_back({static_cast<std::uint32_t>(best - row.begin()), *best});
  }
  return answers;
}

}  // namespace weir
