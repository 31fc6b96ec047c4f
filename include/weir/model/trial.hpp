// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Measuring with models of their own: which rows each is trained on, and what it says of the
// others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/model/baselines.hpp"
#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"
#include "weir/model/split_units.hpp"

namespace weir {

/// How rows are chosen to train on and to measure on.
struct SplitOptions {
  SplitBy by = SplitBy::group;
  double test_share = 0.2;  ///< of the rows that are held out
  std::uint64_t seed = 42;
  std::size_t folds = 0;    ///< of a cross-validation; 0 = none
  std::size_t repeats = 1;  ///< of the cross-validation, each with other folds
};

/// Splits of one table that are measured together, one model for each.
struct Trial {
  std::string split = {};  ///< "by capture", "by family", "by host", "by time", "by row"
  bool by_row = false;     ///< neighbours stood on both sides: the figures promise too much
  bool by_host = false;
  SplitUnits units = {};  ///< what no split took apart
  std::vector<Split> parts = {};
  std::size_t folds = 0;  ///< parts of one repeat; 0 = one part, held out
  std::size_t repeats = 1;
  std::vector<std::string> warnings = {};
};

/// One split, as asked for. Where the table's groups cannot be split, single rows are, with a
/// warning. Throws UsageError when a column is missing, Error when nothing can be held out.
Trial hold_out_trial(const Dataset& data, const SplitOptions& options);

/// Folds of what `held_out` keeps together, dealt anew for each repeat; every row is measured once
/// in each. Throws UsageError when there are fewer units than folds, or the split is by time.
Trial fold_trial(const Dataset& data, const SplitOptions& options, const Trial& held_out);

/// The options whose figures belong beside those of `trial`: by row for any other split, by group
/// for a split by row. Empty where the table names no groups that could be split.
std::optional<SplitOptions> counterpart(const Dataset& data, const SplitOptions& options,
                                        const Trial& trial);

/// What the models of a trial said, as it comes in.
class TrialAnswers {
 public:
  /// Both must outlive this.
  TrialAnswers(const Dataset& data, const Trial& trial);

  /// Asks the model of a part about the rows to measure it on; `baselines` are the answers of
  /// trivial classifiers to them, or none; `seen` says which of them equal a training row, or
  /// nothing. Parts come in their order.
  void ask(std::size_t part, const Booster& booster, const BaselineAnswers& baselines,
           const std::vector<bool>& seen);

  /// Calibrates the answers, and leaves those Unknown that the rules do not know.
  void decide(const AnswerRules& rules);

  /// Calibrates the answers of each fold by what the other folds of its repeat say; nothing is
  /// learnt from answers for which `without` is true.
  void calibrate_folds(CalibrationMethod method, const std::vector<bool>& without);

  const RowAnswers& rows() const noexcept { return rows_; }
  const BaselineAnswers& baselines() const noexcept { return baselines_; }
  const std::vector<bool>& seen() const noexcept { return seen_; }

 private:
  const Dataset& data_;
  const Trial& trial_;
  RowAnswers rows_;
  BaselineAnswers baselines_;
  std::vector<bool> seen_;
};

}  // namespace weir
