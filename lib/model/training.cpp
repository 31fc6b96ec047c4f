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
#include "weir/model/cross_validation.hpp"
#include "weir/model/selection.hpp"
#include "weir/model/split.hpp"

namespace weir {
namespace {

std::vector<std::size_t> all_rows(const Dataset& data) {
  return all_but({}, data.rows());
}

void require_learnable(const Dataset& data) {
  if (std::ranges::find(data.classes, kUnknown) != data.classes.end()) {
    throw Error(
        fmt::format("{}: a class is named '{}', the answer of a model that does not know; "
                    "empty those labels to leave the rows out",
                    fmt::join(data.files, ", "), kUnknown));
  }
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

/// Folds where nothing was said about them.
constexpr std::size_t kFolds = 5;

bool needs_out_of_fold(const TrainingOptions& options) {
  return options.folds > 0 || options.calibration != CalibrationMethod::none ||
         options.target_precision > 0;
}

FoldedRows choose_folds(const SplitInput& input, const Dataset& data,
                        const TrainingOptions& options) {
  FoldedRows folded{all_rows(data), {}};
  if (!needs_out_of_fold(options)) return folded;
  const std::size_t units = input.groups.empty() ? data.rows() : data.groups.size();
  if (units < options.folds) {
    throw UsageError(fmt::format("{} folds asked for, but there are only {} {}", options.folds,
                                 units, input.groups.empty() ? "rows" : "captures"));
  }
  const std::size_t folds = options.folds > 0 ? options.folds : std::min(kFolds, units);
  folded.folds = deal_folds(input, folds, options.seed);
  return folded;
}

ConfusionMatrix confusion(const Dataset& data, std::span<const std::size_t> rows,
                          std::span<const Answer> answers) {
  ConfusionMatrix matrix(data.classes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    matrix.add(data.labels[rows[i]], answers[i].class_index);
  }
  return matrix;
}

AnswerRules learn_rules(const OutOfFoldRows& out, const TrainingOptions& options) {
  if (out.rows.empty()) return {};
  return learn_rules(out.probabilities(), out.folds, out.groups, options.calibration,
                     options.target_precision);
}

/// Counts a row into what may be left unanswered.
void count_answer(AnsweredRows& answered, const Answer& answer, bool right, bool strange) {
  ++answered.rows;
  if (strange) ++answered.strange;
  if (!answer.known) return;
  ++answered.answered;
  if (right) ++answered.right;
  if (strange) ++answered.strange_answered;
}

/// Measures answers to the held-out rows; the rules were learnt without these.
void measure(EvaluationReport& report, const Dataset& data, const Split& split,
             std::vector<float> probabilities, const AnswerRules& rules) {
  const std::vector<Answer> answers =
      decide(std::move(probabilities), data.classes.size(), rules, std::nullopt);
  report.matrix = confusion(data, split.test, answers);
  report.scores = score(report.matrix);
  report.majority =
      majority_baseline(data.classes, count_classes(data, split.train), report.matrix);
  if (rules.thresholds.empty()) return;
  report.answered.emplace();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    count_answer(*report.answered, answers[i], answers[i].class_index == data.labels[split.test[i]],
                 false);
  }
}

/// The answers to rows out of fold, each fold's calibrated by what the others say.
OutOfFold summarise(const OutOfFoldRows& out, const Dataset& data, std::size_t folds,
                    const std::string& how, CalibrationMethod calibration) {
  OutOfFold result{.answers = most_probable(
                       cross_calibrate(out.probabilities(), out.folds, calibration), out.classes),
                   .fold_of_row = out.folds,
                   .result = {}};
  const Scores scores = score(confusion(data, out.rows, result.answers));
  result.result = {.folds = folds,
                   .split = how,
                   .rows = data.rows(),
                   .accuracy = scores.accuracy,
                   .macro_f1 = scores.macro.f1};
  return result;
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

Manifest describe(const Dataset& data, const TrainingOptions& options, const Recipe& recipe,
                  const EvaluationReport& report, const Booster& kept) {
  const std::vector<std::string> features = kept.features();
  return {.weir_version = std::string(version()),
          .algorithm = std::string(to_string(recipe.algorithm)),
          .settings = recipe.settings,
          .weights = recipe.weights,
          .choices = report.choices,
          .seed = recipe.seed,
          .schema = data.schema,
          .features = features,
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
                       .scores = report.scores},
          .rules = report.rules,
          .distribution = sketch_features(
              take_columns(data.matrix.values, data.matrix.columns, positions_of(data, features))),
          .selection = report.selection};
}

struct ChosenRecipe {
  Recipe recipe;
  std::vector<std::string> reasons = {};

