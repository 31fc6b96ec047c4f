// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Confidence, drift and features as tables of a page.
#include "report_model_cards.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report_markup.hpp"

namespace weir {
namespace {

using namespace markup;

constexpr std::size_t kShownFeatures = 20;
constexpr std::size_t kShownShifts = 10;

void begin_card(Out out, std::string_view title, std::string_view caption,
                std::string_view caution = "") {
  fmt::format_to(out, "<section class=\"card\">\n<h2>{}{}</h2>\n<p class=\"caption\">{}</p>\n",
                 title, caution, caption);
}

void end_table(Out out) {
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_calibration(Out out, const EvaluationReport& report) {
  const AnswerRules& rules = report.rules;
  if (rules.trials.empty()) return;
  begin_card(
      out, "Calibration",
      fmt::format("Chosen: <b>{}</b>. What each kind does to rows out of fold, fitted on the "
                  "other folds.",
                  to_string(rules.calibration.method)),
      caution_of(report.measured));
  fmt::format_to(out,
                 "<table>\n<tr><th></th><th>log loss</th><th>ECE</th><th>macro-F1</th></tr>\n");
  for (const CalibrationTrial& trial : rules.trials) {
    fmt::format_to(out, "<tr><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td></tr>\n",
                   to_string(trial.method), trial.log_loss, trial.calibration_error,
                   trial.macro_f1);
  }
  end_table(out);
}

void add_thresholds(Out out, const EvaluationReport& report) {
  const AnswerRules& rules = report.rules;
  if (rules.thresholds.empty()) return;
  begin_card(out, "Thresholds",
             fmt::format("For a precision of {}, from training rows out of fold. An answer below "
                         "its threshold is Unknown.",
                         rules.target_precision),
             caution_of(report.measured));
  fmt::format_to(out,
                 "<table>\n<tr><th>class</th><th>confidence</th><th>precision</th>"
                 "<th>at least</th><th>answers</th><th>{}</th></tr>\n",
                 plural(rules.group_kind));
  for (std::size_t c = 0; c < rules.thresholds.size(); ++c) {
    const ClassThreshold& threshold = rules.thresholds[c];
    fmt::format_to(
        out,
        "<tr><td>{}</td><td>{}</td><td>{:.3f}</td><td>{:.3f}</td><td>{}</td><td>{}</td></tr>\n",
        escape(report.measured.matrix.classes()[c]),
        threshold.confidence ? fmt::format("{:.3f}", *threshold.confidence) : "never",
        threshold.precision, threshold.lower_bound, grouped(threshold.answers),
        grouped(threshold.groups));
  }
  end_table(out);
}

void add_row(Out out, std::string_view name, std::uint64_t part, std::uint64_t whole) {
  const std::string share =
      whole == 0
          ? "&#8211;"
          : fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
  fmt::format_to(out, "<tr><td>{}</td><td>{} of {}</td><td>{}</td></tr>\n", name, grouped(part),
                 grouped(whole), share);
}

void add_unknown(Out out, const EvaluationReport& report) {
  if (!report.answered && !report.ood) return;
  begin_card(out, "Unknown", "Rows that were answered, and rows that are like no trained class.",
             caution_of(report.measured));
  fmt::format_to(out, "<table>\n<tr><th></th><th>rows</th><th>share</th></tr>\n");
  if (report.answered) {
    const AnsweredRows& answered = *report.answered;
    add_row(out, "answered", answered.answered, answered.rows);
    add_row(out, "&#8195;of them right", answered.right, answered.answered);
    if (answered.strange > 0) {
      add_row(out, "answered though the label is unknown", answered.strange_answered,
              answered.strange);
    }
  }
  if (report.ood) {
    const OodFigures& ood = *report.ood;
    add_row(out, fmt::format("out-of-distribution score over {}", ood.level), ood.known_above,
            ood.known);
    if (ood.strange > 0) {
      add_row(out, "&#8195;of rows with unknown labels", ood.strange_above, ood.strange);
    }
    if (ood.auroc) {
      fmt::format_to(out, "<tr><td>area under its ROC curve</td><td></td><td>{:.3f}</td></tr>\n",
                     *ood.auroc);
    }
  }
  end_table(out);
}

void add_drift(Out out, const Drift& drift) {
  begin_card(out, "Drift",
             fmt::format("{} of {} features are shifted from the training rows; those most. PSI: "
                         "under 0.1 the same population, over 0.25 another one, beside it what so "
                         "few rows give by chance. Gain: the feature&#8217;s share in the trees.",
                         drift.shifted(), drift.features.size()));
  fmt::format_to(out,
                 "<table>\n<tr><th>feature</th><th>PSI</th><th>by chance</th><th>KS</th>"
                 "<th>gain</th></tr>\n");
  for (std::size_t i = 0; i < std::min(kShownShifts, drift.features.size()); ++i) {
    const FeatureShift& shift = drift.features[i];
    fmt::format_to(out,
                   "<tr><td>{}</td><td>{:.2f}</td><td>{:.2f}</td><td>{:.2f}</td><td>{:.3f}</td>"
                   "</tr>\n",
                   escape(shift.feature), shift.psi, shift.by_chance, shift.ks, shift.gain_share);
  }
  end_table(out);
}

void add_selection(Out out, const SelectedFeatures& selection) {
  if (selection.kept.empty()) return;
  const std::size_t shown = std::min(kShownFeatures, selection.kept.size());
  begin_card(
      out, "Selected features",
      fmt::format("Kept by {}: {} of {}{}.", escape(to_string(selection.by)), selection.kept.size(),
                  selection.candidates,
                  shown < selection.kept.size() ? fmt::format("; the first {}", shown) : ""));
  fmt::format_to(out, "<table>\n<tr><th>feature</th><th>score</th></tr>\n");
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::format_to(out, "<tr><td>{}</td><td>{:.3f}</td></tr>\n", escape(selection.kept[i].feature),
                   selection.kept[i].score);
  }
  end_table(out);
}

/// What leaks.
void add_leakage(Out out, const EvaluationReport& report) {
  if (report.features_alone.telling.empty()) return;
  fmt::format_to(out,
                 "<section class=\"card\">\n<h2>Features that tell the label almost alone</h2>\n"
                 "<p class=\"caption\">Is the label made from them? Information: the share of the "
                 "label&#8217;s entropy. A feature that is hardly ever right in other groups tells "
                 "captures apart, not classes.</p>\n<table>\n<tr><th>feature</th>"
                 "<th>information</th><th>right in other groups</th></tr>\n");
  for (const TellingFeature& feature : report.features_alone.telling) {
    fmt::format_to(out, "<tr><td>{}</td><td>{:.3f}</td><td>{:.3f}</td></tr>\n",
                   escape(feature.feature), feature.information, feature.right_elsewhere);
  }
  fmt::format_to(out, "</table>\n</section>\n");
}

void add_importance(Out out, const std::vector<FeatureImportance>& importance) {
  if (importance.empty()) return;
  constexpr int kRow = 22;
  constexpr int kBar = 250;
  const std::size_t shown = std::min(kShownFeatures, importance.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shown; ++i) names.push_back(importance[i].feature);
  const int left = margin_for(names);
  const int width = left + kBar + 60;
  const int height = static_cast<int>(shown) * kRow + 4;
  fmt::format_to(
      out,
      "<section class=\"card\">\n<h2>Features</h2>\n<p class=\"caption\">Share of the gain of "
      "all splits; {} of the {} features that the trees use.</p>\n<svg role=\"img\" "
      "aria-label=\"Feature importance\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">\n",
      shown, importance.size(), width, height, width, height);
  const double largest = importance.front().share;
  for (std::size_t i = 0; i < shown; ++i) {
    const int y = static_cast<int>(i) * kRow;
    fmt::format_to(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", left - 12, y + 15,
                   shorten(importance[i].feature));
    add_bar(out, left, y + 4, kBar, largest > 0 ? importance[i].share / largest : 0, 13,
            "--recall");
    fmt::format_to(out, "<text class=\"number\" x=\"{}\" y=\"{}\">{:.1f} %</text>\n",
                   left + kBar + 10, y + 15, 100 * importance[i].share);
  }
  fmt::format_to(out, "</svg>\n</section>\n");
}

}  // namespace

std::string model_cards(const EvaluationReport& report) {
  std::string cards;
  const Out out(cards);
  add_calibration(out, report);
  add_thresholds(out, report);
  add_unknown(out, report);
  if (report.drift) add_drift(out, *report.drift);
  add_selection(out, report.selection);
  add_importance(out, report.importance);
  add_leakage(out, report);
  return cards;
}

}  // namespace weir
