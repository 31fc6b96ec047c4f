// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Every figure that is computed from a model's answers to rows that it had not seen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/model/baselines.hpp"
#include "weir/model/bootstrap.hpp"
#include "weir/model/confidence.hpp"
#include "weir/model/flow_figures.hpp"
#include "weir/model/metrics.hpp"
#include "weir/model/priorities.hpp"
#include "weir/model/row_answers.hpp"
#include "weir/model/split_units.hpp"

namespace weir {

/// The same measured on another choice of rows, to show what that choice does.
struct OtherSplit {
  std::string split = {};  ///< "by row", "by capture"
  bool by_row = false;
  double accuracy = 0;
  double macro_f1 = 0;
};

/// Figures of the rows that equal no training row.
struct OtherRows {
  double accuracy = 0;
  double macro_f1 = 0;
};

/// Rows whose features equal those of a training row.
struct Duplicates {
  std::uint64_t rows = 0;
  bool left_out = false;                 ///< of all other figures
  std::optional<OtherRows> others = {};  ///< where all rows are measured though these leak
  /// Training rows that they could not be compared with: the model's file keeps none.
  std::uint64_t unchecked = 0;
};

struct Measurement {
  std::string split = {};       ///< how the rows were chosen: "by capture", "all rows"
  bool by_row = false;          ///< neighbours stood on both sides: the figures promise too much
  std::uint64_t folds = 0;      ///< of a cross-validation; 0 = none
  std::uint64_t repeats = 1;    ///< times that every row was measured
  std::string group_kind = {};  ///< what rows are drawn by: "capture", "family", "row"
  std::uint64_t groups = 0;     ///< of these among the rows; 0 where they are single rows
  ConfusionMatrix matrix = {};
  Scores scores = {};
  std::optional<ScoreIntervals> intervals = {};
  std::vector<Baseline> baselines = {};
  std::optional<OtherSplit> other_split = {};
  Reliability reliability = {};
  /// How the answers were calibrated, where that is another way than the model's.
  std::string other_calibration = {};
  std::vector<RejectionPoint> rejection = {};
  std::optional<double> byte_accuracy = {};
  std::vector<PacketsSeen> by_packets = {};
  std::vector<Mistake> mistakes = {};
  std::optional<PriorityFigures> priorities = {};
  Duplicates duplicates = {};
};

/// How answers are measured.
struct MeasureOptions {
  std::string split = {};
  bool by_row = false;
  std::uint64_t folds = 0;
  std::uint64_t repeats = 1;
  const SplitUnits* units = nullptr;  ///< what intervals are drawn by, of the whole table
  std::uint64_t seed = 42;
  const Priorities* priorities = nullptr;  ///< besides the usual ones
};

/// There has to be an answer.
Measurement measure(const Dataset& data, const RowAnswers& answered,
                    const BaselineAnswers& baselines, const MeasureOptions& options);

}  // namespace weir
