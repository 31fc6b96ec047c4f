// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows that equal a training row leave every figure of a training alike.
#include "compared_trial.hpp"

#include <algorithm>
#include <optional>

#include "weir/model/leakage.hpp"
#include "weir/model/measurement.hpp"
#include "weir/model/metrics.hpp"

namespace weir {
namespace {

SeenRowsAre seen_rows_are(const Dataset& data, const TrainingOptions& options) {
  if (!duplicates_leak(data)) return SeenRowsAre::counted;
  return options.keep_duplicates ? SeenRowsAre::measured : SeenRowsAre::left_out;
}

/// Empty where all rows are left out.
std::optional<OtherSplit> in_short(const ComparedTrial& other, const Dataset& data,
                                   const TrainingOptions& options) {
  std::vector<bool> kept = left_out_rows(other, data, options);
  kept.flip();
  if (std::ranges::find(kept, true) == kept.end()) return std::nullopt;
  const Scores scores = score(confusion(keep_answers(other.answers.rows(), kept)));
  return OtherSplit{.split = other.trial.split,
                    .by_row = other.trial.by_row,
                    .accuracy = scores.accuracy,
                    .macro_f1 = scores.macro.f1};
}

}  // namespace

std::vector<bool> left_out_rows(const ComparedTrial& compared, const Dataset& data,
                                const TrainingOptions& options) {
  if (seen_rows_are(data, options) == SeenRowsAre::left_out) return compared.answers.seen();
  return std::vector<bool>(compared.answers.rows().size());
}

Measured measured_rows(const ComparedTrial& compared, const Dataset& data,
                       const TrainingOptions& options) {
  const TrialAnswers& answers = compared.answers;
  return leave_out_seen(answers.rows(), answers.baselines(), answers.seen(),
                        seen_rows_are(data, options));
}

Measurement measure_compared(const ComparedTrial& compared, const Measured& measured,
                             const Dataset& data, const TrainingOptions& options) {
  const Trial& trial = compared.trial;
  // Rows of a capture are alike, whether or not the split took them apart.
  const SplitUnits drawn = trial.by_host ? trial.units : units_of_groups(data);
  Measurement result = measure(data, measured.rows, measured.baselines,
                               {.split = trial.split,
                                .by_row = trial.by_row,
                                .folds = trial.folds,
                                .repeats = trial.repeats,
                                .units = &drawn,
                                .seed = options.split.seed,
                                .priorities = &options.priorities});
  result.duplicates = measured.duplicates;
  if (compared.other) result.other_split = in_short(*compared.other, data, options);
  return result;
}

AnswerRules learn_rules(const ComparedTrial& folds, const Dataset& data,
                        const TrainingOptions& options, std::span<const std::size_t> without) {
  const RowAnswers& all = folds.answers.rows();
  std::vector<bool> keep = left_out_rows(folds, data, options);
  keep.flip();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.part[i] >= folds.trial.folds || std::ranges::binary_search(without, all.rows[i])) {
      keep[i] = false;
    }
  }
  const RowAnswers rows = keep_answers(all, keep);
  const SplitUnits groups = data.groups.empty() ? units_of_rows(data) : units_of_groups(data);
  std::vector<std::uint32_t> group;
  for (const std::size_t row : rows.rows) {
    group.push_back(groups.of_row.empty() ? static_cast<std::uint32_t>(row) : groups.of_row[row]);
  }
  AnswerRules rules =
      weir::learn_rules({rows.probabilities, rows.actual, rows.model_classes}, rows.part, group,
                        options.calibration, options.target_precision);
  rules.group_kind = groups.kind;
  return rules;
}

}  // namespace weir
