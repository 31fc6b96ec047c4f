// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The learning curve and the kept features as text and JSON.
#include "report_learning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace weir {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShownFeatures = 20;

std::string what_score_is(SelectionMethod method) {
  switch (method) {
    case SelectionMethod::correlation:
      return "correlation of its ranks with the classes";
    case SelectionMethod::gain:
      return "share of the gain";
    default:
      return "loss that it saves";
  }
}

}  // namespace

std::string learning_curve_text(const LearningCurve& curve) {
  std::string text = fmt::format(
      "\nLearning curve: models trained on some of the {}, measured on others ({} folds, {} "
      "seeds)\n{:>10}  {:>8}  {:>8}  {:>9}\n",
      curve.groups_name, curve.folds, curve.points.front().macro_f1.size(), curve.groups_name,
      "rows", "macro-F1", "deviation");
  for (const LearningPoint& point : curve.points) {
    fmt::format_to(std::back_inserter(text), "{:10.0f}  {:8.0f}  {:8.3f}  {:9.3f}\n", point.groups,
                   point.rows, point.mean, point.deviation);
  }
  return text + advice(curve) + "\n";
}

ordered_json learning_curve_json(const LearningCurve& curve) {
  ordered_json points = ordered_json::array();
  for (const LearningPoint& point : curve.points) {
    points.push_back({{"groups", point.groups},
                      {"rows", point.rows},
                      {"macro_f1", point.mean},
                      {"deviation", point.deviation},
                      {"macro_f1_of_seed", point.macro_f1}});
  }
  return {{"groups", curve.groups_name},
          {"folds", curve.folds},
          {"points", std::move(points)},
          {"last_doubling",
           {{"gain", curve.last_doubling}, {"standard_error", curve.last_doubling_error}}},
          {"advice", advice(curve)}};
}

std::string selection_text(const SelectedFeatures& selection) {
  if (selection.kept.empty()) return {};
  const std::size_t shown = std::min(kShownFeatures, selection.kept.size());
  std::size_t width = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    width = std::max(width, selection.kept[i].feature.size());
  }
  std::string text =
      fmt::format("\nFeatures kept by {}: {} of {} ({})\n", to_string(selection.by),
                  selection.kept.size(), selection.candidates, what_score_is(selection.by.method));
  for (std::size_t i = 0; i < shown; ++i) {
    fmt::format_to(std::back_inserter(text), "{:{}}  {:.3f}\n", selection.kept[i].feature, width,
                   selection.kept[i].score);
  }
  if (shown < selection.kept.size()) {
    text += fmt::format("... and {} more, which the model names\n", selection.kept.size() - shown);
  }
  return text;
}

}  // namespace weir
