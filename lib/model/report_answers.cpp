// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Calibration, thresholds and coverage as text and JSON.
#include "report_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "report_figures.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

using Out = std::back_insert_iterator<std::string>;

/// Empty where there is nothing to have a share of.
std::optional<double> share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

std::string or_dash(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

ordered_json or_null(std::optional<double> value) {
  return value ? ordered_json(*value) : ordered_json();
}

void add_calibration(Out out, const EvaluationReport& report) {
  const AnswerRules& rules = report.rules;
  fmt::format_to(out, "\nCalibration: {}; on rows out of fold{}\n{:11}  {:>8}  {:>5}  {:>8}\n",
                 to_string(rules.calibration.method), caution_of(report.measured.by_row), "",
                 "log loss", "ECE", "macro-F1");
  for (const CalibrationTrial& trial : rules.trials) {
    fmt::format_to(out, "{:11}  {:8.3f}  {:5.3f}  {:8.3f}\n", to_string(trial.method),
                   trial.log_loss, trial.calibration_error, trial.macro_f1);
  }
}

void add_thresholds(Out out, const EvaluationReport& report) {
  const AnswerRules& rules = report.rules;
  std::size_t width = std::string_view("Class").size();
  for (const std::string& name : report.measured.matrix.classes())
    width = std::max(width, name.size());
  fmt::format_to(out, "\nThresholds for a precision of {}, from training rows out of fold{}\n",
                 rules.target_precision, caution_of(report.measured.by_row));
  fmt::format_to(out, "{:{}}  {:>10}  {:>9}  {:>8}  {:>7}  {:>8}\n", "Class", width, "confidence",
                 "precision", "at least", "answers", plural(rules.group_kind));
  for (std::size_t c = 0; c < rules.thresholds.size(); ++c) {
    const ClassThreshold& threshold = rules.thresholds[c];
    fmt::format_to(out, "{:{}}  {:>10}  {:9.3f}  {:8.3f}  {:7}  {:8}\n",
                   report.measured.matrix.classes()[c], width,
                   threshold.confidence ? fmt::format("{:.3f}", *threshold.confidence) : "never",
                   threshold.precision, threshold.lower_bound, threshold.answers, threshold.groups);
  }
}

/// "Unknown below 0.6, ood over 0.95:"
std::string unknown_where(const EvaluationReport& report) {
  const AnswerLimits& limits = report.answered->limits;
  std::vector<std::string> where;
  if (limits.min_confidence) {
    where.push_back(fmt::format("below {}", *limits.min_confidence));
  } else if (!report.rules.thresholds.empty()) {
    where.emplace_back("below thresholds");
  }
  if (limits.max_ood) where.push_back(fmt::format("ood over {}", *limits.max_ood));
  return fmt::format("Unknown {}:", fmt::join(where, ", "));
}

}  // namespace

std::string answered_text(const EvaluationReport& report) {
  if (!report.answered) return {};
  const AnsweredRows& answered = *report.answered;
  std::string text = fmt::format(
      "{:<28} coverage {} ({} of {} rows), accuracy of the answered {}{}\n", unknown_where(report),
      or_dash(share(answered.answered, answered.rows)), answered.answered, answered.rows,
      or_dash(share(answered.right, answered.answered)), caution_of(report.measured.by_row));
  if (answered.strange > 0) {
    text += fmt::format("{:<28} {} of {} rows answered Unknown, which is right\n",
                        "Labels it does not know:", answered.strange - answered.strange_answered,
                        answered.strange);
  }
  return text;
}

std::string ood_text(const OodFigures& ood) {
  std::string text =
      fmt::format("{:<28} {} of {} rows of known labels",
                  fmt::format("Ood score over {}:", ood.level), ood.known_above, ood.known);
  if (ood.strange > 0) {
    text += fmt::format(", {} of {} of unknown ones", ood.strange_above, ood.strange);
  }
  if (ood.auroc) text += fmt::format("; area under the ROC curve {:.3f}", *ood.auroc);
  return text + "\n";
}

std::string rules_text(const EvaluationReport& report) {
  std::string text;
  const Out out(text);
  if (!report.rules.trials.empty()) add_calibration(out, report);
  if (!report.rules.thresholds.empty()) add_thresholds(out, report);
  return text;
}

ordered_json answered_json(const AnsweredRows& answered) {
  return {{"min_confidence", or_null(answered.limits.min_confidence)},
          {"max_ood", or_null(answered.limits.max_ood)},
          {"rows", answered.rows},
          {"answered", answered.answered},
          {"coverage", or_null(share(answered.answered, answered.rows))},
          {"accuracy", or_null(share(answered.right, answered.answered))},
          {"unknown_label_rows", answered.strange},
          {"unknown_label_rows_answered", answered.strange_answered}};
}

ordered_json ood_json(const OodFigures& ood) {
  return {{"level", ood.level},
          {"known_label_rows", ood.known},
          {"known_label_rows_above", ood.known_above},
          {"unknown_label_rows", ood.strange},
          {"unknown_label_rows_above", ood.strange_above},
          {"auroc", or_null(ood.auroc)}};
}

ordered_json rules_json(const EvaluationReport& report) {
  const AnswerRules& rules = report.rules;
  ordered_json trials = ordered_json::array();
  for (const CalibrationTrial& trial : rules.trials) {
    trials.push_back({{"method", to_string(trial.method)},
                      {"log_loss", trial.log_loss},
                      {"ece", trial.calibration_error},
                      {"macro_f1", trial.macro_f1}});
  }
  ordered_json thresholds = ordered_json::array();
  for (std::size_t c = 0; c < rules.thresholds.size(); ++c) {
    const ClassThreshold& threshold = rules.thresholds[c];
    thresholds.push_back({{"class", report.measured.matrix.classes()[c]},
                          {"confidence", or_null(threshold.confidence)},
                          {"precision", threshold.precision},
                          {"lower_bound", threshold.lower_bound},
                          {"answers", threshold.answers},
                          {"groups", threshold.groups}});
  }
  return {{"method", to_string(rules.calibration.method)},
          {"trials", std::move(trials)},
          {"target_precision", rules.target_precision},
          {"group", rules.group_kind},
          {"thresholds", std::move(thresholds)}};
}

}  // namespace weir
