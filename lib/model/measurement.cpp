// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Answers in, figures out.
#include "weir/model/measurement.hpp"

#include <set>

namespace weir {
namespace {

std::vector<Outcome> outcomes_of(const RowAnswers& answered, const SplitUnits& units) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(answered.size());
  for (std::size_t i = 0; i < answered.size(); ++i) {
    const std::size_t row = answered.rows[i];
    outcomes.push_back(
        {answered.actual[i], answered.answers[i].class_index,
         units.of_row.empty() ? static_cast<std::uint32_t>(row) : units.of_row[row]});
  }
  return outcomes;
}

std::uint64_t count_units(const RowAnswers& answered, const SplitUnits& units) {
  if (units.of_row.empty()) return 0;
  std::set<std::uint32_t> found;
  for (const std::size_t row : answered.rows) found.insert(units.of_row[row]);
  return found.size();
}

}  // namespace

Measurement measure(const Dataset& data, const RowAnswers& answered,
                    const BaselineAnswers& baselines, const MeasureOptions& options) {
  Measurement result{.split = options.split,
                     .by_row = options.by_row,
                     .folds = options.folds,
                     .repeats = options.repeats,
                     .group_kind = options.units->kind,
                     .groups = count_units(answered, *options.units),
                     .matrix = confusion(answered)};
  result.scores = score(result.matrix);
  result.intervals =
      bootstrap_scores(answered.classes, outcomes_of(answered, *options.units), options.seed);
  result.baselines = score_baselines(answered, baselines);
  result.reliability = reliability(answered);
  result.rejection = rejection_curve(answered);
  result.byte_accuracy = byte_accuracy(data, answered);
  result.by_packets = figures_by_packets(data, answered);
  result.mistakes = worst_mistakes(data, answered);
  result.priorities =
      priority_figures(data, answered, options.priorities ? *options.priorities : Priorities{});
  return result;
}

}  // namespace weir
