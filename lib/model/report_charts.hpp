// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Drawings of a report's page, as cards with SVG.
#pragma once

#include <string>

#include "weir/model/learning_curve.hpp"
#include "weir/model/measurement.hpp"

namespace weir {

/// How often answers are right against how sure they were.
std::string reliability_card(const Measurement& measured);

/// How often answers are right when the least sure ones are refused.
std::string rejection_card(const Measurement& measured);

/// How often answers are right after so many packets; empty for tables with one row a flow.
std::string packets_card(const Measurement& measured);

/// Macro-F1 against the groups trained on.
std::string learning_curve_card(const LearningCurve& curve);

}  // namespace weir
