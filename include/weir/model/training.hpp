// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Training as weir-train does it, and measuring as weir-evaluate does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/model/comparison.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/report.hpp"
#include "weir/model/search.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

struct TrainingOptions {
  std::optional<Algorithm> algorithm = Algorithm::forest;  ///< without one: choose_algorithm()
  double min_accuracy = 0.8;                               ///< of the forest, for that choice
  std::optional<SearchOptions> search = {};                ///< of the algorithm's settings
  bool early_stopping = false;                             ///< choose_rounds() for boosting
  double test_share = 0.2;
  std::uint64_t seed = 42;
  std::size_t folds = 0;  ///< of a cross-validation; 0 = none
  unsigned threads = 0;   ///< trainings at a time; 0 = one for each core
  RowWeights weights = RowWeights::balanced;
  FeatureSelection selection = {};
  /// Seeds of a learning curve; 0 = none.
  std::size_t learning_curve_seeds = 0;
  /// Without one, the kind that does best on rows out of fold.
  std::optional<CalibrationMethod> calibration = {};
  /// Classes get thresholds for this precision; 0 = none.
  double target_precision = 0;
  std::uint64_t min_packets = 0;
  /// How the table's flows were cut; `emit_at` and `min_packets` are taken from the table.
  ExtractorSettings extractor = {};
};

/// The answer to every row by a model that had not seen its group.
struct OutOfFold {
  std::vector<Answer> answers;             ///< per row
  std::vector<std::uint32_t> fold_of_row;  ///< from 0
  CrossValidationResult result;
};

struct TrainingRun {
  Model model;              ///< trained on all rows
  EvaluationReport report;  ///< of a model trained without the held-out part, on that part
  std::optional<OutOfFold> out_of_fold;
};

/// Holds rows out, trains on the others, measures; cross-validates if asked; then trains the
/// model that is kept on all rows. Throws Error when there is nothing to learn or nothing can be
/// held out, UsageError when there are fewer groups than folds, Interrupted.
TrainingRun train_model(const Dataset& data, const TrainingOptions& options);

/// Measures a model on labelled rows read with its features. Labels that the model does not know
/// count as wrong answers; where it may say Unknown, that is the right one for them.
/// `min_confidence` replaces the model's thresholds.
EvaluationReport evaluate_model(const Model& model, const Dataset& data,
                                std::optional<double> min_confidence = {});

/// Measures the model on both tables, see evaluate_model(), and their features against each other.
Comparison compare_tables(const Model& model, const Dataset& first, const Dataset& second,
                          std::optional<double> min_confidence);

}  // namespace weir
