// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The part of a report about confidence: calibration, thresholds, and what was left unanswered.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "weir/model/report.hpp"

namespace weir {

/// The line about the answered rows; empty where every row was answered.
std::string answered_text(const EvaluationReport& report);

/// The line about rows that are like no class.
std::string ood_text(const OodFigures& ood);

/// Tables of calibration and thresholds, each after an empty line; empty where none were tried.
std::string rules_text(const EvaluationReport& report);

nlohmann::ordered_json answered_json(const AnsweredRows& answered);

nlohmann::ordered_json ood_json(const OodFigures& ood);

nlohmann::ordered_json rules_json(const EvaluationReport& report);

}  // namespace weir
