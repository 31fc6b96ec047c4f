// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Baselines as manifests and reports hold them.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "weir/model/baselines.hpp"

namespace weir {

nlohmann::ordered_json baselines_json(const std::vector<Baseline>& baselines);

}  // namespace weir
