// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows that a model has seen, and what it left unanswered.
#include "measured_rows.hpp"

#include <algorithm>

#include "weir/base/error.hpp"
#include "weir/feature/schema.hpp"
#include "weir/model/leakage.hpp"

namespace weir {

Measured leave_out_seen(const RowAnswers& rows, const BaselineAnswers& baselines,
                        std::vector<bool> seen, SeenRowsAre seen_rows) {
  const auto duplicates = static_cast<std::uint64_t>(std::ranges::count(seen, true));
  if (duplicates == 0 || seen_rows == SeenRowsAre::counted) return {rows, baselines, {duplicates}};
  const bool all = duplicates == rows.size();
  if (seen_rows == SeenRowsAre::measured && all) return {rows, baselines, {duplicates}};
  if (all) {
    throw Error("every row to measure on equals a training row; --keep-duplicates measures them");
  }
  seen.flip();
  RowAnswers others = keep_answers(rows, seen);
  if (seen_rows == SeenRowsAre::left_out) {
    return {std::move(others), keep_answers(baselines, seen), {duplicates, true}};
  }
  const Scores scores = score(confusion(others));
  return {rows, baselines, {duplicates, false, OtherRows{scores.accuracy, scores.macro.f1}}};
}

AnsweredRows count_answered(const RowAnswers& answers) {
  AnsweredRows counts;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool strange = answers.actual[i] >= answers.model_classes;
    ++counts.rows;
    if (strange) ++counts.strange;
    if (!answers.answers[i].known) continue;
    ++counts.answered;
    if (answers.right(i)) ++counts.right;
    if (strange) ++counts.strange_answered;
  }
  return counts;
}

void check_leakage(EvaluationReport& report, const Dataset& data,
                   const std::vector<std::string>& features) {
  report.features_alone = check_features(data, units_of_groups(data));
  for (const std::string& name : features) {
    if (is_identifier(name)) report.identifiers.push_back(name);
  }
}

}  // namespace weir
