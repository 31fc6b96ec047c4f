// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Accuracy, precision, recall and F1 from a confusion matrix.
#include "weir/model/metrics.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

void add_weighted(Rates& sum, const Rates& rates, double weight) {
  sum.precision += weight * rates.precision;
  sum.recall += weight * rates.recall;
  sum.f1 += weight * rates.f1;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::vector<std::string> classes)
    : classes_(std::move(classes)), counts_(classes_.size() * classes_.size()) {}

void ConfusionMatrix::add(std::size_t actual, std::size_t predicted, std::uint64_t rows) {
  counts_.at(actual * size() + predicted) += rows;
}

std::uint64_t ConfusionMatrix::at(std::size_t actual, std::size_t predicted) const {
  return counts_.at(actual * size() + predicted);
}

std::uint64_t ConfusionMatrix::actual(std::size_t index) const {
  std::uint64_t sum = 0;
  for (std::size_t other = 0; other < size(); ++other) sum += at(index, other);
  return sum;
}

std::uint64_t ConfusionMatrix::predicted(std::size_t index) const {
  std::uint64_t sum = 0;
  for (std::size_t other = 0; other < size(); ++other) sum += at(other, index);
  return sum;
}

std::uint64_t ConfusionMatrix::correct() const {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < size(); ++index) sum += at(index, index);
  return sum;
}

std::uint64_t ConfusionMatrix::total() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counts_) sum += count;
  return sum;
}

Scores score(const ConfusionMatrix& matrix) {
  Scores scores;
  scores.accuracy = ratio(matrix.correct(), matrix.total());
  std::uint64_t occurring = 0;
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    if (matrix.actual(index) > 0) ++occurring;
  }
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    const std::uint64_t right = matrix.at(index, index);
    const std::uint64_t support = matrix.actual(index);
    const std::uint64_t answers = matrix.predicted(index);
    const Rates rates{.precision = ratio(right, answers),
                      .recall = ratio(right, support),
                      .f1 = ratio(2 * right, answers + support)};
    scores.classes.push_back({matrix.classes()[index], rates, support});
    if (support > 0) add_weighted(scores.macro, rates, ratio(1, occurring));
    add_weighted(scores.weighted, rates, ratio(support, matrix.total()));
  }
  return scores;
}

}  // namespace weir
