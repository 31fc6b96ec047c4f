// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Finds out what kind of table a file is, and reads it.
#include "weir/model/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

namespace weir {
namespace {

/// How much of a file is looked at to tell its format: ARFF may begin with pages of comments.
constexpr std::size_t kLookedAtBytes = 1U << 16U;

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::variant<CsvReader, ArffReader> open_table(const std::string& path) {
  InputFile file(path);
  if (ArffReader::starts_like(file.peek(kLookedAtBytes))) return ArffReader(std::move(file));
  return CsvReader(std::move(file));
}

ColumnKind kind_of(ArffType type) noexcept {
  switch (type) {
    case ArffType::nominal:
      return ColumnKind::category;
    case ArffType::text:
      return ColumnKind::text;
    case ArffType::number:
      break;
  }
  return ColumnKind::number;
}

std::optional<ColumnKind> parse_kind(std::string_view word) noexcept {
  if (word.empty() || word == "number") return ColumnKind::number;
  if (word == "category") return ColumnKind::category;
  return std::nullopt;
}

/// A column from its line, which is not blank; `fail` does not return.
template <typename Fail>
TableColumn parse_column(std::string_view line, const Fail& fail) {
  const bool is_quoted = line.front() == '"';
  const std::size_t end =
      is_quoted ? line.find('"', 1) : std::min(line.find_first_of(" \t"), line.size());
  if (end == line.npos) fail("quote not closed");
  const std::string_view name = is_quoted ? line.substr(1, end - 1) : line.substr(0, end);
  if (name.empty()) fail("a column without a name");
  const std::string_view word = trim(line.substr(std::min(end + 1, line.size())));
  const auto kind = parse_kind(word);
  if (!kind) {
    fail(
        fmt::format("column '{}': unknown type '{}' (known: number, category; a name with blanks "
                    "stands in double quotes)",
                    name, word));
  }
  return {std::string(name), *kind};
}

}  // namespace

std::vector<TableColumn> read_columns(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::vector<TableColumn> columns;
  std::size_t number = 0;
  for (std::string text; std::getline(lines, text);) {
    ++number;
    const auto fail = [&](const std::string& why) {
      throw UsageError(fmt::format("{}:{}: {}", path, number, why));
    };
    const std::string_view line = trim(text);
    if (line.empty() || line.front() == '#') continue;
    TableColumn column = parse_column(line, fail);
    if (std::ranges::find(columns, column.name, &TableColumn::name) != columns.end()) {
      fail(fmt::format("column '{}' comes twice", column.name));
    }
    columns.push_back(std::move(column));
  }
  if (columns.empty()) throw UsageError(path + ": no columns; write one name a line");
  return columns;
}

TableReader::TableReader(const std::string& path, std::span<const TableColumn> declared)
    : file_(open_table(path)) {
  std::visit(
      [&](auto& file) {
        name_ = file.name();
        describe(file, declared);
      },
      file_);
  require_different_names();
}

void TableReader::describe(CsvReader& csv, std::span<const TableColumn> declared) {
  for (const std::string& name : csv.header()) columns_.push_back({std::string(trim(name))});
  const auto missing = std::ranges::find_if(
      declared, [&](const TableColumn& column) { return !find_column(column.name); });
  if (missing == declared.end()) return take_kinds(declared);
  if (columns_.size() != declared.size()) {
    throw Error(fmt::format(
        "{}: {} columns declared; its first row has {} fields and is not a header with all of "
        "their names either: no '{}'",
        name_, declared.size(), columns_.size(), missing->name));
  }
  columns_.assign(declared.begin(), declared.end());
  std::vector<std::string> names;
  for (const TableColumn& column : columns_) names.push_back(column.name);
  csv.name_columns(std::move(names));
}

void TableReader::describe(const ArffReader& arff, std::span<const TableColumn> declared) {
  for (const ArffAttribute& attribute : arff.attributes()) {
    columns_.push_back({attribute.name, kind_of(attribute.type)});
  }
  take_kinds(declared);
}

void TableReader::take_kinds(std::span<const TableColumn> declared) {
  for (const TableColumn& own : declared) columns_[column(own.name)].kind = own.kind;
}

void TableReader::require_different_names() const {
  std::set<std::string_view> names;
  for (const TableColumn& column : columns_) {
    if (!names.insert(column.name).second) {
      throw Error(fmt::format("{}: two columns are called '{}'", name_, column.name));
    }
  }
}

std::optional<std::size_t> TableReader::find_column(std::string_view name) const noexcept {
  const auto found = std::ranges::find(columns_, name, &TableColumn::name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::size_t TableReader::column(std::string_view name) const {
  const std::optional<std::size_t> index = find_column(name);
  if (!index) throw Error(fmt::format("{}: no column '{}'", name_, name));
  return *index;
}

bool TableReader::next() {
  return std::visit(
      [&](auto& file) {
        if (!file.next()) return false;
        fields_ = file.fields();
        return true;
      },
      file_);
}

std::string_view TableReader::plain_row() const noexcept {
  const auto* const csv = std::get_if<CsvReader>(&file_);
  return csv == nullptr ? std::string_view() : csv->plain_row();
}

double TableReader::number(std::size_t column) const {
  const ParsedNumber number = parse_number_within(field(column));
  if (number.fault != nullptr) {
    throw Error(where(column) + fmt::format("{}: '{}'", number.fault, field(column)));
  }
  return number.value;
}

std::string TableReader::where(std::size_t column) const {
  const std::size_t line = std::visit([](const auto& file) { return file.line(); }, file_);
  return fmt::format("{}:{}: column '{}': ", name_, line, columns_[column].name);
}

}  // namespace weir
