// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// One model on two tables, side by side, and what differs between them.
#pragma once

#include <string>

#include "weir/model/drift.hpp"
#include "weir/model/report.hpp"

namespace weir {

struct Comparison {
  EvaluationReport first;
  EvaluationReport second;
  Drift shift;  ///< from the rows of the first to those of the second
};

/// Tables of fixed width, ending in a newline, with a sentence on how to read them.
std::string comparison_text(const Comparison& comparison);

/// One JSON object: both reports and the shift of every feature.
std::string comparison_json(const Comparison& comparison);

}  // namespace weir
