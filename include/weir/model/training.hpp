// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Training as weir-train does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "weir/model/base_mix.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/report.hpp"
#include "weir/model/row_answers.hpp"
#include "weir/model/search.hpp"
#include "weir/model/trainer.hpp"
#include "weir/model/trial.hpp"

namespace weir {

struct TrainingOptions {
  std::optional<Algorithm> algorithm = Algorithm::forest;  ///< without one: choose_algorithm()
  double min_accuracy = 0.8;                               ///< of the forest, for that choice
  std::optional<SearchOptions> search = {};                ///< of the algorithm's settings
  bool early_stopping = false;                             ///< choose_rounds() for boosting
  SplitOptions split = {};                                 ///< its seed is that of the training too
  unsigned threads = 0;  ///< trainings at a time; 0 = one for each core
  RowWeights weights = RowWeights::balanced;
  FeatureSelection selection = {};
  /// Seeds of a learning curve; 0 = none.
  std::size_t learning_curve_seeds = 0;
  /// Without one, the kind that does best on rows out of fold.
  std::optional<CalibrationMethod> calibration = {};
  /// Classes get thresholds for this precision; 0 = none.
  double target_precision = 0;
  std::uint64_t min_packets = 0;
  /// Measure rows too whose features equal those of a training row.
  bool keep_duplicates = false;
  Priorities priorities = {};  ///< of classes, besides the usual ones
  /// What the table's rows are added to; they alone are measured.
  const Base* base = nullptr;
  /// A table that was set apart for measuring, read with the features and categories of the one to
  /// train on: nothing is held out then. Not with a base.
  const Dataset* test = nullptr;
  /// How the table's flows were cut; `emit_at` and `min_packets` are taken from the table.
  ExtractorSettings extractor = {};
};

struct TrainingRun {
  Model model;              ///< trained on all rows
  EvaluationReport report;  ///< of a model trained without the held-out part, on that part
  /// Of a cross-validation: answers to every row by models that had not seen its group; the model
  /// of fold f in repeat r, both from 0, is part r x folds + f.
  std::optional<RowAnswers> out_of_fold;
};

/// Holds rows out, trains on the others, measures; does the same by row, to show the gap;
/// cross-validates if asked; then trains the model that is kept on all rows. With a test table the
/// model that is kept is measured on that instead, all of it: only then can figures be compared
/// with published ones; those without rows that equal a training row stand beside. Throws Error
/// when there is nothing to learn or nothing can be held out, UsageError when there are fewer
/// groups than folds or a column is missing, Interrupted.
TrainingRun train_model(const Dataset& data, const TrainingOptions& options);

/// The answers of a cross-validation's first repeat as prediction rows, in the order of the table;
/// column `model` names algorithm and fold, of `folds` a repeat.
std::string out_of_fold_csv(const Dataset& data, const RowAnswers& out_of_fold,
                            const std::string& algorithm, std::size_t folds);

}  // namespace weir
