// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Drift as text and JSON.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "weir/model/drift.hpp"

namespace weir {

/// One line: how many features are shifted from the training rows.
std::string drift_line(const Drift& drift);

/// The `most` features with the greatest PSI.
std::string shift_table(const Drift& drift, std::size_t most);

nlohmann::ordered_json drift_json(const Drift& drift);

}  // namespace weir
