// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A measurement as people and programs read it: text, JSON, and a page of HTML.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/model/answering.hpp"
#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/drift.hpp"
#include "weir/model/feature_selection.hpp"
#include "weir/model/leakage.hpp"
#include "weir/model/learning_curve.hpp"
#include "weir/model/measurement.hpp"
#include "weir/model/ood_figures.hpp"

namespace weir {

/// What came of being allowed to say Unknown.
struct AnsweredRows {
  AnswerLimits limits;  ///< what was asked for besides the model's thresholds
  std::uint64_t rows = 0;
  std::uint64_t answered = 0;
  std::uint64_t right = 0;             ///< of the answered
  std::uint64_t strange = 0;           ///< rows whose label the model cannot answer
  std::uint64_t strange_answered = 0;  ///< with some class, wrongly
};

/// What a base is worth where the model will run: macro-F1 on the same held-out rows.
struct BaseResult {
  std::string name;
  double without = 0;  ///< trained on the local rows only
  double alone = 0;    ///< of the base, without the local rows
};

/// Everything a report shows.
struct EvaluationReport {
  std::string title;  ///< what was measured, e.g. "Held-out part of flows.csv"
  std::string model;  ///< the model's file name
  std::string algorithm;
  std::uint64_t features = 0;
  std::uint64_t training_rows = 0;
  std::vector<std::string> data;  ///< files
  LeftOut left_out;
  std::uint64_t min_packets = 0;
  std::uint64_t unknown_label_rows = 0;  ///< rows whose label the model cannot answer
  std::vector<std::string> choices;      ///< what training chose by itself, and why
  Measurement measured;
  std::optional<Measurement> cross_validation;
  /// Of an evaluation: what trivial classifiers got in the model's own training.
  std::vector<Baseline> trained_baselines;
  FeatureCheck features_alone;           ///< what single features tell of the labels
  std::vector<std::string> identifiers;  ///< among the features
  AnswerRules rules;                     ///< of the model
  std::optional<AnsweredRows> answered;  ///< where something can be left unanswered
  std::optional<OodFigures> ood;         ///< of evaluated tables
  std::optional<Drift> drift;            ///< from the training rows, of evaluated tables
  SelectedFeatures selection;  ///< of the kept model; nothing kept where none was asked for
  std::optional<LearningCurve> learning_curve;
  std::optional<BaseResult> base;
  std::vector<FeatureImportance> importance;  ///< of the kept model, or of the evaluated one
  std::vector<std::string> warnings;
};

/// The version of report_json()'s layout.
inline constexpr int kReportSchemaVersion = 3;

/// Tables of fixed width, ending in a newline.
std::string report_text(const EvaluationReport& report);

/// One JSON object with `schema_version`, ending in a newline.
std::string report_json(const EvaluationReport& report);

/// One self-contained HTML page: no scripts, nothing loaded from elsewhere.
std::string report_html(const EvaluationReport& report);

}  // namespace weir
