// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows of a table, as CSV or as NDJSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/decimal.hpp"
#include "weir/base/text_buffer.hpp"
#include "weir/net/address.hpp"

namespace weir {

enum class TableFormat : std::uint8_t {
  csv,     ///< a header, then a line a row; absent values are empty
  ndjson,  ///< an object a line, keyed by the columns' names; absent values are null
};

/// Builds rows in memory; fields are given in the order of the columns.
class TableRow {
 public:
  TableRow(TableFormat format, std::span<const std::string> columns);

  /// What comes before the first row: the CSV header line, or nothing.
  std::string header() const;

  TableRow& text(std::string_view value);
  /// Text that is known to need neither quotes nor escapes: names that the suite gives itself.
  TableRow& word(std::string_view value);
  TableRow& address(const IpAddress& value);
  TableRow& integer(std::int64_t value);
  /// A number that is text already, written as it is; empty is absent.
  TableRow& number(std::string_view digits);
  /// NaN is absent.
  TableRow& real(float value);
  /// Epoch seconds with nine decimals.
  TableRow& timestamp(std::int64_t time_ns);
  /// Decimals, many fields at once; the runs have as many in all.
  TableRow& decimals(std::span<const std::int64_t> values, std::span<const DecimalRun> runs);
  TableRow& absent();
  TableRow& end();

  /// Everything since clear(); may hold many rows.
  std::string_view bytes() const noexcept { return out_.view(); }
  void clear() noexcept { out_.clear(); }

 private:
  char* field(std::size_t room);

  TableFormat format_;
  std::vector<std::string> columns_;
  std::vector<std::string> keys_;  // {"a": and ,"b": and so on
  std::size_t key_chars_ = 0;      // of all keys
  std::size_t next_ = 0;           // field of the row
  TextBuffer out_;
};

}  // namespace weir
