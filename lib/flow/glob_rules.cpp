// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Globs from TOML.
#include "glob_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "toml_rules.hpp"

namespace weir {
namespace {

bool matches_any(const std::vector<std::string>& globs, std::string_view value) {
  return globs.empty() || std::ranges::any_of(globs, [text = std::string(value)](const auto& glob) {
           return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
         });
}

}  // namespace

GlobRules GlobRules::load(const std::string& path, const GlobRuleWords& words) {
  const TomlFile file(path);
  GlobRules rules;
  rules.otherwise_ = each_rule(file, words.rule, [&](const toml::table& table) {
    Rule rule;
    rule.globs.resize(words.keys.size());
    for (const auto& [key, value] : table) {
      if (key == "label") {
        rule.label = file.text(value, key);
        continue;
      }
      const auto known = std::ranges::find(words.keys, key.str());
      if (known == words.keys.end()) {
        file.fail_unknown(value, key, fmt::format("label, {}", fmt::join(words.keys, ", ")));
      }
      auto& globs = rule.globs[static_cast<std::size_t>(known - words.keys.begin())];
      const std::string_view name = key.str();
      each_item(file, value,
                [&](const toml::node& item) { globs.push_back(file.text(item, name)); });
    }
    if (rule.label.empty()) file.fail(table, fmt::format("{} without label", words.rule));
    rules.rules_.push_back(std::move(rule));
  });
  return rules;
}

const std::string& GlobRules::label(std::span<const std::string_view> values) const {
  const auto rule = std::ranges::find_if(rules_, [&](const Rule& r) {
    return std::equal(r.globs.begin(), r.globs.end(), values.begin(), values.end(), matches_any);
  });
  return rule == rules_.end() ? otherwise_ : rule->label;
}

}  // namespace weir
