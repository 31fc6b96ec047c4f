// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Settings of the trees as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "weir/model/booster.hpp"

namespace weir {

nlohmann::ordered_json settings_json(const BoosterSettings& settings);

/// Throws nlohmann's exception where one is missing or of another type.
BoosterSettings settings_from(const nlohmann::ordered_json& text);

}  // namespace weir
