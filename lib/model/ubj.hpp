// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Universal binary JSON, as XGBoost writes its models: most of a file is arrays of numbers, which
// are looked at where they lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir {

/// A value of a document (https://ubjson.org, draft 12); texts and arrays of one type are views
/// into the document's bytes, which must outlive it. Numbers are big-endian there.
class UbjValue {
 public:
  using Members = std::vector<std::pair<std::string_view, UbjValue>>;
  using Items = std::vector<UbjValue>;

  /// Reads one whole document. Throws Error when it is cut, nested deeper than 64, or no UBJ.
  static UbjValue parse(std::string_view bytes);

  /// The member of this name. Throws Error when this is no object, or has none.
  const UbjValue& at(std::string_view name) const;

  /// Throws Error when this is no text.
  std::string_view text() const;

  /// Throws Error when this is no array of values with types of their own.
  std::span<const UbjValue> items() const;

  /// The numbers of an array of either kind, each as a T. Throws Error when this is none.
  template <typename T>
  std::vector<T> numbers() const;

 private:
  friend class UbjParser;

  /// An array of numbers of one type, as in the file.
  struct PackedNumbers {
    char type = 0;
    std::string_view bytes = {};
  };
  struct Nothing {};

  std::variant<Nothing, bool, std::int64_t, double, std::string_view, PackedNumbers, Items, Members>
      value_;
};

}  // namespace weir
