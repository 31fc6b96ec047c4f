// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rules in TOML, and where they are wrong.
#include "toml_rules.hpp"

#include <fmt/format.h>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

namespace weir {

toml::table parse_toml(const std::string& path) {
  const std::string content = read_file(path);
  try {
    return toml::parse(content);
  } catch (const toml::parse_error& error) {
    throw UsageError(
        fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
}

std::string TomlRules::text(const toml::node& node, std::string_view key) const {
  const auto value = node.value_exact<std::string>();
  if (!value) fail(node, fmt::format("'{}' must be a text", key));
  return *value;
}

void TomlRules::fail(const toml::node& node, std::string_view why) const {
  throw UsageError(fmt::format("{}:{}: {}", path_, node.source().begin.line, why));
}

void TomlRules::fail_unknown(const toml::node& node, std::string_view key,
                             std::string_view known) const {
  fail(node, fmt::format("unknown key '{}' (known: {})", key, known));
}

}  // namespace weir
