// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What models say of rows of groups that they have not seen: the ground for every choice that is
// made in training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "weir/model/calibration.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// Rows of a table, dealt to folds.
struct FoldedRows {
  std::vector<std::size_t> rows;                ///< indexes into the table, ascending
  std::vector<std::vector<std::size_t>> folds;  ///< the same indexes, each in one fold, ascending

  /// All rows but those of this fold.
  std::vector<std::size_t> training_rows(std::size_t fold) const;
};

/// Deals these rows to at most `count` folds; where the table names groups and there are two or
/// more, no group is in two folds. No folds when there is one row or group only.
FoldedRows fold_rows(const Dataset& data, std::vector<std::size_t> rows, std::size_t count,
                     std::uint64_t seed);

/// One answer to every row by a model that had not seen its fold.
struct OutOfFoldRows {
  std::vector<std::size_t> rows;      ///< indexes into the table, ascending
  std::vector<std::uint32_t> labels;  ///< per row
  std::vector<std::uint32_t> groups;  ///< per row; its own number where there are no groups
  std::vector<std::uint32_t> folds;   ///< per row, from 0
  std::vector<float> values;          ///< rows x classes
  std::size_t classes = 0;

  LabelledProbabilities probabilities() const { return {values, labels, classes}; }
  /// Without the rows that are in `left_out` (ascending).
  OutOfFoldRows without(std::span<const std::size_t> left_out) const;
};

/// Rows that wait for their answers.
OutOfFoldRows start_out_of_fold(const Dataset& data, const FoldedRows& folded);

/// Puts in what the model says of its fold.
void answer_fold(OutOfFoldRows& out, const Dataset& data, const FoldedRows& folded,
                 std::size_t fold, const Booster& booster);

/// Trains a model for each fold on the others, `threads` at a time, and asks it about the fold.
/// Throws Error, Interrupted.
OutOfFoldRows cross_validate(const Dataset& data, const FoldedRows& folded, const Recipe& recipe,
                             unsigned threads);

}  // namespace weir
