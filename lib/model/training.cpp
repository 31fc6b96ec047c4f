// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Holding out, training, measuring, and training what is kept.
#include "weir/model/training.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "compared_trial.hpp"
#include "measured_rows.hpp"
#include "weir/base/error.hpp"
#include "weir/base/parallel.hpp"
#include "weir/base/version.hpp"
#include "weir/model/baselines.hpp"
#include "weir/model/evaluation.hpp"
#include "weir/model/measurement.hpp"
#include "weir/model/prediction.hpp"
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

ExtractorSettings extractor_of(const Dataset& data, const TrainingOptions& options) {
  ExtractorSettings settings = options.extractor;
  if (data.schema.level != TableLevel::flow) return settings;
  settings.first_packets = data.schema.first_packets;
  settings.emit_at = data.emit_at;
  settings.emit_at_end = data.has_final_rows;
  settings.min_packets = std::max<std::uint64_t>(1, options.min_packets);
  return settings;
}

/// Folds for choices where none were asked for.
constexpr std::size_t kFolds = 5;

/// Ports whose most frequent class is kept in the model's file.
constexpr std::size_t kKeptPorts = 1024;

HeldOutResult in_short(const Measurement& measured) {
  return {.split = measured.split,
          .rows = measured.matrix.total(),
          .groups = measured.groups,
          .scores = measured.scores,
          .baselines = measured.baselines};
}

