// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The learning curve and the kept features in a report.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "weir/model/feature_selection.hpp"
#include "weir/model/learning_curve.hpp"

namespace weir {

/// A table and a sentence, with an empty line before.
std::string learning_curve_text(const LearningCurve& curve);
nlohmann::ordered_json learning_curve_json(const LearningCurve& curve);

/// The kept features with the best score first; empty where all were kept.
std::string selection_text(const SelectedFeatures& selection);

}  // namespace weir
