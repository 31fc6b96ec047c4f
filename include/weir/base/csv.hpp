// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// CSV (RFC 4180) with a header row: columns are matched by name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/base/number.hpp"
#include "weir/base/text_buffer.hpp"

namespace weir {

/// Reads a CSV file row by row; quoted fields, CRLF and a UTF-8 byte-order mark are understood.
class CsvReader {
 public:
  /// Opens and reads the header. Throws Error when the file cannot be read or has no header.
  explicit CsvReader(const std::string& path);
  explicit CsvReader(InputFile file);
  ~CsvReader();
  CsvReader(CsvReader&&) noexcept;

  const std::vector<std::string>& header() const noexcept;

  /// The file has no header row: these are its columns, and the row that was taken for the header
  /// is the first that next() gives. Only before next().
  void name_columns(std::vector<std::string> names);

  /// Index of the named column, if there is one.
  std::optional<std::size_t> find_column(std::string_view name) const noexcept;

  /// Index of the named column. Throws Error that names the file and the missing column.
  std::size_t column(std::string_view name) const;

  /// Moves to the next row, skipping blank lines; false at the end. Throws Error when a row has
  /// another number of fields than the header, or a quote is not closed.
  bool next();

  /// The field of the current row, unquoted; valid until next().
  std::string_view field(std::size_t column) const;

  /// All fields of the current row; valid until next(). There are kFieldMargin readable bytes
  /// before each.
  std::span<const std::string_view> fields() const noexcept;

  /// The current row as it is written, without its end; valid until next(). Empty for a row with
  /// quotes: for the others, it is their fields with commas between them.
  std::string_view plain_row() const noexcept;

  /// The field as a number; NaN where it is empty. Throws Error with file, line, column and text
  /// when it is not a number.
  double number(std::size_t column) const;

  /// The start of a message about a field of the current row: "FILE:LINE: column 'NAME': ".
  [[nodiscard]] std::string where(std::size_t column) const;

  /// Line of the current row in the file, from 1.
  std::size_t line() const noexcept;
  const std::string& name() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Room that write_csv_text() may need.
constexpr std::size_t csv_text_room(std::string_view value) noexcept {
  return 2 * value.size() + 2;
}
/// The field that reads back as `value`, in quotes where it needs them; returns its end.
char* write_csv_text(char* out, std::string_view value) noexcept;

/// Shortest decimal that reads back to the same float, nothing for NaN; into kNumberChars of room.
char* write_real(char* out, float value) noexcept;
char* write_real(char* out, double value) noexcept;

/// Builds CSV rows in memory; fields that need quotes get them.
class CsvRow {
 public:
  CsvRow& text(std::string_view value);
  CsvRow& integer(std::int64_t value);
  /// Shortest decimal that reads back to the same float; NaN is an empty field.
  CsvRow& real(float value);
  CsvRow& real(double value);
  /// Epoch seconds with nine decimals.
  CsvRow& timestamp(std::int64_t time_ns);
  /// Ends the row with "\n".
  CsvRow& end();

  /// Everything since clear(); may hold many rows.
  std::string_view bytes() const noexcept { return bytes_.view(); }
  void clear() noexcept { bytes_.clear(); }

 private:
  /// Where the next field begins, with room for so many bytes.
  char* field(std::size_t room);

  TextBuffer bytes_;
  bool at_row_start_ = true;
};

}  // namespace weir
