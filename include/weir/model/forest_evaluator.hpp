// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Class probabilities from an ensemble of decision trees, laid out for speed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

struct ForestLayout;

/// Evaluates the trees of an XGBoost model with the objective multi:softprob, and gives to the bit
/// what XGBoost's own prediction gives. Nothing in it changes: threads may share it.
class ForestEvaluator {
 public:
  /// Reads a model as XGBoost writes it in UBJ. Throws Error when it is not one, or has what is not
  /// evaluated here: another objective, another booster than trees, splits by category.
  static ForestEvaluator parse(std::string_view ubj);

  ~ForestEvaluator();
  ForestEvaluator(ForestEvaluator&&) noexcept;
  ForestEvaluator& operator=(ForestEvaluator&&) noexcept;

  /// Values in a row.
  std::size_t columns() const noexcept;
  /// Probabilities for a row.
  std::size_t classes() const noexcept;

  /// Class probabilities, row by row, of `rows` (whole rows of columns() values; NaN is an absent
  /// one), by the trees of the first `rounds` of boosting; 0 = all. What a row gets does not depend
  /// on its neighbours.
  std::vector<float> evaluate(std::span<const float> rows, unsigned rounds = 0) const;

 private:
  explicit ForestEvaluator(std::unique_ptr<const ForestLayout> forest);

  std::unique_ptr<const ForestLayout> forest_;
};

}  // namespace weir
