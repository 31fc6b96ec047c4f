// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// ARFF, the table format of Weka: a CSV whose head declares names and types of the columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/file.hpp"

namespace weir {

/// What an attribute holds.
enum class ArffType : std::uint8_t {
  number,   ///< numeric, real, integer
  nominal,  ///< one of a list
  text,     ///< string, date
};

/// A column as its head declares it.
struct ArffAttribute {
  std::string name;
  ArffType type = ArffType::number;
  std::vector<std::string> values = {};  ///< of a nominal attribute, as declared
};

/// Reads a dense ARFF file (Weka's manual, "ARFF") row by row. Keywords in any case, comments,
/// names and values in either quotes with backslash escapes; `?` is absent and read as empty. What
/// spreadsheets leave at the end of a head's lines, empty fields, is ignored.
class ArffReader {
 public:
  /// Whether a file that starts like this is ARFF: its first line that is no comment is
  /// @relation or @attribute.
  static bool starts_like(std::string_view start) noexcept;

  /// Reads the head. Throws Error with file and line when it is broken, two attributes have the
  /// same name, or there is no @data.
  explicit ArffReader(InputFile file);
  ~ArffReader();
  ArffReader(ArffReader&&) noexcept;

  const std::vector<ArffAttribute>& attributes() const noexcept;

  /// Moves to the next row; false at the end. Throws Error, with file and line: sparse rows,
  /// another number of fields than attributes, a quote not closed, a nominal value that is not
  /// declared.
  bool next();

  /// All fields of the current row, unquoted; valid until next(). There are kFieldMargin readable
  /// bytes before each.
  std::span<const std::string_view> fields() const noexcept;

  /// Line of the current row in the file, from 1.
  std::size_t line() const noexcept;
  const std::string& name() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
