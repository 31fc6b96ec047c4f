// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Holding out, training, measuring, and training what is kept.
#include "weir/model/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/parallel.hpp"
#include "weir/base/version.hpp"
#include "weir/model/split.hpp"

namespace weir {
namespace {

std::vector<std::size_t> all_rows(const Dataset& data) {
  return all_but({}, data.rows());
}

void require_learnable(const Dataset& data) {
  if (data.classes.size() < 2) {
    throw Error(fmt::format("{}: only one class, '{}'; two are needed to tell apart",
                            fmt::join(data.files, ", "), data.classes.front()));
  }
}

/// The rows to hold out, how they were chosen, and what to say about it.
struct HoldOut {
  SplitInput input;
  std::string how;
  Split split = {};
  std::vector<std::string> warnings = {};
};

/// Classes that all their rows keep in one place, so that they cannot be tested.
std::vector<std::string> untestable_classes(const Dataset& data, const Split& split) {
  const std::vector<std::uint64_t> tested = count_classes(data, split.test);
  std::vector<std::string> names;
  for (std::size_t c = 0; c < tested.size(); ++c) {
    if (tested[c] == 0) names.push_back(data.classes[c]);
  }
  return names;
}

HoldOut choose_by_group(const Dataset& data, const TrainingOptions& options) {
  HoldOut chosen{.input = {data.labels, data.group_of_row}, .how = "by capture"};
  chosen.split = hold_out(chosen.input, options.test_share, options.seed);
  return chosen;
}

HoldOut choose_by_row(const Dataset& data, const TrainingOptions& options, const char* reason) {
  HoldOut chosen{.input = {data.labels, {}}, .how = "by row"};
  chosen.split = hold_out(chosen.input, options.test_share, options.seed);
  if (chosen.split.test.empty()) {
    throw Error(fmt::format("{}: no class has two rows, so nothing can be held out",
                            fmt::join(data.files, ", ")));
  }
  chosen.warnings.push_back(
      fmt::format("{}: split by row; figures of captures never seen would be lower", reason));
  return chosen;
}

HoldOut choose_held_out(const Dataset& data, const TrainingOptions& options) {
  HoldOut chosen{.input = {}, .how = {}};
  if (data.groups.size() >= 2) chosen = choose_by_group(data, options);
  if (chosen.split.test.empty()) {
    const char* reason = data.groups.empty()       ? "the rows name no capture"
                         : data.groups.size() == 1 ? "there is one capture only"
                                                   : "every class is in one capture only";
    chosen = choose_by_row(data, options, reason);
  }
  for (const std::string& name : untestable_classes(data, chosen.split)) {
    chosen.warnings.push_back(fmt::format("class '{}' is in one {} only and was not tested", name,
                                          chosen.input.groups.empty() ? "row" : "capture"));
  }
  return chosen;
}

/// Shows how many distinct groups these rows have.
std::uint64_t count_groups(const Dataset& data, std::span<const std::size_t> rows) {
  if (data.group_of_row.empty()) return 0;
  std::set<std::uint32_t> groups;
  for (const std::size_t row : rows) groups.insert(data.group_of_row[row]);
  return groups.size();
}

std::vector<std::vector<std::size_t>> choose_folds(const SplitInput& input, const Dataset& data,
                                                   const TrainingOptions& options) {
  if (options.folds == 0) return {};
  const std::size_t units = input.groups.empty() ? data.rows() : data.groups.size();
  if (units < options.folds) {
    throw UsageError(fmt::format("{} folds asked for, but there are only {} {}", options.folds,
                                 units, input.groups.empty() ? "rows" : "captures"));
  }
  return deal_folds(input, options.folds, options.seed);
}

ConfusionMatrix confusion(const Dataset& data, std::span<const std::size_t> rows,
                          std::span<const Answer> answers) {
  ConfusionMatrix matrix(data.classes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    matrix.add(data.labels[rows[i]], answers[i].class_index);
  }
  return matrix;
}

/// Measures the booster on the held-out rows.
void measure(EvaluationReport& report, const Dataset& data, const HoldOut& held_out,
             const Booster& booster) {
  report.matrix = confusion(data, held_out.split.test, answer(booster, data, held_out.split.test));
  report.scores = score(report.matrix);
  report.majority =
      majority_baseline(data.classes, count_classes(data, held_out.split.train), report.matrix);
  report.importance = booster.importance();
}

OutOfFold start_out_of_fold(const Dataset& data) {
  return {.answers = std::vector<Answer>(data.rows()),
          .fold_of_row = std::vector<std::uint32_t>(data.rows()),
          .result = {}};
}

void answer_fold(OutOfFold& out, const Dataset& data, std::span<const std::size_t> rows,
                 std::size_t fold, const Booster& booster) {
  const std::vector<Answer> answers = answer(booster, data, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.answers[rows[i]] = answers[i];
    out.fold_of_row[rows[i]] = static_cast<std::uint32_t>(fold);
  }
}

CrossValidationResult summarise(const OutOfFold& out, const Dataset& data, std::size_t folds,
                                const std::string& how) {
  const Scores scores = score(confusion(data, all_rows(data), out.answers));
  return {.folds = folds,
          .split = how,
          .rows = data.rows(),
          .accuracy = scores.accuracy,
          .macro_f1 = scores.macro.f1};
}

ExtractorSettings extractor_of(const Dataset& data, const TrainingOptions& options) {
  ExtractorSettings settings = options.extractor;
  if (data.schema.level != TableLevel::flow) return settings;
  settings.first_packets = data.schema.first_packets;
  settings.emit_at = data.emit_at;
  settings.emit_at_end = data.has_final_rows;
  settings.min_packets = std::max<std::uint64_t>(1, options.min_packets);
  return settings;
}

Manifest describe(const Dataset& data, const TrainingOptions& options,
                  const EvaluationReport& report) {
  return {.weir_version = std::string(version()),
          .algorithm = std::string(to_string(options.algorithm)),
          .settings = settings_of(options.algorithm, data.features.size()),
          .seed = options.seed,
          .schema = data.schema,
          .features = data.features,
          .classes = data.classes,
          .extractor = extractor_of(data, options),
          .min_packets = options.min_packets,
          .training_data_hash = data.content_hash,
          .training_rows = data.rows(),
          .training_rows_of_class = count_classes(data, all_rows(data)),
          .training_groups = data.groups.size(),
          .held_out = {.split = report.split,
                       .rows = report.matrix.total(),
                       .groups = report.groups,
                       .scores = report.scores}};
}

EvaluationReport start_report(const Dataset& data, const TrainingOptions& options,
                              const HoldOut& held_out) {
  EvaluationReport report;
  report.title = "Held-out rows";
  report.algorithm = to_string(options.algorithm);
  report.features = data.features.size();
  report.training_rows = held_out.split.train.size();
  report.data = data.files;
  report.split = held_out.how;
  report.groups = count_groups(data, held_out.split.test);
  report.left_out = data.left_out;
  report.min_packets = options.min_packets;
  report.warnings = held_out.warnings;
  return report;
}

}  // namespace

TrainingRun train_model(const Dataset& data, const TrainingOptions& options) {
  require_learnable(data);
  const HoldOut held_out = choose_held_out(data, options);
  const auto folds = choose_folds(held_out.input, data, options);
  EvaluationReport report = start_report(data, options, held_out);
  OutOfFold out = start_out_of_fold(data);
  std::optional<Booster> kept;

  // The first training is measured, the last one kept; each runs on one thread, so that the trees
  // never depend on how many there are.
  const std::size_t last = folds.size() + 1;
  const auto train = [&](std::size_t job) {
    const std::vector<std::size_t> rows = job == 0      ? held_out.split.train
                                          : job == last ? all_rows(data)
                                                        : all_but(folds[job - 1], data.rows());
    return fit(data, rows, options.algorithm, options.seed);
  };
  const auto use = [&](std::size_t job, Booster booster) {
    if (job == 0) {
      measure(report, data, held_out, booster);
    } else if (job == last) {
      kept = std::move(booster);
    } else {
      answer_fold(out, data, folds[job - 1], job - 1, booster);
    }
  };
  parallel_ordered(last + 1, options.threads, train, use);

  TrainingRun run{.model = {describe(data, options, report), std::move(*kept)},
                  .report = std::move(report),
                  .out_of_fold = {}};
  if (!folds.empty()) {
    out.result = summarise(out, data, folds.size(), held_out.how);
    run.report.cross_validation = out.result;
    run.out_of_fold = std::move(out);
  }
  return run;
}

EvaluationReport evaluate_model(const Model& model, const Dataset& data) {
  const Manifest& manifest = model.manifest;
  EvaluationReport report;
  report.title = "Evaluation";
  report.algorithm = manifest.algorithm;
  report.features = manifest.features.size();
  report.training_rows = manifest.training_rows;
  report.data = data.files;
  report.split = "all rows";
  report.groups = data.groups.size();
  report.left_out = data.left_out;

  // Labels that the model cannot answer follow its classes: their rows are wrong, whatever it says.
  std::vector<std::string> classes = manifest.classes;
  std::vector<std::string> unknown;
  std::vector<std::size_t> position;
  for (const std::string& name : data.classes) {
    const auto found = std::ranges::find(classes, name);
    position.push_back(static_cast<std::size_t>(found - classes.begin()));
    if (found == classes.end()) {
      classes.push_back(name);
      unknown.push_back(name);
    }
  }
  report.matrix = ConfusionMatrix(classes);
  const std::vector<std::size_t> rows = all_rows(data);
  const std::vector<Answer> answers = answer(model.booster, data, rows);
  for (const std::size_t row : rows) {
    const std::size_t actual = position[data.labels[row]];
    report.matrix.add(actual, answers[row].class_index);
    if (actual >= manifest.classes.size()) ++report.unknown_label_rows;
  }
  report.scores = score(report.matrix);
  report.majority =
      majority_baseline(manifest.classes, manifest.training_rows_of_class, report.matrix);
  report.importance = model.booster.importance();
  if (!unknown.empty()) {
    report.warnings.push_back(
        fmt::format("{} rows have a label that the model does not know ({}): counted as wrong",
                    report.unknown_label_rows, fmt::join(unknown, ", ")));
  }
  if (data.content_hash == manifest.training_data_hash) {
    report.warnings.push_back(
        "this is the table that the model was trained on: the figures say nothing about new data");
  }
  return report;
}

}  // namespace weir
