// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How many of some rows are like no class that a model was trained on.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/model/dataset.hpp"
#include "weir/model/ood.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

/// How unlike the training rows the measured rows are, by OodDetector's score.
struct OodFigures {
  double level = 0.95;               ///< scores above it are strange
  std::uint64_t known = 0;           ///< rows whose label the model can answer
  std::uint64_t known_above = 0;     ///< of them above the level
  std::uint64_t strange = 0;         ///< rows whose label it cannot answer
  std::uint64_t strange_above = 0;   ///< of them above the level
  std::optional<double> auroc = {};  ///< how well the score tells the two apart
};

/// The figures of the rows of the matrix that were answered; answers to those with a score above
/// `max_ood` become Unknown.
OodFigures judge_ood(const OodDetector& detector, const FeatureMatrix& matrix, RowAnswers& answered,
                     std::optional<double> max_ood);

}  // namespace weir
