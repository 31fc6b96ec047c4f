// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Measuring a trained model on other tables, as weir-evaluate does it.
#pragma once

#include <optional>

#include "weir/model/comparison.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/priorities.hpp"
#include "weir/model/report.hpp"

namespace weir {

/// How weir-evaluate measures.
struct EvaluationOptions {
  AnswerLimits limits = {};
  bool keep_duplicates = false;    ///< measure rows too that equal a training row
  bool allow_identifiers = false;  ///< measure a model too that learnt from identifiers
  Priorities priorities = {};      ///< of classes, besides the usual ones
};

/// Measures a model on labelled rows read with its features. Labels that the model does not know
/// count as wrong answers; where it may say Unknown, that is the right one for them. Throws Error
/// for a model that learnt from identifiers, and where every row equals a training row.
EvaluationReport evaluate_model(const Model& model, const Dataset& data,
                                const EvaluationOptions& options = {});

/// Measures a model that was just trained on all rows of `train`, on all rows of `test`, which has
/// the same features; some of them may have been left out of the model. Baselines are trained on
/// `train`, and rows that equal one of it are counted but not left out.
EvaluationReport evaluate_on_test_table(const Model& model, const Dataset& train,
                                        const Dataset& test, const Priorities& priorities);

/// Measures the model on both tables, see evaluate_model(), and their features against each other.
Comparison compare_tables(const Model& model, const Dataset& first, const Dataset& second,
                          const EvaluationOptions& options);

}  // namespace weir
