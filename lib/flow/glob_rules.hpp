// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rules that label something by globs over its names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What rules are called, and what they may ask of a thing.
struct GlobRuleWords {
  std::string_view rule;                   ///< the name of the array: "program"
  std::span<const std::string_view> keys;  ///< "name", "command"
};

/// The first rule whose globs all match gives the label.
class GlobRules {
 public:
  /// No rules: no labels.
  GlobRules() = default;

  /// Reads a TOML file: an array of tables with `label` and any of the keys, each a glob or a list
  /// of them; `default` is the label where no rule matches. Throws UsageError with file and line.
  static GlobRules load(const std::string& path, const GlobRuleWords& words);

  /// `values` in the order of the keys. Empty where nothing matches.
  const std::string& label(std::span<const std::string_view> values) const;

 private:
  struct Rule {
    std::string label;
    std::vector<std::vector<std::string>> globs;  ///< by key; an empty list matches anything
  };

  std::vector<Rule> rules_;
  std::string otherwise_;
};

}  // namespace weir
