// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reports for the terminal, and for programs.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "feature_selection_json.hpp"
#include "report_answers.hpp"
#include "report_drift.hpp"
#include "report_learning.hpp"
#include "weir/model/report.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShownFeatures = 10;
constexpr std::size_t kShownShifts = 5;

using Out = std::back_insert_iterator<std::string>;

std::size_t width_of_names(const std::vector<std::string>& names) {
  std::size_t width = std::string_view("weighted average").size();
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

void add_summary(Out out, const EvaluationReport& report) {
  fmt::format_to(out, "{}: {} rows", report.title, report.matrix.total());
  if (report.groups > 0) fmt::format_to(out, " of {} captures", report.groups);
  fmt::format_to(out, ", {}; {} trained on {} rows, {} features\n", report.split, report.algorithm,
                 report.training_rows, report.features);
  fmt::format_to(out, "Left out: {} rows without a label", report.left_out.unlabelled);
  if (report.min_packets > 0) {
    fmt::format_to(out, ", {} below {} packets", report.left_out.small, report.min_packets);
  }
  if (report.left_out.dropped > 0) {
    fmt::format_to(out, ", {} labelled Other", report.left_out.dropped);
  }
  fmt::format_to(out, "\n\n");
}

void add_matrix(Out out, const ConfusionMatrix& matrix) {
  const std::size_t names = width_of_names(matrix.classes());
  fmt::format_to(out, "Confusion matrix (row: actual, column: predicted)\n{:{}}", "", names);
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < matrix.size(); ++column) {
    const std::string& name = matrix.classes()[column];
    widths.push_back(std::max(name.size(), fmt::formatted_size("{}", matrix.predicted(column))));
    fmt::format_to(out, "  {:>{}}", name, widths.back());
  }
  fmt::format_to(out, "\n");
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    fmt::format_to(out, "{:{}}", matrix.classes()[row], names);
    for (std::size_t column = 0; column < matrix.size(); ++column) {
      fmt::format_to(out, "  {:>{}}", matrix.at(row, column), widths[column]);
    }
    fmt::format_to(out, "\n");
  }
  fmt::format_to(out, "\n");
}

void add_rates(Out out, std::string_view name, std::size_t width, const Rates& rates,
               std::uint64_t support) {
  fmt::format_to(out, "{:{}}  {:9.3f}  {:6.3f}  {:5.3f}  {:7}\n", name, width, rates.precision,
                 rates.recall, rates.f1, support);
}

void add_scores(Out out, const EvaluationReport& report) {
  const std::size_t names = width_of_names(report.matrix.classes());
  const std::uint64_t total = report.matrix.total();
  fmt::format_to(out, "{:{}}  {:>9}  {:>6}  {:>5}  {:>7}\n", "Class", names, "precision", "recall",
                 "F1", "support");
  for (const ClassScores& scores : report.scores.classes) {
    add_rates(out, scores.name, names, scores.rates, scores.support);
  }
  add_rates(out, "macro average", names, report.scores.macro, total);
  add_rates(out, "weighted average", names, report.scores.weighted, total);
  fmt::format_to(out, "\n");
}

void add_summary_figures(Out out, const EvaluationReport& report) {
  fmt::format_to(out, "{:<28} accuracy {:.3f}, macro-F1 {:.3f}\n", "Model:", report.scores.accuracy,
                 report.scores.macro.f1);
  fmt::format_to(out, "{:<28} accuracy {:.3f}, macro-F1 {:.3f}\n",
                 fmt::format("Always '{}':", report.majority.answer), report.majority.accuracy,
                 report.majority.macro_f1);
  if (report.cross_validation) {
    const CrossValidationResult& result = *report.cross_validation;
    fmt::format_to(out, "{:<28} accuracy {:.3f}, macro-F1 {:.3f} over {} rows\n",
                   fmt::format("{} folds {}:", result.folds, result.split), result.accuracy,
                   result.macro_f1, result.rows);
  }
}

void add_importance(Out out, const std::vector<FeatureImportance>& importance) {
  if (importance.empty()) return;
  fmt::format_to(out, "\nMost important features (share of the gain)\n");
  const std::size_t shown = std::min(kShownFeatures, importance.size());
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) width = std::max(width, importance[i].feature.size());
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::format_to(out, "{:{}}  {:.3f}\n", importance[i].feature, width, importance[i].share);
  }
}

ordered_json to_json(const Rates& rates) {
  return {{"precision", rates.precision}, {"recall", rates.recall}, {"f1", rates.f1}};
}

ordered_json classes_json(const Scores& scores) {
  ordered_json classes = ordered_json::array();
  for (const ClassScores& of_class : scores.classes) {
    ordered_json entry{{"class", of_class.name}};
    entry.update(to_json(of_class.rates));
    entry["support"] = of_class.support;
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

}  // namespace

std::string report_text(const EvaluationReport& report) {
  std::string text;
  const Out out(text);
  add_summary(out, report);
  add_matrix(out, report.matrix);
  add_scores(out, report);
  add_summary_figures(out, report);
  text += answered_text(report);
  for (const std::string& choice : report.choices) fmt::format_to(out, "Chosen: {}\n", choice);
  text += rules_text(report);
  if (report.drift) {
    text += "\nDrift: " + drift_line(*report.drift) + shift_table(*report.drift, kShownShifts);
  }
  if (report.learning_curve) text += learning_curve_text(*report.learning_curve);
  text += selection_text(report.selection);
  add_importance(out, report.importance);
  return text;
}

std::string report_json(const EvaluationReport& report) {
  ordered_json json{
      {"schema_version", kReportSchemaVersion},
      {"title", report.title},
      {"model", report.model},
      {"algorithm", report.algorithm},
      {"features", report.features},
      {"training_rows", report.training_rows},
      {"data", report.data},
      {"split", report.split},
      {"rows", report.matrix.total()},
      {"captures", report.groups},
      {"min_packets", report.min_packets},
      {"left_out",
       {{"unlabelled", report.left_out.unlabelled},
        {"below_min_packets", report.left_out.small},
        {"other", report.left_out.dropped}}},
      {"unknown_label_rows", report.unknown_label_rows},
      {"accuracy", report.scores.accuracy},
      {"macro", to_json(report.scores.macro)},
      {"weighted", to_json(report.scores.weighted)},
      {"classes", classes_json(report.scores)},
      {"confusion_matrix", matrix_json(report.matrix)},
      {"majority_baseline",
       {{"answer", report.majority.answer},
        {"accuracy", report.majority.accuracy},
        {"macro_f1", report.majority.macro_f1}}},
  };
  if (report.cross_validation) {
    const CrossValidationResult& result = *report.cross_validation;
    json["cross_validation"] = {{"folds", result.folds},
                                {"split", result.split},
                                {"rows", result.rows},
                                {"accuracy", result.accuracy},
                                {"macro_f1", result.macro_f1}};
  }
  if (report.drift) json["drift"] = drift_json(*report.drift);
  json["choices"] = report.choices;
  json["answers"] = rules_json(report);
  if (report.answered) json["answered"] = answered_json(*report.answered);
  if (report.learning_curve) json["learning_curve"] = learning_curve_json(*report.learning_curve);
  if (!report.selection.kept.empty()) json["selection"] = selection_json(report.selection);
  json["importance"] = importance_json(report.importance);
  json["warnings"] = report.warnings;
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace weir
