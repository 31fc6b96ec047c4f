// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Bins of confidence, and answers in the order of it.
#include "weir/model/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace weir {
namespace {

constexpr std::size_t kPoints = 20;

double squared_error(const RowAnswers& answers, std::size_t index) {
  double sum = answers.actual[index] >= answers.model_classes ? 1 : 0;
  const auto probabilities = answers.probabilities_of(index);
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    const double truth = c == answers.actual[index] ? 1 : 0;
    sum += (double{probabilities[c]} - truth) * (double{probabilities[c]} - truth);
  }
  return sum;
}

}  // namespace

Reliability reliability(const RowAnswers& answers) {
  Reliability result;
  std::vector<JudgedAnswer> judged;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    judged.push_back({answers.answers[i].confidence, answers.right(i)});
    result.brier += squared_error(answers, i);
  }
  result.brier /= static_cast<double>(answers.size());
  result.bins = reliability_bins(judged);
  result.ece = calibration_error(result.bins);
  return result;
}

std::vector<RejectionPoint> rejection_curve(const RowAnswers& answers) {
  std::vector<std::size_t> order(answers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto confidence = [&](std::size_t i) { return answers.answers[order[i]].confidence; };
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](std::size_t i) { return answers.answers[i].confidence; });
  std::vector<RejectionPoint> points;
  std::size_t answered = 0;
  std::uint64_t right = 0;
  for (std::size_t point = 1; point <= kPoints; ++point) {
    const std::size_t wanted = (point * order.size() + kPoints - 1) / kPoints;
    if (wanted <= answered) continue;
    while (answered < order.size() &&
           (answered < wanted || confidence(answered) == confidence(answered - 1))) {
      right += answers.right(order[answered]) ? 1 : 0;
      ++answered;
    }
    points.push_back({.coverage = static_cast<double>(answered) / static_cast<double>(order.size()),
                      .confidence = confidence(answered - 1),
                      .accuracy = static_cast<double>(right) / static_cast<double>(answered)});
  }
  return points;
}

}  // namespace weir
