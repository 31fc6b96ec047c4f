// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Asking a model about other tables, and what its file says of the rows it was trained on.
#include "weir/model/evaluation.hpp"

#include <fmt/format.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "measured_rows.hpp"
#include "weir/base/error.hpp"
#include "weir/model/baselines.hpp"
#include "weir/model/leakage.hpp"
#include "weir/model/measurement.hpp"
#include "weir/model/split.hpp"

namespace weir {
namespace {

std::vector<std::size_t> all_rows(const Dataset& data) {
  return all_but({}, data.rows());
}

/// The trivial classifiers that a model's file holds.
BaselineAnswers answer_baselines(const Manifest& manifest, const Dataset& data) {
  BaselineAnswers answers;
  const std::uint32_t majority = majority_class(manifest.training_rows_of_class);
  answers.majority.assign(data.rows(), majority);
  if (manifest.ports.empty() || data.identities.empty()) return answers;
  const PortTable table(manifest.ports, majority);
  for (const RowIdentity& row : data.identities) answers.ports.push_back(table.answer(row));
  return answers;
}

/// Nothing where the model does not know.
std::vector<bool> rows_seen(const Manifest& manifest, const Dataset& data) {
  std::vector<bool> seen;
  if (manifest.seen_rows.empty()) return seen;
  for (const std::uint64_t hash : row_hashes(data.matrix)) {
    seen.push_back(manifest.seen_rows.contains(hash));
  }
  return seen;
}

/// What the rows a model was trained on say of those to measure.
struct FromTraining {
  BaselineAnswers baselines;
  std::vector<bool> seen;
  SeenRowsAre seen_rows = SeenRowsAre::counted;
};

void warn_of_unknown_labels(EvaluationReport& report, const RowAnswers& answered) {
  if (report.unknown_label_rows == 0) return;
  const auto known = answered.classes.begin() + static_cast<std::ptrdiff_t>(answered.model_classes);
  report.warnings.push_back(
      fmt::format("{} rows have a label that the model does not know ({}): counted as wrong",
                  report.unknown_label_rows, fmt::join(known, answered.classes.end(), ", ")));
}

void warn_of_unknown_categories(EvaluationReport& report, const Dataset& data) {
  constexpr std::size_t kShown = 5;
  for (const UnknownCategories& unknown : data.unknown_categories) {
    const std::span<const std::string> words(unknown.values);
    report.warnings.push_back(fmt::format(
        "column '{}': {} rows hold {} words that the model was not trained on ({}{}): they are "
        "none of those it knows",
        unknown.column, unknown.rows, words.size(),
        fmt::join(words.first(std::min(kShown, words.size())), ", "),
        words.size() > kShown ? ", ..." : ""));
  }
}

EvaluationReport evaluate(const Model& model, const Dataset& data, const EvaluationOptions& options,
                          const FromTraining& from_training, const std::string& rows_measured) {
  const Manifest& manifest = model.manifest;
  EvaluationReport report;
  report.title = "Evaluation";
  report.algorithm = manifest.algorithm;
  report.features = manifest.features.size();
  report.training_rows = manifest.training_rows;
  report.data = data.files;
  report.left_out = data.left_out;
  report.importance = model.booster.importance();
  report.rules = manifest.rules;
  report.rules.trials.clear();  // they are of the training rows

  RowAnswers answered = start_answers(data, manifest.classes);
  add_answers(answered, data, all_rows(data), model.booster);
  decide(answered, manifest.rules, options.limits.min_confidence);
  Measured measured = leave_out_seen(answered, from_training.baselines, from_training.seen,
                                     from_training.seen_rows);
  report.ood = judge_ood(manifest.ood, data.matrix, measured.rows, options.limits.max_ood);
  const SplitUnits units = units_of_groups(data);
  report.measured = measure(data, measured.rows, measured.baselines,
                            {.split = rows_measured,
                             .units = &units,
                             .seed = manifest.seed,
                             .priorities = &options.priorities});
  report.measured.duplicates = measured.duplicates;
  if (from_training.seen.empty()) report.measured.duplicates.unchecked = manifest.training_rows;
  DriftMeter meter(manifest.distribution);
  meter.add(data.matrix.values);
  report.drift = meter.drift(manifest.features, report.importance);

  const AnsweredRows counts = count_answered(measured.rows);
  report.unknown_label_rows = counts.strange;
  const AnswerLimits& limits = options.limits;
  if (limits.min_confidence || limits.max_ood || !manifest.rules.thresholds.empty()) {
    report.answered = counts;
    report.answered->limits = limits;
  }
  warn_of_unknown_labels(report, answered);
  warn_of_unknown_categories(report, data);
  return report;
}

/// The table with the columns that the model reads.
Dataset with_features_of(const Manifest& manifest, const Dataset& data) {
  Dataset narrow = data;
  narrow.matrix =
      take_columns(data.matrix.values, data.matrix.columns, positions_of(data, manifest.features));
  narrow.features = manifest.features;
  return narrow;
}

}  // namespace

EvaluationReport evaluate_model(const Model& model, const Dataset& data,
                                const EvaluationOptions& options) {
  const Manifest& manifest = model.manifest;
  EvaluationReport leaks;
  check_leakage(leaks, data, manifest.features);
  if (!leaks.identifiers.empty() && !options.allow_identifiers) {
    throw Error(
        fmt::format("the model learnt from identifiers ({}): it may know a network rather "
                    "than applications; --allow-identifiers measures it all the same",
                    fmt::join(leaks.identifiers, ", ")));
  }
  const bool is_own_table = data.content_hash == manifest.training_data_hash;
  FromTraining from_training{answer_baselines(manifest, data), rows_seen(manifest, data)};
  if (duplicates_leak(data) && !is_own_table) {
    from_training.seen_rows =
        options.keep_duplicates ? SeenRowsAre::measured : SeenRowsAre::left_out;
  }
  EvaluationReport report = evaluate(model, data, options, from_training, "all rows");
  report.features_alone = leaks.features_alone;
  report.identifiers = leaks.identifiers;
  report.trained_baselines = manifest.held_out.baselines;
  if (is_own_table) {
    report.warnings.push_back(
        "this is the table that the model was trained on: the figures say nothing about new data");
  }
  return report;
}

EvaluationReport evaluate_on_test_table(const Model& model, const Dataset& train,
                                        const Dataset& test, const Priorities& priorities) {
  std::vector<std::uint64_t> hashes = row_hashes(train.matrix);
  const std::vector<std::uint64_t> tested = row_hashes(test.matrix);
  hashes.insert(hashes.end(), tested.begin(), tested.end());
  std::vector<std::size_t> places = all_rows(test);
  for (std::size_t& place : places) place += train.rows();
  FromTraining from_training{
      .baselines = answer_baselines(train, all_rows(train), test, all_rows(test)),
      .seen = seen_in_training(hashes, all_rows(train), places)};
  if (duplicates_leak(test)) from_training.seen_rows = SeenRowsAre::measured;
  return evaluate(model, with_features_of(model.manifest, test), {.priorities = priorities},
                  from_training, "all of the test data");
}

Comparison compare_tables(const Model& model, const Dataset& first, const Dataset& second,
                          const EvaluationOptions& options) {
  Comparison comparison{.first = evaluate_model(model, first, options),
                        .second = evaluate_model(model, second, options),
                        .shift = {}};
  comparison.shift = drift_between(model.manifest.distribution, first.matrix, second.matrix,
                                   model.manifest.features, comparison.first.importance);
  return comparison;
}

}  // namespace weir
