// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which class a table's label stands for.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace weir {

/// Labels of a table and the classes that they stand for; empty: every label is a class.
struct ClassMap {
  std::map<std::string, std::string, std::less<>> class_of_label = {};
  std::string otherwise = {};  ///< of labels that are not named; empty: there must be none

  bool empty() const noexcept { return class_of_label.empty() && otherwise.empty(); }

  /// The class of a label; empty where the map does not know.
  std::string_view find(std::string_view label) const noexcept;
};

/// Reads a TOML file: a table `classes` whose keys are classes and whose values are lists of
/// labels, and `default`, the class of all other labels, if there is one. Throws UsageError with
/// file and line.
ClassMap read_class_map(const std::string& path);

}  // namespace weir
