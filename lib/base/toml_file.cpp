// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// TOML, and where it is wrong.
#include "weir/base/toml_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

namespace weir {
namespace {

toml::table parse(const std::string& name, std::string_view text) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw UsageError(
        fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
}

}  // namespace

TomlFile::TomlFile(const std::string& path) : TomlFile(path, read_file(path)) {}

TomlFile::TomlFile(std::string name, std::string_view text)
    : name_(std::move(name)), document_(parse(name_, text)) {}

void TomlFile::fail(const toml::node& at, std::string_view why) const {
  throw UsageError(fmt::format("{}:{}: {}", name_, at.source().begin.line, why));
}

void TomlFile::fail_unknown(const toml::node& at, std::string_view key,
                            std::string_view known) const {
  fail(at, fmt::format("unknown key '{}' (known: {})", key, known));
}

void TomlFile::check_keys(const toml::table& table,
                          std::initializer_list<std::string_view> known) const {
  for (const auto& [key, node] : table) {
    if (std::ranges::find(known, key.str()) == known.end()) {
      fail_unknown(node, key.str(), fmt::format("{}", fmt::join(known, ", ")));
    }
  }
}

std::string TomlFile::text(const toml::node& node, std::string_view key) const {
  const auto value = node.value_exact<std::string>();
  if (!value) fail(node, fmt::format("'{}' must be a text", key));
  return *value;
}

void TomlFile::fail_not_tables(const toml::node& at, std::string_view key) const {
  fail(at, fmt::format("write each {0} as a table: [[{0}]]", key));
}

}  // namespace weir
