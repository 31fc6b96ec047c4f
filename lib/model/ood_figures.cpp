// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Scores of rows whose labels are known.
#include "weir/model/ood_figures.hpp"

#include <vector>

namespace weir {

OodFigures judge_ood(const OodDetector& detector, const FeatureMatrix& matrix, RowAnswers& answered,
                     std::optional<double> max_ood) {
  OodFigures figures;
  figures.level = max_ood.value_or(figures.level);
  const std::vector<double> distances = detector.distances(matrix.values);
  std::vector<double> known;
  std::vector<double> strange;
  for (std::size_t i = 0; i < answered.size(); ++i) {
    const double distance = distances[answered.rows[i]];
    const bool is_above = detector.score(distance) > figures.level;
    if (max_ood && is_above) answered.answers[i].known = false;
    const bool is_strange = answered.actual[i] >= answered.model_classes;
    (is_strange ? strange : known).push_back(distance);
    if (is_above) ++(is_strange ? figures.strange_above : figures.known_above);
  }
  figures.known = known.size();
  figures.strange = strange.size();
  figures.auroc = area_under_roc(known, strange);
  return figures;
}

}  // namespace weir
