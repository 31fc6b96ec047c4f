// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fields of both formats, written straight into one buffer: there are millions of them.
#include "weir/feature/table_row.hpp"

#include <algorithm>
#include <cmath>

#include "weir/base/csv.hpp"

namespace weir {
namespace {

constexpr std::string_view kNull = "null";

char* write(char* out, std::string_view text) noexcept {
  return std::ranges::copy(text, out).out;
}

constexpr std::size_t json_text_room(std::string_view value) noexcept {
  return 6 * value.size() + 2;
}

/// A JSON string (RFC 8259, 7). Bytes above 127 pass as they are: names of files are UTF-8 where
/// their owner wants them read.
char* write_json_text(char* out, std::string_view value) noexcept {
  *out++ = '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      *out++ = '\\';
      *out++ = c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out = write(out, "\\u00");
      *out++ = kDigits[static_cast<unsigned char>(c) / 16];
      *out++ = kDigits[static_cast<unsigned char>(c) % 16];
    } else {
      *out++ = c;
    }
  }
  *out++ = '"';
  return out;
}

/// Numbers of one kind as CSV fields, each behind a comma.
template <unsigned kDecimals>
char* write_fields(char* out, std::span<const std::int64_t> values) noexcept {
  for (const std::int64_t value : values) {
    *out = ',';
    out = write_decimal<kDecimals>(out + 1, value);
  }
  return out;
}

char* write_fields(char* out, std::span<const std::int64_t> values, unsigned decimals) noexcept {
  switch (decimals) {
    case 3:
      return write_fields<3>(out, values);
    case 6:
      return write_fields<6>(out, values);
    case 9:
      return write_fields<9>(out, values);
    default:
      return write_fields<0>(out, values);
  }
}

}  // namespace

TableRow::TableRow(TableFormat format, std::span<const std::string> columns)
    : format_(format), columns_(columns.begin(), columns.end()) {
  if (format_ == TableFormat::csv) return;
  for (const std::string& column : columns_) {
    std::string key(json_text_room(column) + 2, '\0');
    key[0] = keys_.empty() ? '{' : ',';
    char* const end = write(write_json_text(key.data() + 1, column), ":");
    key.resize(static_cast<std::size_t>(end - key.data()));
    key_chars_ += key.size();
    keys_.push_back(std::move(key));
  }
}

std::string TableRow::header() const {
  if (format_ == TableFormat::ndjson) return {};
  CsvRow row;
  for (const std::string& column : columns_) row.text(column);
  return std::string(row.end().bytes());
}

/// Where the next value of the row begins, with room for so many bytes.
char* TableRow::field(std::size_t room) {
  const std::size_t index = next_++;
  if (format_ == TableFormat::csv) {
    char* const out = out_.reserve(room + 1);
    *out = ',';
    return index > 0 ? out + 1 : out;
  }
  const std::string& key = keys_[index];
  return write(out_.reserve(key.size() + room), key);
}

TableRow& TableRow::text(std::string_view value) {
  out_.commit(format_ == TableFormat::csv ? write_csv_text(field(csv_text_room(value)), value)
                                          : write_json_text(field(json_text_room(value)), value));
  return *this;
}

TableRow& TableRow::word(std::string_view value) {
  char* out = field(value.size() + 2);
  if (format_ == TableFormat::csv) {
    out = write(out, value);
  } else {
    *out++ = '"';
    out = write(out, value);
    *out++ = '"';
  }
  out_.commit(out);
  return *this;
}

TableRow& TableRow::address(const IpAddress& value) {
  char* out = field(kAddressChars + 2);
  if (format_ == TableFormat::csv) {
    out = write_address(out, value);
  } else {
    *out++ = '"';
    out = write_address(out, value);
    *out++ = '"';
  }
  out_.commit(out);
  return *this;
}

TableRow& TableRow::integer(std::int64_t value) {
  out_.commit(write_integer(field(kNumberChars), value));
  return *this;
}

TableRow& TableRow::number(std::string_view digits) {
  if (digits.empty()) return absent();
  if (format_ == TableFormat::csv) return text(digits);
  out_.commit(write(field(digits.size()), digits));
  return *this;
}

TableRow& TableRow::real(float value) {
  // JSON knows no infinity either.
  if (std::isnan(value) || (format_ == TableFormat::ndjson && std::isinf(value))) return absent();
  out_.commit(write_real(field(kNumberChars), value));
  return *this;
}

TableRow& TableRow::timestamp(std::int64_t time_ns) {
  out_.commit(write_timestamp(field(kNumberChars), time_ns));
  return *this;
}

TableRow& TableRow::decimals(std::span<const std::int64_t> values,
                             std::span<const DecimalRun> runs) {
  char* out = out_.reserve(key_chars_ + values.size() * (kNumberChars + 1));
  auto value = values.begin();
  for (const DecimalRun& run : runs) {
    const std::span some(value, run.count);
    value += run.count;
    if (format_ == TableFormat::csv) {
      out = write_fields(out, some, run.decimals);
      next_ += run.count;
      continue;
    }
    for (const std::int64_t decimal : some) {
      out = write(out, keys_[next_++]);
      out = decimal == kAbsent ? write(out, kNull) : write_decimal(out, decimal, run.decimals);
    }
  }
  out_.commit(out);
  return *this;
}

TableRow& TableRow::absent() {
  out_.commit(format_ == TableFormat::csv ? field(0) : write(field(kNull.size()), kNull));
  return *this;
}

TableRow& TableRow::end() {
  out_.append(format_ == TableFormat::csv ? "\n" : "}\n");
  next_ = 0;
  return *this;
}

}  // namespace weir
