// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a report's page shows of the model itself, a card for each.
#pragma once

#include <string>

#include "weir/model/report.hpp"

namespace weir {

/// Calibration, thresholds, what was left unanswered, drift, kept features, importance and what
/// leaks: those that there are.
std::string model_cards(const EvaluationReport& report);

}  // namespace weir
