// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How right a classifier is: the confusion matrix and what is computed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// How many rows of each class were taken for which class.
class ConfusionMatrix {
 public:
  ConfusionMatrix() = default;
  explicit ConfusionMatrix(std::vector<std::string> classes);

  /// Both are indexes into classes().
  void add(std::size_t actual, std::size_t predicted, std::uint64_t rows = 1);

  std::uint64_t at(std::size_t actual, std::size_t predicted) const;
  /// Rows that are of this class.
  std::uint64_t actual(std::size_t index) const;
  /// Rows that were taken for this class.
  std::uint64_t predicted(std::size_t index) const;
  std::uint64_t correct() const;
  std::uint64_t total() const;

  std::size_t size() const noexcept { return classes_.size(); }
  const std::vector<std::string>& classes() const noexcept { return classes_; }

 private:
  std::vector<std::string> classes_;
  std::vector<std::uint64_t> counts_;  // row-major: actual x predicted
};

/// Precision, recall and their harmonic mean, each 0 to 1; 0 where nothing was there to divide by.
struct Rates {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};

struct ClassScores {
  std::string name;
  Rates rates;
  std::uint64_t support = 0;  ///< rows that are of this class
};

/// What a confusion matrix says in numbers.
struct Scores {
  double accuracy = 0;
  std::vector<ClassScores> classes;  ///< in the matrix's order
  Rates macro;                       ///< mean over the classes that occur, each counting the same
  Rates weighted;                    ///< mean over the classes, weighted by support
};

/// A matrix without rows gives zeros.
Scores score(const ConfusionMatrix& matrix);

}  // namespace weir