  void take(RecipeChoice choice) {
    recipe = choice.recipe;
    reasons.push_back(std::move(choice.reason));
  }
};

/// Decides on the rows that are not held out, so that those measure the choice too.
ChosenRecipe choose_recipe(const Dataset& data, const Split& split,
                           const TrainingOptions& options) {
  const auto recipe_of = [&](Algorithm algorithm) {
    Recipe recipe = default_recipe(algorithm, data.features.size(), options.seed);
    recipe.weights = options.weights;
    recipe.selection = options.selection;
    return recipe;
  };
  ChosenRecipe chosen{recipe_of(options.algorithm.value_or(Algorithm::forest))};
  const FoldedRows folded = fold_rows(data, split.train, kFolds, options.seed);
  if (!options.algorithm) {
    chosen.take(choose_algorithm(data, folded, recipe_of(Algorithm::forest),
                                 recipe_of(Algorithm::boosting), options.min_accuracy,
                                 options.threads));
  }
  if (options.search) {
    chosen.take(search_settings(data, folded, chosen.recipe, *options.search, options.threads));
  }
  if (options.early_stopping && chosen.recipe.algorithm == Algorithm::boosting) {
    chosen.take(choose_rounds(data, folded, chosen.recipe, options.threads));
  }
  return chosen;
}

EvaluationReport start_report(const Dataset& data, const TrainingOptions& options,
                              const HoldOut& held_out, const ChosenRecipe& chosen) {
  EvaluationReport report;
  report.title = "Held-out rows";
  report.algorithm = to_string(chosen.recipe.algorithm);
  report.choices = chosen.reasons;
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

LearningCurve draw_learning_curve(const Dataset& data, const TrainingOptions& options,
                                  const Recipe& recipe) {
  const auto train = [&](std::span<const std::size_t> rows, std::uint64_t seed) {
    Recipe other = recipe;
    other.seed = seed;
    return fit(data, rows, other);
  };
  return measure_learning_curve(
      data,
      {.seeds = options.learning_curve_seeds, .seed = options.seed, .threads = options.threads},
      train);
}

/// Says which classes will never be answered.
void add_threshold_warnings(EvaluationReport& report) {
  std::vector<std::string> never;
  for (std::size_t c = 0; c < report.rules.thresholds.size(); ++c) {
    if (!report.rules.thresholds[c].confidence) never.push_back(report.matrix.classes()[c]);
  }
  if (never.empty()) return;
  report.warnings.push_back(fmt::format("no confidence gives {} a precision of {}: answered as {}",
                                        fmt::join(never, ", "), report.rules.target_precision,
                                        kUnknown));
}

}  // namespace

TrainingRun train_model(const Dataset& data, const TrainingOptions& options) {
  require_learnable(data);
  const HoldOut held_out = choose_held_out(data, options);
  const FoldedRows folded = choose_folds(held_out.input, data, options);
  const ChosenRecipe chosen = choose_recipe(data, held_out.split, options);
  const Recipe& recipe = chosen.recipe;
  EvaluationReport report = start_report(data, options, held_out, chosen);
  if (options.learning_curve_seeds > 0) {
    report.learning_curve = draw_learning_curve(data, options, recipe);
  }
  OutOfFoldRows out = folded.folds.empty() ? OutOfFoldRows{} : start_out_of_fold(data, folded);
  std::vector<float> held_out_probabilities;
  std::optional<Booster> kept;

  // The first training is measured, the last one kept; each runs on one thread, so that the trees
  // never depend on how many there are.
  const std::size_t last = folded.folds.size() + 1;
  const auto train = [&](std::size_t job) {
    const std::vector<std::size_t> rows = job == 0 ? held_out.split.train
                                          : job == last
                                              ? folded.rows
                                              : all_but(folded.folds[job - 1], data.rows());
    return select_and_fit(data, rows, recipe);
  };
  const auto use = [&](std::size_t job, Fitted fitted) {
    Booster& booster = fitted.booster;
    if (job == 0) {
      held_out_probabilities = booster.predict(gather(data.matrix, held_out.split.test).values);
      report.importance = booster.importance();
    } else if (job == last) {
      kept = std::move(booster);
      kept->forget_other_columns();
      report.features = kept->columns();
      report.selection = std::move(fitted.selected);
    } else {
      answer_fold(out, data, folded, job - 1, booster);
    }
  };
  parallel_ordered(last + 1, options.threads, train, use);

  measure(report, data, held_out.split, std::move(held_out_probabilities),
          learn_rules(out.without(held_out.split.test), options));
  report.rules = learn_rules(out, options);
  add_threshold_warnings(report);
  Manifest manifest = describe(data, options, recipe, report, *kept);
  TrainingRun run{.model = {std::move(manifest), std::move(*kept)},
                  .report = std::move(report),
                  .out_of_fold = {}};
  if (options.folds > 0) {
    run.out_of_fold =
        summarise(out, data, options.folds, held_out.how, run.report.rules.calibration.method);
    run.report.cross_validation = run.out_of_fold->result;
  }
  return run;
}

EvaluationReport evaluate_model(const Model& model, const Dataset& data,
                                std::optional<double> min_confidence) {
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
  report.rules = manifest.rules;
  report.rules.trials.clear();  // they are of the training rows
  AnsweredRows answered{.min_confidence = min_confidence};
  const std::vector<Answer> answers = answer_rows(model, data.matrix.values, min_confidence);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::size_t actual = position[data.labels[row]];
    const bool strange = actual >= manifest.classes.size();
    report.matrix.add(actual, answers[row].class_index);
    if (strange) ++report.unknown_label_rows;
    count_answer(answered, answers[row], actual == answers[row].class_index, strange);
  }
  if (min_confidence || !manifest.rules.thresholds.empty()) report.answered = answered;
  report.scores = score(report.matrix);
  report.majority =
      majority_baseline(manifest.classes, manifest.training_rows_of_class, report.matrix);
  report.importance = model.booster.importance();
  DriftMeter meter(manifest.distribution);
  meter.add(data.matrix.values);
  report.drift = meter.drift(manifest.features, report.importance);
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

Comparison compare_tables(const Model& model, const Dataset& first, const Dataset& second,
                          std::optional<double> min_confidence) {
  Comparison comparison{.first = evaluate_model(model, first, min_confidence),
                        .second = evaluate_model(model, second, min_confidence),
                        .shift = {}};
  comparison.shift = drift_between(model.manifest.distribution, first.matrix, second.matrix,
                                   model.manifest.features, comparison.first.importance);
  return comparison;
}

}  // namespace weir
