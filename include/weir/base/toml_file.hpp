// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A TOML file, taken apart with complaints that name file and line.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <toml++/toml.h>

namespace weir {

class TomlFile {
 public:
  /// Reads the file ("-": stdin). Throws IoError where that fails, UsageError with file and line
  /// where it is not TOML.
  explicit TomlFile(const std::string& path);

  /// Takes text that is there already; `name` stands for the file in complaints.
  TomlFile(std::string name, std::string_view text);

  const std::string& name() const noexcept { return name_; }
  const toml::table& document() const noexcept { return document_; }

  /// Throws UsageError "NAME:LINE: why".
  [[noreturn]] void fail(const toml::node& at, std::string_view why) const;

  /// Throws UsageError that names the key and those that there are ("a, b, c").
  [[noreturn]] void fail_unknown(const toml::node& at, std::string_view key,
                                 std::string_view known) const;

  /// Throws UsageError for the first key that is not among those known.
  void check_keys(const toml::table& table, std::initializer_list<std::string_view> known) const;

  /// The node's text. Throws UsageError that names the key where it is something else.
  std::string text(const toml::node& node, std::string_view key) const;

  /// Calls `take` for each table of the array of tables [[key]]. Throws UsageError.
  template <typename Take>
  void each_table(const toml::node& node, std::string_view key, const Take& take) const {
    const toml::array* const list = node.as_array();
    if (list == nullptr) fail_not_tables(node, key);
    for (const toml::node& item : *list) {
      const toml::table* const table = item.as_table();
      if (table == nullptr) fail_not_tables(item, key);
      take(*table);
    }
  }

 private:
  [[noreturn]] void fail_not_tables(const toml::node& at, std::string_view key) const;

  std::string name_;
  toml::table document_;
};

}  // namespace weir