Manifest describe(const Dataset& data, const TrainingOptions& options, const Recipe& recipe,
                  const EvaluationReport& report, const Booster& kept) {
  const std::vector<std::string> features = kept.features();
  const FeatureMatrix matrix =
      take_columns(data.matrix.values, data.matrix.columns, positions_of(data, features));
  return {.weir_version = std::string(version()),
          .algorithm = std::string(to_string(recipe.algorithm)),
          .settings = recipe.settings,
          .weights = recipe.weights,
          .choices = report.choices,
          .seed = recipe.seed,
          .schema = data.schema,
          .table = data.table,
          .categories = data.categories,
          .features = features,
          .classes = data.classes,
          .extractor = extractor_of(data, options),
          .min_packets = options.min_packets,
          .training_data_hash = data.content_hash,
          .training_rows = data.rows(),
          .training_rows_of_class = count_classes(data, all_rows(data)),
          .training_groups = data.groups.size(),
          .held_out = in_short(report.measured),
          .ports = PortTable::learn(data, all_rows(data), kKeptPorts).classes(),
          .seen_rows = SeenRows(row_hashes(matrix)),
          .rules = report.rules,
          .distribution = sketch_features(matrix),
          .ood = learn_ood(matrix, data.labels, data.group_of_row, data.classes.size()),
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
ChosenRecipe choose_recipe(const Dataset& data, std::span<const std::size_t> rows,
                           const TrainingOptions& options) {
  const auto recipe_of = [&](Algorithm algorithm) {
    Recipe recipe = default_recipe(algorithm, data.features.size(), options.split.seed);
    recipe.weights = options.weights;
    recipe.selection = options.selection;
    if (options.base != nullptr && options.base->model) {
      recipe.base = &options.base->model->booster;
      recipe.settings = continuing_settings();
    }
    return recipe;
  };
  ChosenRecipe chosen{recipe_of(options.algorithm.value_or(Algorithm::forest))};
  if (options.algorithm && !options.search && !options.early_stopping) return chosen;
  const Folds folds = fold_rows(data, rows, kFolds, options.split.seed);
  if (folds.parts.empty()) {
    chosen.reasons.emplace_back(
        "algorithm and settings as they are: no class has rows to choose by");
    return chosen;
  }
  if (!options.algorithm) {
    chosen.take(choose_algorithm(data, folds, recipe_of(Algorithm::forest),
                                 recipe_of(Algorithm::boosting), options.min_accuracy,
                                 options.threads));
  }
  if (options.search) {
    chosen.take(
        search_settings(data, folds.parts, chosen.recipe, *options.search, options.threads));
  }
  if (options.early_stopping && chosen.recipe.algorithm == Algorithm::boosting) {
    chosen.take(choose_rounds(data, folds, chosen.recipe, options.threads));
  }
  return chosen;
}

EvaluationReport start_report(const Dataset& data, const TrainingOptions& options,
                              const ChosenRecipe& chosen) {
  EvaluationReport report;
  report.algorithm = to_string(chosen.recipe.algorithm);
  report.choices = chosen.reasons;
  report.features = data.features.size();
  report.data = data.files;
  report.left_out = data.left_out;
  report.min_packets = options.min_packets;
  return report;
}

LearningCurve draw_learning_curve(const Dataset& data, const TrainingOptions& options,
                                  const Recipe& recipe) {
  const auto train = [&](std::span<const std::size_t> rows, std::uint64_t seed) {
    Recipe other = recipe;
    other.seed = seed;
    return fit(data, rows, other);
  };
  return measure_learning_curve(data,
                                {.seeds = options.learning_curve_seeds,
                                 .seed = options.split.seed,
                                 .threads = options.threads},
                                train);
}

bool needs_out_of_fold(const TrainingOptions& options) {
  return options.split.folds > 0 || options.calibration != CalibrationMethod::none ||
         options.target_precision > 0;
}

/// How rows are folded to learn from answers out of fold, whatever else is asked for.
SplitOptions folds_of(const SplitOptions& asked, const Trial& held_out) {
  SplitOptions options = asked;
  if (options.folds > 0) return options;
  options.folds = std::min(kFolds, held_out.units.count);
  if (options.by == SplitBy::time) options.by = SplitBy::group;
  return options;
}

/// The local rows made ready to be added to the base.
Dataset start_from(const Base& base, const Dataset& local, const TrainingOptions& options) {
  if (base.table) return mix(local, *base.table);
  if (options.algorithm != Algorithm::boosting || options.early_stopping ||
      options.selection.method != SelectionMethod::none) {
    throw UsageError(fmt::format(
        "{}: a model is continued by boosting all its features: give --algorithm gbdt, and neither "
        "--select nor --early-stopping",
        base.name));
  }
  const Manifest& manifest = base.model->manifest;
  require_continuable(manifest, local, options.extractor, base.name);
  return with_classes_of(manifest, local);
}

double macro_f1(const Booster& booster, const Dataset& data, std::span<const std::size_t> rows) {
  RowAnswers answers = start_answers(data, data.classes);
  add_answers(answers, data, rows, booster);
  return score(confusion(answers)).macro.f1;
}

/// The same rows measured without the base, and by the base alone.
BaseResult compare_base(const Base& base, const Dataset& data, const Split& split,
                        const Recipe& recipe, std::size_t local_rows) {
  Recipe without = recipe;
  if (base.model) {
    without = default_recipe(recipe.algorithm, data.features.size(), recipe.seed);
    without.weights = recipe.weights;
  }
  const auto behind = std::ranges::lower_bound(split.train, local_rows);
  const std::vector<std::size_t> here(split.train.begin(), behind);
  const std::vector<std::size_t> elsewhere(behind, split.train.end());
  BaseResult result{.name = base.name};
  result.without = macro_f1(fit(data, here, without), data, split.test);
  result.alone = base.model ? macro_f1(base.model->booster, data, split.test)
                            : macro_f1(fit(data, elsewhere, recipe), data, split.test);
  return result;
}

/// Says which classes will never be answered.
void add_threshold_warnings(EvaluationReport& report) {
  std::vector<std::string> never;
  for (std::size_t c = 0; c < report.rules.thresholds.size(); ++c) {
    if (!report.rules.thresholds[c].confidence) {
      never.push_back(report.measured.matrix.classes()[c]);
    }
  }
  if (never.empty()) return;
  report.warnings.push_back(fmt::format("no confidence gives {} a precision of {}: answered as {}",
                                        fmt::join(never, ", "), report.rules.target_precision,
                                        kUnknown));
}

/// Everything that is trained: held-out rows, unless there is a test table, folds, each with
/// another choice of rows beside it, and the model that is kept.
class Training {
 public:
  /// `data` begins with the rows of `local`, which alone are measured.
  Training(const Dataset& local, const Dataset& data, const TrainingOptions& options);
  TrainingRun run();

 private:
  /// A part of a trial, or the kept model where there is none.
  struct Job {
    ComparedTrial* trial = nullptr;
    std::size_t part = 0;
    bool is_reported = false;  ///< else its accuracy is all that is shown
  };
  struct Trained {
    Fitted fitted;
    BaselineAnswers baselines = {};
    std::vector<bool> seen = {};
  };

  std::unique_ptr<ComparedTrial> start(Trial trial, const SplitOptions& split, bool compare) const;
  std::vector<Job> jobs() const;
  Trained train(const Job& job) const;
  std::optional<Booster> train_all(EvaluationReport& report);
  void measure_held_out(EvaluationReport& report) const;
  void measure_test_table(EvaluationReport& report, Model& model) const;

  const Dataset& local_;
  const Dataset& data_;
  const TrainingOptions& options_;
  ChosenRecipe chosen_;
  std::vector<std::uint64_t> hashes_;  // per row
  std::unique_ptr<ComparedTrial> held_out_;
  std::unique_ptr<ComparedTrial> folds_;
};

Training::Training(const Dataset& local, const Dataset& data, const TrainingOptions& options)
    : local_(local), data_(data), options_(options) {
  hashes_ = row_hashes(data.matrix);
  if (options.test == nullptr) {
    held_out_ = start(hold_out_trial(local, options.split), options.split, true);
    chosen_ = choose_recipe(data, held_out_->trial.parts.front().train, options);
  } else {
    chosen_ = choose_recipe(data, all_rows(data), options);
  }
  if (!needs_out_of_fold(options)) return;
  const Trial apart = held_out_ ? held_out_->trial : hold_out_trial(local, options.split);
  const SplitOptions split = folds_of(options.split, apart);
  folds_ = start(fold_trial(local, split, apart), split, options.split.folds > 0);
}

std::unique_ptr<ComparedTrial> Training::start(Trial trial, const SplitOptions& split,
                                               bool compare) const {
  const auto other = compare ? counterpart(local_, split, trial) : std::nullopt;
  const bool is_folded = trial.folds > 0;
  for (Split& part : trial.parts) train_on_base_too(part, data_, local_.rows());
  auto compared = std::make_unique<ComparedTrial>(data_, std::move(trial));
  if (!other) return compared;
  Trial alike = hold_out_trial(local_, *other);
  if (is_folded) alike = fold_trial(local_, *other, alike);
  for (Split& part : alike.parts) train_on_base_too(part, data_, local_.rows());
  compared->other = std::make_unique<ComparedTrial>(data_, std::move(alike));
  return compared;
}

std::vector<Training::Job> Training::jobs() const {
  std::vector<Job> jobs;
  for (ComparedTrial* trial : {held_out_.get(), folds_.get()}) {
    if (trial == nullptr) continue;
    for (std::size_t i = 0; i < trial->trial.parts.size(); ++i) jobs.push_back({trial, i, true});
    if (!trial->other) continue;
    for (std::size_t i = 0; i < trial->other->trial.parts.size(); ++i) {
      jobs.push_back({trial->other.get(), i, false});
    }
  }
  jobs.push_back({});
  return jobs;
}

Training::Trained Training::train(const Job& job) const {
  if (job.trial == nullptr) {
    return {.fitted = select_and_fit(data_, all_rows(data_), chosen_.recipe)};
  }
  const Split& split = job.trial->trial.parts[job.part];
  Trained trained{.fitted = select_and_fit(data_, split.train, chosen_.recipe)};
  trained.seen = seen_in_training(hashes_, split.train, split.test);
  if (job.is_reported) {
    trained.baselines = answer_baselines(data_, split.train, data_, split.test);
  }
  return trained;
}

/// Trains everything; the model that is kept.
std::optional<Booster> Training::train_all(EvaluationReport& report) {
  const std::vector<Job> jobs = this->jobs();
  std::optional<Booster> kept;
  // Each training runs on one thread, so that the trees never depend on how many there are.
  parallel_ordered(
      jobs.size(), options_.threads, [&](std::size_t job) { return train(jobs[job]); },
      [&](std::size_t job, Trained trained) {
        if (jobs[job].trial != nullptr) {
          jobs[job].trial->answers.ask(jobs[job].part, trained.fitted.booster, trained.baselines,
                                       trained.seen);
        } else {
          kept = std::move(trained.fitted.booster);
          kept->forget_other_columns();
          report.features = kept->columns();
          report.importance = kept->importance();
          report.selection = std::move(trained.fitted.selected);
        }
      });
  return kept;
}

void Training::measure_held_out(EvaluationReport& report) const {
  const Split& split = held_out_->trial.parts.front();
  const AnswerRules rules_without_tested =
      folds_ ? learn_rules(*folds_, data_, options_, split.test) : AnswerRules{};
  held_out_->answers.decide(rules_without_tested);
  report.title = "Held-out rows";
  report.training_rows = split.train.size();
  report.warnings = held_out_->trial.warnings;
  const Measured measured = measured_rows(*held_out_, data_, options_);
  report.measured = measure_compared(*held_out_, measured, data_, options_);
  const CalibrationMethod method = rules_without_tested.calibration.method;
  if (method != report.rules.calibration.method) {
    report.measured.other_calibration = to_string(method);
  }
  if (!rules_without_tested.thresholds.empty()) report.answered = count_answered(measured.rows);
  if (options_.base != nullptr) {
    report.base = compare_base(*options_.base, data_, {split.train, measured.rows.rows},
                               chosen_.recipe, local_.rows());
  }
}

/// Measures the model that is kept, and tells it the figures.
void Training::measure_test_table(EvaluationReport& report, Model& model) const {
  EvaluationReport test = evaluate_on_test_table(model, data_, *options_.test, options_.priorities);
  report.title = "Test data";
  report.training_rows = data_.rows();
  report.data.insert(report.data.end(), test.data.begin(), test.data.end());
  if (folds_ && options_.split.folds > 0 && folds_->trial.by_row) {
    report.warnings.emplace_back(
        "cross-validated by row: figures of captures never seen would be lower");
  }
  report.warnings.insert(report.warnings.end(), test.warnings.begin(), test.warnings.end());
  report.unknown_label_rows = test.unknown_label_rows;
  report.measured = std::move(test.measured);
  report.answered = test.answered;
  report.drift = std::move(test.drift);
  report.importance = std::move(test.importance);
  model.manifest.held_out = in_short(report.measured);
}

TrainingRun Training::run() {
  EvaluationReport report = start_report(data_, options_, chosen_);
  if (options_.learning_curve_seeds > 0) {
    report.learning_curve = draw_learning_curve(data_, options_, chosen_.recipe);
  }
  std::optional<Booster> kept = train_all(report);
  if (folds_) report.rules = learn_rules(*folds_, data_, options_, {});
  if (held_out_) measure_held_out(report);
  std::optional<RowAnswers> out_of_fold;
  if (options_.split.folds > 0) {
    folds_->answers.calibrate_folds(report.rules.calibration.method,
                                    left_out_rows(*folds_, data_, options_));
    report.cross_validation =
        measure_compared(*folds_, measured_rows(*folds_, data_, options_), data_, options_);
    out_of_fold = folds_->answers.rows();
  }
  check_leakage(report, data_, kept->features());
  Manifest manifest = describe(data_, options_, chosen_.recipe, report, *kept);
  Model model{std::move(manifest), std::move(*kept)};
  if (options_.test != nullptr) measure_test_table(report, model);
  add_threshold_warnings(report);
  return {.model = std::move(model),
          .report = std::move(report),
          .out_of_fold = std::move(out_of_fold)};
}

}  // namespace

TrainingRun train_model(const Dataset& local, const TrainingOptions& options) {
  std::optional<Dataset> enlarged;
  if (options.base != nullptr) enlarged = start_from(*options.base, local, options);
  const Dataset& data = enlarged ? *enlarged : local;
  require_learnable(data);
  return Training(local, data, options).run();
}

std::string out_of_fold_csv(const Dataset& data, const RowAnswers& out_of_fold,
                            const std::string& algorithm, std::size_t folds) {
  std::vector<std::size_t> answer_of_row(data.rows());
  for (std::size_t i = 0; i < out_of_fold.size(); ++i) {
    if (out_of_fold.part[i] < folds) answer_of_row[out_of_fold.rows[i]] = i;
  }
  PredictionRows rows(TableFormat::csv);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::size_t i = answer_of_row[row];
    const Answer& answer = out_of_fold.answers[i];
    rows.add(data.identities[row], out_of_fold.classes[answer.class_index], answer.confidence,
             fmt::format("{}-fold{}", algorithm, out_of_fold.part[i] + 1));
  }
  return rows.header().append(rows.bytes());
}

}  // namespace weir
