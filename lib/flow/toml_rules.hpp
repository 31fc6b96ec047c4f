// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What files of rules share: an array of tables, and a default.
#pragma once

#include <string>
#include <string_view>

#include "weir/base/toml_file.hpp"

namespace weir {

/// Calls `take` for each table of the array `name`, and returns the text of `default`, empty where
/// there is none. Throws UsageError, also for any other key.
template <typename Take>
std::string each_rule(const TomlFile& file, std::string_view name, const Take& take) {
  std::string otherwise;
  for (const auto& [key, node] : file.document()) {
    if (key == "default") {
      otherwise = file.text(node, "default");
    } else if (key == name) {
      file.each_table(node, name, take);
    } else {
      file.fail_unknown(node, key.str(), "default, " + std::string(name));
    }
  }
  return otherwise;
}

/// Calls `take` for each item of a list, or for the one value that stands for a list of one.
template <typename Take>
void each_item(const TomlFile& file, const toml::node& value, const Take& take) {
  const toml::array* const list = value.as_array();
  if (list == nullptr) return take(value);
  if (list->empty()) file.fail(value, "empty list: nothing could match");
  for (const toml::node& item : *list) take(item);
}

}  // namespace weir
