// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A trial beside another choice of rows: what is measured of both, and learnt from the answers.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "measured_rows.hpp"
#include "weir/model/training.hpp"
#include "weir/model/trial.hpp"

namespace weir {

/// A trial, what its models say, and another choice of rows to show beside it.
struct ComparedTrial {
  ComparedTrial(const Dataset& data, Trial chosen)
      : trial(std::move(chosen)), answers(data, trial) {}
  ComparedTrial(const ComparedTrial&) = delete;
  ComparedTrial& operator=(const ComparedTrial&) = delete;

  Trial trial;
  TrialAnswers answers;
  std::unique_ptr<ComparedTrial> other = nullptr;
};

/// For each answer, whether it is left out of all that is measured and learnt: its row equals a
/// training row, and equal rows are a leak that nobody asked to keep.
std::vector<bool> left_out_rows(const ComparedTrial& compared, const Dataset& data,
                                const TrainingOptions& options);

/// The others. Throws Error when there are none.
Measured measured_rows(const ComparedTrial& compared, const Dataset& data,
                       const TrainingOptions& options);

/// The figures of these rows, and of the other choice beside them.
Measurement measure_compared(const ComparedTrial& compared, const Measured& measured,
                             const Dataset& data, const TrainingOptions& options);

/// Rules learnt from the first repeat's answers out of fold, without those that are left out and
/// the rows `without` (ascending).
AnswerRules learn_rules(const ComparedTrial& folds, const Dataset& data,
                        const TrainingOptions& options, std::span<const std::size_t> without);

}  // namespace weir
