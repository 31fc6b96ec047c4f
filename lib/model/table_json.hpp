// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How a table is read, as JSON of a model's manifest.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "weir/model/categories.hpp"
#include "weir/model/table_reader.hpp"

namespace weir {

nlohmann::ordered_json table_json(const TableDescription& table);
/// Throws nlohmann::ordered_json::exception.
TableDescription table_from(const nlohmann::ordered_json& text);

nlohmann::ordered_json categories_json(const std::vector<Categories>& categories);
/// Throws nlohmann::ordered_json::exception.
std::vector<Categories> categories_from(const nlohmann::ordered_json& text);

}  // namespace weir
