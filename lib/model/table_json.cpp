// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How a table is read, to JSON and back.
#include "table_json.hpp"

#include <string>

namespace weir {

using nlohmann::ordered_json;

ordered_json table_json(const TableDescription& table) {
  ordered_json columns = ordered_json::array();
  for (const TableColumn& column : table.columns) {
    columns.push_back(
        {{"name", column.name}, {"is_category", column.kind == ColumnKind::category}});
  }
  return {{"label", table.label},
          {"columns", std::move(columns)},
          {"dropped", table.dropped},
          {"class_of_label", table.classes.class_of_label},
          {"default_class", table.classes.otherwise}};
}

TableDescription table_from(const ordered_json& text) {
  TableDescription table{.label = text.at("label")};
  for (const ordered_json& column : text.at("columns")) {
    const bool is_category = column.at("is_category");
    table.columns.push_back(
        {column.at("name"), is_category ? ColumnKind::category : ColumnKind::number});
  }
  table.dropped = text.at("dropped").get<std::vector<std::string>>();
  for (const auto& [label, name] : text.at("class_of_label").items()) {
    table.classes.class_of_label.emplace(label, name);
  }
  table.classes.otherwise = text.at("default_class");
  return table;
}

ordered_json categories_json(const std::vector<Categories>& categories) {
  ordered_json list = ordered_json::array();
  for (const Categories& entry : categories) {
    list.push_back({{"column", entry.column}, {"values", entry.values}});
  }
  return list;
}

std::vector<Categories> categories_from(const ordered_json& text) {
  std::vector<Categories> categories;
  for (const ordered_json& entry : text) {
    categories.push_back({entry.at("column"), entry.at("values").get<std::vector<std::string>>()});
  }
  return categories;
}

}  // namespace weir
