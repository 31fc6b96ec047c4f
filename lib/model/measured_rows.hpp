// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a training and an evaluation do alike: leave out rows that a model has seen, count what it
// left unanswered, look for leaks.
#pragma once

#include <string>
#include <vector>

#include "weir/model/baselines.hpp"
#include "weir/model/measurement.hpp"
#include "weir/model/report.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

/// The answers that are measured.
struct Measured {
  RowAnswers rows;
  BaselineAnswers baselines;
  Duplicates duplicates;
};

/// What is done with rows that equal a training row.
enum class SeenRowsAre : std::uint8_t {
  left_out,
  measured,  ///< figures of the others are kept beside
  counted,   ///< no more than that: they are equal by chance
};

/// `seen` says which rows equal a training row; empty where that is not known. Throws Error when
/// all would be left out.
Measured leave_out_seen(const RowAnswers& rows, const BaselineAnswers& baselines,
                        std::vector<bool> seen, SeenRowsAre seen_rows);

/// Counts what was left unanswered.
AnsweredRows count_answered(const RowAnswers& answers);

/// What single features tell, and which of the model's are identifiers.
void check_leakage(EvaluationReport& report, const Dataset& data,
                   const std::vector<std::string>& features);

}  // namespace weir
