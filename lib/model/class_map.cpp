// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Class maps from TOML.
#include "weir/model/class_map.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

namespace weir {
namespace {

/// Every complaint names file and line.
class ClassMapParser {
 public:
  explicit ClassMapParser(const std::string& path) : path_(path) {}

  ClassMap parse(const toml::table& document) {
    for (const auto& [key, node] : document) {
      if (key == "default") {
        map_.otherwise = text(node, "default");
      } else if (key == "classes") {
        const toml::table* const classes = node.as_table();
        if (classes == nullptr) fail(node, "write the classes as a table: [classes]");
        for (const auto& [name, labels] : *classes) add_class(std::string(name.str()), labels);
      } else {
        fail(node, fmt::format("unknown key '{}' (known: default, classes)", key.str()));
      }
    }
    if (map_.empty()) throw UsageError(path_ + ": neither classes nor a default");
    return std::move(map_);
  }

 private:
  [[noreturn]] void fail(const toml::node& node, const std::string& why) const {
    throw UsageError(fmt::format("{}:{}: {}", path_, node.source().begin.line, why));
  }

  void add_class(const std::string& name, const toml::node& labels) {
    const toml::array* const list = labels.as_array();
    if (list == nullptr) fail(labels, fmt::format("'{}' must be a list of labels", name));
    for (const toml::node& item : *list) {
      const std::string label = text(item, "label");
      const auto [known, is_new] = map_.class_of_label.emplace(label, name);
      if (!is_new) fail(item, fmt::format("label '{}' is in '{}' already", label, known->second));
    }
  }

  std::string text(const toml::node& node, std::string_view key) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) fail(node, fmt::format("'{}' must be a text", key));
    return *value;
  }

  const std::string& path_;
  ClassMap map_;
};

}  // namespace

std::string_view ClassMap::find(std::string_view label) const noexcept {
  if (empty()) return label;
  const auto found = class_of_label.find(label);
  if (found != class_of_label.end()) return found->second;
  return otherwise.empty() ? std::string_view() : std::string_view(otherwise);
}

ClassMap read_class_map(const std::string& path) {
  const std::string content = read_file(path);
  try {
    return ClassMapParser(path).parse(toml::parse(content));
  } catch (const toml::parse_error& error) {
    throw UsageError(
        fmt::format("{}:{}: {}", path, error.source().begin.line, error.description()));
  }
}

}  // namespace weir
