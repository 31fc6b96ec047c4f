// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The lowest confidence at which a class keeps its promise.
#include "weir/model/thresholds.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace weir {
namespace {

struct HeldOutAnswer {
  float confidence;
  bool right;
  std::uint32_t group;
};

/// The answers to the rows by the class that was answered, the surest first.
std::vector<std::vector<HeldOutAnswer>> answers_by_class(const LabelledProbabilities& rows,
                                                         std::span<const std::uint32_t> groups) {
  std::vector<std::vector<HeldOutAnswer>> answers(rows.classes);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> row = rows.row(i);
    const auto best = std::ranges::max_element(row);
    const auto answer = static_cast<std::size_t>(best - row.begin());
    answers[answer].push_back({*best, answer == rows.labels[i], groups[i]});
  }
  for (auto& of_class : answers) {
    std::ranges::stable_sort(of_class, std::ranges::greater{}, &HeldOutAnswer::confidence);
  }
  return answers;
}

/// The precision of answers that are added one by one.
class RunningPrecision {
 public:
  void add(const HeldOutAnswer& answer) {
    ++answers_;
    right_ += answer.right ? 1 : 0;
    std::uint64_t& rows = rows_of_group_[answer.group];
    squares_ += static_cast<double>(2 * rows + 1);  // (n + 1)^2 - n^2
    ++rows;
  }

  ClassThreshold at(std::optional<double> confidence) const {
    const auto answers = static_cast<double>(answers_);
    const double precision = answers_ == 0 ? 0 : static_cast<double>(right_) / answers;
    const double independent = answers_ == 0 ? 0 : answers * answers / squares_;
    return {.confidence = confidence,
            .precision = precision,
            .lower_bound = precision_bound(precision * independent, independent),
            .answers = answers_,
            .groups = rows_of_group_.size()};
  }

 private:
  std::uint64_t answers_ = 0;
  std::uint64_t right_ = 0;
  double squares_ = 0;
  std::map<std::uint32_t, std::uint64_t> rows_of_group_;
};

ClassThreshold choose_threshold(std::span<const HeldOutAnswer> answers, double target) {
  RunningPrecision running;
  std::optional<ClassThreshold> lowest;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    running.add(answers[i]);
    // Answers with the same confidence pass together.
    if (i + 1 < answers.size() && answers[i + 1].confidence == answers[i].confidence) continue;
    const ClassThreshold candidate = running.at(answers[i].confidence);
    if (candidate.lower_bound >= target) lowest = candidate;
  }
  return lowest.value_or(running.at(std::nullopt));
}

}  // namespace

double precision_bound(double right, double answers) {
  constexpr double kZ = 0.8416;  // of the normal distribution, 80 % below
  if (answers <= 0) return 0;
  const double share = right / answers;
  const double square = kZ * kZ / answers;
  const double centre = share + square / 2;
  const double spread = std::sqrt(square * (share * (1 - share) + square / 4));
  return std::max(0.0, (centre - spread) / (1 + square));
}

std::vector<ClassThreshold> choose_thresholds(const LabelledProbabilities& rows,
                                              std::span<const std::uint32_t> groups,
                                              double target) {
  std::vector<ClassThreshold> thresholds;
  for (const auto& answers : answers_by_class(rows, groups)) {
    thresholds.push_back(choose_threshold(answers, target));
  }
  return thresholds;
}

}  // namespace weir
