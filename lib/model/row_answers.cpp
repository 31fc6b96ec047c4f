// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Asking a model, with labels that it may not know.
#include "weir/model/row_answers.hpp"

#include <algorithm>

namespace weir {
namespace {

std::uint32_t position_of(const std::vector<std::string>& classes, const std::string& name) {
  return static_cast<std::uint32_t>(std::ranges::find(classes, name) - classes.begin());
}

}  // namespace

RowAnswers start_answers(const Dataset& data, const std::vector<std::string>& model_classes) {
  RowAnswers answered{.classes = model_classes, .model_classes = model_classes.size()};
  for (const std::string& name : data.classes) {
    if (position_of(model_classes, name) == model_classes.size()) answered.classes.push_back(name);
  }
  return answered;
}

void add_answers(RowAnswers& answered, const Dataset& data, std::span<const std::size_t> rows,
                 const Booster& booster, std::uint32_t part) {
  std::vector<std::uint32_t> class_of_label;
  for (const std::string& name : data.classes) {
    class_of_label.push_back(position_of(answered.classes, name));
  }
  const std::vector<float> probabilities = booster.predict(gather(data.matrix, rows).values);
  const std::vector<Answer> answers = most_probable(probabilities, answered.model_classes);
  answered.rows.insert(answered.rows.end(), rows.begin(), rows.end());
  answered.part.insert(answered.part.end(), rows.size(), part);
  for (const std::size_t row : rows) answered.actual.push_back(class_of_label[data.labels[row]]);
  answered.answers.insert(answered.answers.end(), answers.begin(), answers.end());
  answered.probabilities.insert(answered.probabilities.end(), probabilities.begin(),
                                probabilities.end());
}

void decide(RowAnswers& answered, const AnswerRules& rules, std::optional<double> min_confidence) {
  answered.answers = decide(answered.probabilities, answered.model_classes, rules, min_confidence);
  rules.calibration.apply(answered.probabilities, answered.model_classes);
}

ConfusionMatrix confusion(const RowAnswers& answered) {
  ConfusionMatrix matrix(answered.classes);
  for (std::size_t i = 0; i < answered.size(); ++i) {
    matrix.add(answered.actual[i], answered.answers[i].class_index);
  }
  return matrix;
}

RowAnswers keep_answers(const RowAnswers& answered, const std::vector<bool>& keep) {
  RowAnswers kept{.classes = answered.classes, .model_classes = answered.model_classes};
  for (std::size_t i = 0; i < answered.size(); ++i) {
    if (!keep[i]) continue;
    kept.rows.push_back(answered.rows[i]);
    kept.part.push_back(answered.part[i]);
    kept.actual.push_back(answered.actual[i]);
    kept.answers.push_back(answered.answers[i]);
    const auto probabilities = answered.probabilities_of(i);
    kept.probabilities.insert(kept.probabilities.end(), probabilities.begin(), probabilities.end());
  }
  return kept;
}

}  // namespace weir
