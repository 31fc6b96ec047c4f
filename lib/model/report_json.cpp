// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reports for programs.
#include <nlohmann/json.hpp>
#include <utility>

#include "baselines_json.hpp"
#include "feature_selection_json.hpp"
#include "report_answers.hpp"
#include "report_drift.hpp"
#include "report_figures.hpp"
#include "report_learning.hpp"
#include "weir/model/report.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

ordered_json to_json(const Rates& rates) {
  return {{"precision", rates.precision}, {"recall", rates.recall}, {"f1", rates.f1}};
}

ordered_json to_json(const Interval& interval) {
  return {interval.low, interval.high};
}

ordered_json classes_json(const Measurement& measured) {
  ordered_json classes = ordered_json::array();
  for (std::size_t c = 0; c < measured.scores.classes.size(); ++c) {
    const ClassScores& of_class = measured.scores.classes[c];
    ordered_json entry{{"class", of_class.name}};
    entry.update(to_json(of_class.rates));
    entry["support"] = of_class.support;
    if (measured.intervals && of_class.support > 0) {
      const RateIntervals& intervals = measured.intervals->classes[c];
      entry["precision_95"] = to_json(intervals.precision);
      entry["recall_95"] = to_json(intervals.recall);
      entry["f1_95"] = to_json(intervals.f1);
    }
    classes.push_back(std::move(entry));
  }
  return classes;
}

ordered_json matrix_json(const ConfusionMatrix& matrix) {
  ordered_json rows = ordered_json::array();
  for (std::size_t actual = 0; actual < matrix.size(); ++actual) {
    ordered_json row = ordered_json::array();
    for (std::size_t predicted = 0; predicted < matrix.size(); ++predicted) {
      row.push_back(matrix.at(actual, predicted));
    }
    rows.push_back(std::move(row));
  }
  return {{"classes", matrix.classes()}, {"rows_actual_columns_predicted", std::move(rows)}};
}

ordered_json importance_json(const std::vector<FeatureImportance>& importance) {
  ordered_json features = ordered_json::array();
  for (const FeatureImportance& entry : importance) {
    features.push_back({{"feature", entry.feature}, {"gain_share", entry.share}});
  }
  return features;
}

ordered_json other_split_json(const Measurement& measured) {
  const OtherSplit& other = *measured.other_split;
  const double sign = other.by_row ? 1 : -1;
  return {{"split", other.split},
          {"accuracy", other.accuracy},
          {"macro_f1", other.macro_f1},
          {"accuracy_gap", sign * (other.accuracy - measured.scores.accuracy)},
          {"macro_f1_gap", sign * (other.macro_f1 - measured.scores.macro.f1)}};
}

ordered_json to_json(const Measurement& measured) {
  ordered_json json{{"split", measured.split}};
  if (measured.by_row) json["caution"] = "split by row: too high for captures never seen";
  if (measured.folds > 0) {
    json["folds"] = measured.folds;
    json["repeats"] = measured.repeats;
  }
  json["rows"] = measured.matrix.total();
  json["group"] = measured.group_kind;
  json["groups"] = measured.groups;
  json["accuracy"] = measured.scores.accuracy;
  if (measured.intervals) json["accuracy_95"] = to_json(measured.intervals->accuracy);
  json["macro"] = to_json(measured.scores.macro);
  if (measured.intervals) json["macro_f1_95"] = to_json(measured.intervals->macro_f1);
  json["weighted"] = to_json(measured.scores.weighted);
  json["classes"] = classes_json(measured);
  json["confusion_matrix"] = matrix_json(measured.matrix);
  json["baselines"] = baselines_json(measured.baselines);
  if (measured.other_split) json["other_split"] = other_split_json(measured);
  add_figures_json(json, measured);
  return json;
}

}  // namespace

std::string report_json(const EvaluationReport& report) {
  ordered_json json{
      {"schema_version", kReportSchemaVersion},
      {"title", report.title},
      {"model", report.model},
      {"algorithm", report.algorithm},
      {"features", report.features},
      {"training_rows", report.training_rows},
      {"data", report.data},
      {"min_packets", report.min_packets},
      {"left_out",
       {{"unlabelled", report.left_out.unlabelled},
        {"below_min_packets", report.left_out.small},
        {"other", report.left_out.dropped}}},
      {"unknown_label_rows", report.unknown_label_rows},
  };
  json.update(to_json(report.measured));
  if (report.cross_validation) json["cross_validation"] = to_json(*report.cross_validation);
  if (!report.trained_baselines.empty()) {
    json["trained_baselines"] = baselines_json(report.trained_baselines);
  }
  json["leakage"] = leakage_json(report);
  if (report.ood) json["out_of_distribution"] = ood_json(*report.ood);
  if (report.drift) json["drift"] = drift_json(*report.drift);
  json["choices"] = report.choices;
  if (report.base) {
    json["base"] = {{"name", report.base->name},
                    {"macro_f1_without", report.base->without},
                    {"macro_f1_alone", report.base->alone}};
  }
  json["answers"] = rules_json(report);
  if (report.answered) json["answered"] = answered_json(*report.answered);
  if (report.learning_curve) json["learning_curve"] = learning_curve_json(*report.learning_curve);
  if (!report.selection.kept.empty()) json["selection"] = selection_json(report.selection);
  json["importance"] = importance_json(report.importance);
  json["warnings"] = report.warnings;
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weir
