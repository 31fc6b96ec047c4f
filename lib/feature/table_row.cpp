// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// CSV fields through CsvRow; JSON values by hand, because there are millions of them.
#include "weir/feature/table_row.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "weir/base/units.hpp"

namespace weir {
namespace {

/// A JSON string (RFC 8259, 7). Bytes above 127 pass as they are: names of files are UTF-8 where
/// their owner wants them read.
void append_json_text(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

TableRow::TableRow(TableFormat format, std::span<const std::string> columns)
    : format_(format), columns_(columns.begin(), columns.end()) {
  for (const std::string& column : columns_) {
    std::string& prefix = keys_.emplace_back(keys_.empty() ? "{" : ",");
    append_json_text(prefix, column);
    prefix += ':';
  }
}

std::string TableRow::header() const {
  if (format_ == TableFormat::ndjson) return {};
  CsvRow row;
  for (const std::string& column : columns_) row.text(column);
  return std::string(row.end().bytes());
}

void TableRow::key() {
  json_ += keys_[next_++];
}

TableRow& TableRow::text(std::string_view value) {
  if (format_ == TableFormat::csv) {
    csv_.text(value);
  } else {
    key();
    append_json_text(json_, value);
  }
  return *this;
}

TableRow& TableRow::address(const IpAddress& value) {
  address_.clear();
  append_address(address_, value);
  return text(address_);
}

TableRow& TableRow::integer(std::int64_t value) {
  if (format_ == TableFormat::csv) {
    csv_.integer(value);
  } else {
    key();
    const fmt::format_int digits(value);
    json_.append(digits.data(), digits.size());
  }
  return *this;
}

TableRow& TableRow::number(std::string_view digits) {
  if (digits.empty()) return absent();
  if (format_ == TableFormat::csv) {
    csv_.text(digits);
  } else {
    key();
    json_ += digits;
  }
  return *this;
}

TableRow& TableRow::real(float value) {
  if (format_ == TableFormat::csv) {
    csv_.real(value);
  } else if (!std::isfinite(value)) {  // JSON knows no infinity either
    absent();
  } else {
    key();
    char digits[32];
    const auto [last, error] = std::to_chars(digits, digits + sizeof digits, value);
    json_.append(digits, last);
  }
  return *this;
}

TableRow& TableRow::timestamp(std::int64_t time_ns) {
  if (format_ == TableFormat::csv) {
    csv_.timestamp(time_ns);
  } else {
    key();
    json_ += format_timestamp(time_ns);
  }
  return *this;
}

TableRow& TableRow::absent() {
  if (format_ == TableFormat::csv) {
    csv_.text({});
  } else {
    key();
    json_ += "null";
  }
  return *this;
}

TableRow& TableRow::end() {
  if (format_ == TableFormat::csv) {
    csv_.end();
  } else {
    json_ += "}\n";
    next_ = 0;
  }
  return *this;
}

std::string_view TableRow::bytes() const noexcept {
  return format_ == TableFormat::csv ? csv_.bytes() : std::string_view(json_);
}

void TableRow::clear() noexcept {
  csv_.clear();
  json_.clear();
}

}  // namespace weir
