// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The kept features as manifests and reports hold them.
#pragma once

#include <nlohmann/json.hpp>

#include "weir/model/feature_selection.hpp"

namespace weir {

nlohmann::ordered_json selection_json(const SelectedFeatures& selection);

/// Throws nlohmann's exception where something is missing, UsageError where the method is unknown.
SelectedFeatures selection_from(const nlohmann::ordered_json& text);

}  // namespace weir
