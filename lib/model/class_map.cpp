// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Class maps from TOML.
#include "weir/model/class_map.hpp"

#include <fmt/format.h>

#include "weir/base/error.hpp"
#include "weir/base/toml_file.hpp"

namespace weir {
namespace {

class ClassMapParser : private TomlFile {
 public:
  using TomlFile::TomlFile;

  ClassMap parse() {
    for (const auto& [key, node] : document()) {
      if (key == "default") {
        map_.otherwise = label_text(node, "default");
      } else if (key == "classes") {
        const toml::table* const classes = node.as_table();
        if (classes == nullptr) fail(node, "write the classes as a table: [classes]");
        for (const auto& [name, labels] : *classes) add_class(std::string(name.str()), labels);
      } else {
        fail_unknown(node, key.str(), "default, classes");
      }
    }
    if (map_.empty()) throw UsageError(name() + ": neither classes nor a default");
    return std::move(map_);
  }

 private:
  void add_class(const std::string& name, const toml::node& labels) {
    const toml::array* const list = labels.as_array();
    if (list == nullptr) fail(labels, fmt::format("'{}' must be a list of labels", name));
    for (const toml::node& item : *list) {
      const std::string label = label_text(item, "label");
      const auto [known, is_new] = map_.class_of_label.emplace(label, name);
      if (!is_new) fail(item, fmt::format("label '{}' is in '{}' already", label, known->second));
    }
  }

  std::string label_text(const toml::node& node, std::string_view key) const {
    std::string label = text(node, key);
    if (label.empty()) fail(node, fmt::format("'{}' must not be empty", key));
    return label;
  }

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
  return ClassMapParser(path).parse();
}

}  // namespace weir
