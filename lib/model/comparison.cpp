// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Two evaluations as one text or JSON.
#include "weir/model/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "report_drift.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

using Out = std::back_insert_iterator<std::string>;

constexpr std::size_t kShownFeatures = 15;

/// A class' scores in a report; all zero where the report has no row of it.
ClassScores scores_of(const EvaluationReport& report, const std::string& name) {
  const auto found = std::ranges::find(report.measured.scores.classes, name, &ClassScores::name);
  return found == report.measured.scores.classes.end() ? ClassScores{name, {}, 0} : *found;
}

std::vector<std::string> classes_of(const Comparison& comparison) {
  std::vector<std::string> names = comparison.first.measured.matrix.classes();
  for (const std::string& name : comparison.second.measured.matrix.classes()) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

void add_side_by_side(Out out, const Comparison& comparison) {
  const EvaluationReport& a = comparison.first;
  const EvaluationReport& b = comparison.second;
  const std::vector<std::string> names = classes_of(comparison);
  std::size_t width = std::string_view("coverage").size();
  for (const std::string& name : names) width = std::max(width, name.size() + 3);
  fmt::format_to(out, "A: {}\nB: {}\n\n", fmt::join(a.data, ", "), fmt::join(b.data, ", "));
  fmt::format_to(out, "{:{}}  {:>7}  {:>7}  {:>7}\n", "", width, "A", "B", "B - A");
  const auto line = [&](const std::string& name, double of_a, double of_b) {
    fmt::format_to(out, "{:{}}  {:7.3f}  {:7.3f}  {:+7.3f}\n", name, width, of_a, of_b,
                   of_b - of_a);
  };
  fmt::format_to(out, "{:{}}  {:7}  {:7}\n", "rows", width, a.measured.matrix.total(),
                 b.measured.matrix.total());
  line("accuracy", a.measured.scores.accuracy, b.measured.scores.accuracy);
  line("macro-F1", a.measured.scores.macro.f1, b.measured.scores.macro.f1);
  for (const std::string& name : names) {
    line(name + " F1", scores_of(a, name).rates.f1, scores_of(b, name).rates.f1);
  }
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  std::string text;
  const Out out(text);
  add_side_by_side(out, comparison);
  fmt::format_to(out, "\nA: {}B: {}", drift_line(*comparison.first.drift),
                 drift_line(*comparison.second.drift));
  fmt::format_to(out, "\nShift from A to B: {} of {} features\n", comparison.shift.shifted(),
                 comparison.shift.features.size());
  text += shift_table(comparison.shift, kShownFeatures);
  text +=
      "PSI: under 0.1 the same population, over 0.25 another one; 'chance' is what so few rows "
      "give\n"
      "without a shift. KS: the greatest distance of the cumulative shares, 0 to 1. A high PSI "
      "with\n"
      "a large share of the model's gain is where to look first for what B does worse.\n";
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  const ordered_json json{{"schema_version", kReportSchemaVersion},
                          {"first", ordered_json::parse(report_json(comparison.first))},
                          {"second", ordered_json::parse(report_json(comparison.second))},
                          {"shift", drift_json(comparison.shift)}};
  return json.dump(2) + "\n";
}

}  // namespace weir
