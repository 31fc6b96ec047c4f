// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tables of any origin, row by row: CSV with or without a header row, ARFF, both also compressed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/base/arff.hpp"
#include "weir/base/csv.hpp"
#include "weir/model/class_map.hpp"

namespace weir {

/// What a column holds.
enum class ColumnKind : std::uint8_t {
  number,
  category,  ///< one of some words
  text,      ///< anything: ARFF's strings and dates
};

struct TableColumn {
  std::string name;
  ColumnKind kind = ColumnKind::number;

  bool operator==(const TableColumn&) const = default;
};

/// What a table does not say of itself.
struct TableDescription {
  std::string label = "label";  ///< the column that holds the labels
  /// All columns of a table without a header row; else those whose kind is not what the table says.
  std::vector<TableColumn> columns = {};
  std::vector<std::string> dropped = {};  ///< columns never to learn from
  ClassMap classes = {};
};

/// Reads a file that lists columns, one a line: a name, in double quotes where it holds blanks, and
/// `number` or `category`; without it, `number`. "#" starts a comment. Throws UsageError with file
/// and line: an unknown kind, a name that comes twice, no column at all.
std::vector<TableColumn> read_columns(const std::string& path);

/// Reads a table row by row. The format is found in the file itself.
class TableReader {
 public:
  /// Opens the file and finds its columns. Where the first row of a CSV holds all of the `declared`
  /// names, or none are declared, it is the header; else the declared ones are the columns, in
  /// order, and the first row is data. Throws Error: no file, no columns, two of one name, declared
  /// columns that cannot be those of this table.
  TableReader(const std::string& path, std::span<const TableColumn> declared);

  const std::vector<TableColumn>& columns() const noexcept { return columns_; }

  /// Index of the named column, if there is one.
  std::optional<std::size_t> find_column(std::string_view name) const noexcept;

  /// Index of the named column. Throws Error that names the file and the missing column.
  std::size_t column(std::string_view name) const;

  /// Moves to the next row; false at the end. Throws as CsvReader::next() and ArffReader::next().
  bool next();

  /// The field of the current row, unquoted, empty where absent; valid until next().
  std::string_view field(std::size_t column) const { return fields_[column]; }

  /// All fields of the current row; valid until next(). There are kFieldMargin readable bytes
  /// before each.
  std::span<const std::string_view> fields() const noexcept { return fields_; }

  /// The field as a number; NaN where it is absent. Throws Error with file, line, column and text
  /// when it is not a number.
  double number(std::size_t column) const;

  /// CsvReader::plain_row() of the current row; empty for tables that are no CSV.
  std::string_view plain_row() const noexcept;

  /// The start of a message about a field of the current row: "FILE:LINE: column 'NAME': ".
  [[nodiscard]] std::string where(std::size_t column) const;

  const std::string& name() const noexcept { return name_; }

 private:
  void describe(CsvReader& csv, std::span<const TableColumn> declared);
  void describe(const ArffReader& arff, std::span<const TableColumn> declared);
  void take_kinds(std::span<const TableColumn> declared);
  void require_different_names() const;

  std::variant<CsvReader, ArffReader> file_;
  std::string name_;
  std::vector<TableColumn> columns_;
  std::span<const std::string_view> fields_;
};

}  // namespace weir
