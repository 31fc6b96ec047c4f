// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reports for the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report_answers.hpp"
#include "report_drift.hpp"
#include "report_figures.hpp"
#include "report_learning.hpp"
#include "weir/model/report.hpp"

namespace weir {
namespace {

constexpr std::size_t kShownFeatures = 10;
constexpr std::size_t kShownShifts = 5;

using Out = std::back_insert_iterator<std::string>;

std::size_t width_of_names(const std::vector<std::string>& names) {
  std::size_t width = std::string_view("weighted average").size();
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

void add_summary(Out out, const EvaluationReport& report) {
  fmt::format_to(out, "{} trained on {} rows, {} features\n", report.algorithm,
                 report.training_rows, report.features);
  if (const std::string rows = rows_left_out(report, fmt::to_string<std::uint64_t>);
      !rows.empty()) {
    fmt::format_to(out, "Rows left out: {}\n", rows);
  }
  fmt::format_to(out, "\n");
}

/// "Held-out rows: 79 rows of 35 captures, by capture".
void add_heading(Out out, std::string_view title, const Measurement& measured) {
  fmt::format_to(out, "{}: {} rows", title, measured.matrix.total());
  if (measured.groups > 0) {
    fmt::format_to(out, " of {} {}", measured.groups,
                   measured.groups == 1 ? measured.group_kind : plural(measured.group_kind));
  }
  if (measured.folds > 0) {
    fmt::format_to(out, ", {} folds {}", measured.folds, measured.split);
    if (measured.repeats > 1) {
      fmt::format_to(out, ", dealt {} times, each row counted as often", measured.repeats);
    }
  } else {
    fmt::format_to(out, ", {}", measured.split);
  }
  fmt::format_to(out, "{}\n", measured.by_row ? ": too high for captures never seen" : "");
}

void add_matrix(Out out, const Measurement& measured) {
  const ConfusionMatrix& matrix = measured.matrix;
  const std::size_t names = width_of_names(matrix.classes());
  fmt::format_to(out, "\nConfusion matrix (row: actual, column: predicted){}\n{:{}}",
                 caution_of(measured.by_row), "", names);
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

std::string as_text(const Interval& interval) {
  return fmt::format("{:.3f}-{:.3f}", interval.low, interval.high);
}

/// `f1` is the interval of the F1, as text; empty where the table has none at all.
void add_rates(Out out, std::string_view name, std::size_t width, const Rates& rates,
               std::uint64_t support, std::string_view f1) {
  fmt::format_to(out, "{:{}}  {:>9.3f}  {:>6.3f}  {:>5.3f}{}  {:>7}\n", name, width,
                 rates.precision, rates.recall, rates.f1, f1, support);
}

/// A column of intervals; empty where there are none.
std::string column(bool shown, std::string_view text) {
  return shown ? fmt::format("  {:>11}", text) : std::string();
}

void add_scores(Out out, const Measurement& measured) {
  const std::size_t names = width_of_names(measured.matrix.classes());
  const std::uint64_t total = measured.matrix.total();
  const auto& intervals = measured.intervals;
  const bool shown = intervals.has_value();
  fmt::format_to(out, "{:{}}  {:>9}  {:>6}  {:>5}{}  {:>7}{}\n", "Class", names, "precision",
                 "recall", "F1", column(shown, "95 % of F1"), "support",
                 caution_of(measured.by_row));
  for (std::size_t c = 0; c < measured.scores.classes.size(); ++c) {
    const ClassScores& scores = measured.scores.classes[c];
    const bool known = shown && scores.support > 0;
    add_rates(out, scores.name, names, scores.rates, scores.support,
              column(shown, known ? as_text(intervals->classes[c].f1) : ""));
  }
  add_rates(out, "macro average", names, measured.scores.macro, total,
            column(shown, shown ? as_text(intervals->macro_f1) : ""));
  add_rates(out, "weighted average", names, measured.scores.weighted, total,
            column(shown, shown ? as_text(intervals->weighted_f1) : ""));
  fmt::format_to(out, "\n");
}

/// One line of the comparison.
void add_line(Out out, std::string_view name, double accuracy, double macro_f1,
              std::string_view accuracy_range, std::string_view macro_f1_range,
              std::string_view note) {
  fmt::format_to(out, "{:<27}  {:>8.3f}{}  {:>8.3f}{}{}\n", name, accuracy, accuracy_range,
                 macro_f1, macro_f1_range, note);
}

std::string rows_asked(const Baseline& baseline, std::uint64_t all) {
  return baseline.rows == all ? std::string() : fmt::format(" ({} rows)", baseline.rows);
}

/// Accuracy and macro-F1 of the model, and of what they should be compared with.
void add_comparison(Out out, const Measurement& measured) {
  const Scores& scores = measured.scores;
  const auto& intervals = measured.intervals;
  const bool shown = intervals.has_value();
  const std::string_view caution = caution_of(measured.by_row);
  const auto without_range = [&](std::string_view name, double accuracy, double macro_f1,
                                 std::string_view note) {
    add_line(out, name, accuracy, macro_f1, column(shown, ""), "", note);
  };
  fmt::format_to(out, "{:<27}  {:>8}{}  {:>8}{}\n", "", "accuracy", column(shown, "95 %"),
                 "macro-F1", column(shown, "95 %"));
  add_line(out, "Model", scores.accuracy, scores.macro.f1,
           column(shown, shown ? as_text(intervals->accuracy) : ""),
           column(shown, shown ? as_text(intervals->macro_f1) : ""), caution);
  for (const Baseline& baseline : measured.baselines) {
    without_range("Baseline: " + baseline.name, baseline.accuracy, baseline.macro_f1,
                  rows_asked(baseline, measured.matrix.total()).append(caution));
  }
  if (measured.other_split) {
    const OtherSplit& other = *measured.other_split;
    const double sign = other.by_row ? 1 : -1;
    without_range("Model, split " + other.split, other.accuracy, other.macro_f1,
                  caution_of(other.by_row));
    without_range("Gap: how much rows flatter", sign * (other.accuracy - scores.accuracy),
                  sign * (other.macro_f1 - scores.macro.f1), "");
  }
  if (const std::string why = why_no_intervals(measured); !why.empty()) {
    fmt::format_to(out, "{}\n", why);
  }
}

/// What can only be had with the training rows.
void add_trained_baselines(Out out, const std::vector<Baseline>& baselines) {
  const auto nearest = std::ranges::find(baselines, "nearest row", &Baseline::name);
  if (nearest == baselines.end()) return;
  fmt::format_to(out,
                 "When the model was trained, the nearest row had accuracy {:.3f}, macro-F1 "
                 "{:.3f}\n",
                 nearest->accuracy, nearest->macro_f1);
}

void add_measurement(Out out, std::string_view title, const Measurement& measured) {
  add_heading(out, title, measured);
  add_matrix(out, measured);
  add_scores(out, measured);
  add_comparison(out, measured);
  fmt::format_to(out, "{}", figures_text(measured));
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

}  // namespace

std::string report_text(const EvaluationReport& report) {
  std::string text;
  const Out out(text);
  add_summary(out, report);
  add_measurement(out, report.title, report.measured);
  add_trained_baselines(out, report.trained_baselines);
  if (report.base) {
    fmt::format_to(out, "{:<28} macro-F1 {:.3f}; base alone {:.3f}{}\n",
                   "Without the base:", report.base->without, report.base->alone,
                   caution_of(report.measured.by_row));
  }
  text += answered_text(report);
  if (report.ood) text += ood_text(*report.ood);
  if (report.cross_validation) {
    fmt::format_to(out, "\n");
    add_measurement(out, "Cross-validation", *report.cross_validation);
  }
  for (const std::string& choice : report.choices) fmt::format_to(out, "Chosen: {}\n", choice);
  text += rules_text(report);
  if (report.drift) {
    text += "\nDrift: " + drift_line(*report.drift) + shift_table(*report.drift, kShownShifts);
  }
  if (report.learning_curve) text += learning_curve_text(*report.learning_curve);
  text += selection_text(report.selection);
  text += leakage_text(report);
  add_importance(out, report.importance);
  return text;
}

}  // namespace weir
