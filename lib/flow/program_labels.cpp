// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Labels of programs from TOML.
#include <fnmatch.h>

#include <algorithm>

#include "toml_rules.hpp"
#include "weir/flow/flow_owners.hpp"

namespace weir {
namespace {

bool matches_any(const std::vector<std::string>& globs, const std::string& text) {
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& glob) {
           return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
         });
}

}  // namespace

ProgramLabels ProgramLabels::load(const std::string& path) {
  const TomlRules file(path);
  ProgramLabels labels;
  labels.otherwise_ = file.each_rule(parse_toml(path), "program", [&](const toml::table& table) {
    Rule rule;
    for (const auto& [key, value] : table) {
      const auto add_to = [&](std::vector<std::string>& globs) {
        file.each(value, [&](const toml::node& item) { globs.push_back(file.text(item, key)); });
      };
      if (key == "label") {
        rule.label = file.text(value, key);
      } else if (key == "name") {
        add_to(rule.names);
      } else if (key == "command") {
        add_to(rule.commands);
      } else {
        file.fail_unknown(value, key, "label, name, command");
      }
    }
    if (rule.label.empty()) file.fail(table, "program without label");
    labels.rules_.push_back(std::move(rule));
  });
  return labels;
}

const std::string& ProgramLabels::label(const Program& program) const {
  if (!program.label.empty()) return program.label;
  const auto rule = std::ranges::find_if(rules_, [&](const Rule& r) {
    return matches_any(r.names, program.name) && matches_any(r.commands, program.command);
  });
  return rule == rules_.end() ? otherwise_ : rule->label;
}

}  // namespace weir
