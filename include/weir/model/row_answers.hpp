// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows of a table with what a model said of them: the ground of every figure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/metrics.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// Answers to rows of a table; a row may come several times, once for each repeat. Everything per
/// answer has the same order.
struct RowAnswers {
  std::vector<std::string> classes =
      {};  ///< the model's, then labels of the table that it cannot answer
  std::size_t model_classes = 0;
  std::vector<std::size_t> rows = {};      ///< indexes into the table
  std::vector<std::uint32_t> part = {};    ///< which model of a trial answered
  std::vector<std::uint32_t> actual = {};  ///< the label, an index into classes
  std::vector<Answer> answers = {};
  std::vector<float> probabilities = {};  ///< answers x model_classes

  std::size_t size() const noexcept { return rows.size(); }
  bool right(std::size_t index) const { return answers[index].class_index == actual[index]; }
  std::span<const float> probabilities_of(std::size_t index) const {
    return std::span(probabilities).subspan(index * model_classes, model_classes);
  }
};

/// Rows that wait for answers by a model with these classes.
RowAnswers start_answers(const Dataset& data, const std::vector<std::string>& model_classes);

/// Asks the model about these rows of the table and adds what it says.
void add_answers(RowAnswers& answered, const Dataset& data, std::span<const std::size_t> rows,
                 const Booster& booster, std::uint32_t part = 0);

/// Calibrates the probabilities and answers anew, Unknown where the rules say so; `min_confidence`
/// replaces their thresholds.
void decide(RowAnswers& answered, const AnswerRules& rules, std::optional<double> min_confidence);

/// How many rows of each class were taken for which.
ConfusionMatrix confusion(const RowAnswers& answered);

/// Only those answers for which `keep` is true.
RowAnswers keep_answers(const RowAnswers& answered, const std::vector<bool>& keep);

}  // namespace weir
