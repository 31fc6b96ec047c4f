// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What files of rules in TOML share: an array of tables, and a default.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <toml++/toml.h>

namespace weir {

/// Reads a file. Throws UsageError with file and line.
toml::table parse_toml(const std::string& path);

/// Takes a parsed document apart; every complaint names file and line.
class TomlRules {
 public:
  explicit TomlRules(std::string path) : path_(std::move(path)) {}

  /// Calls `take` for each table of the array `name`, and returns the text of `default`, empty
  /// where there is none. Throws UsageError, also for any other key.
  template <typename Take>
  std::string each_rule(const toml::table& document, std::string_view name, const Take& take) const;

  /// Calls `take` for each item of a list, or for the one value that stands for a list of one.
  template <typename Take>
  void each(const toml::node& value, const Take& take) const;

  /// The node's text. Throws UsageError that names the key.
  std::string text(const toml::node& node, std::string_view key) const;

  /// Throws UsageError.
  [[noreturn]] void fail(const toml::node& node, std::string_view why) const;
  [[noreturn]] void fail_unknown(const toml::node& node, std::string_view key,
                                 std::string_view known) const;

 private:
  std::string path_;
};

template <typename Take>
std::string TomlRules::each_rule(const toml::table& document, std::string_view name,
                                 const Take& take) const {
  const std::string as_table =
      "write each " + std::string(name) + " as a table: [[" + std::string(name) + "]]";
  std::string otherwise;
  for (const auto& [key, node] : document) {
    if (key == "default") {
      otherwise = text(node, "default");
    } else if (key == name) {
      const toml::array* const list = node.as_array();
      if (list == nullptr) fail(node, as_table);
      for (const toml::node& rule : *list) {
        const toml::table* const table = rule.as_table();
        if (table == nullptr) fail(rule, as_table);
        take(*table);
      }
    } else {
      fail_unknown(node, key.str(), "default, " + std::string(name));
    }
  }
  return otherwise;
}

template <typename Take>
void TomlRules::each(const toml::node& value, const Take& take) const {
  const toml::array* const list = value.as_array();
  if (list == nullptr) return take(value);
  if (list->empty()) fail(value, "empty list: nothing could match");
  for (const toml::node& item : *list) take(item);
}

}  // namespace weir
