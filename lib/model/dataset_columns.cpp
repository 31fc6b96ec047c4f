// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Chooses columns, reads their fields, and makes features of words.
#include "dataset_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "name_some.hpp"
#include "table_schema.hpp"
#include "weir/base/error.hpp"
#include "weir/base/number.hpp"
#include "weir/feature/schema.hpp"
#include "weir/net/packet.hpp"

namespace weir {
namespace {

constexpr std::string_view kWordsHint =
    "; a column of words is a category in a --columns file, or left out by --drop";

std::vector<std::string> names_of(const TableReader& table) {
  std::vector<std::string> names;
  for (const TableColumn& column : table.columns()) names.push_back(column.name);
  return names;
}

}  // namespace

void DatasetColumns::open(const TableReader& table) {
  const std::string& label = options_.table.label;
  if (!table.find_column(label)) {
    const std::string message = fmt::format(
        "{}: no column '{}'; name that of the labels with --label, or label the rows "
        "first, e.g. with weir-extract --label-rules or --ground-truth",
        table.name(), label);
    const bool is_asked_for = label != TableDescription{}.label && options_.features.empty();
    if (is_asked_for) throw UsageError(message);
    throw Error(message);
  }
  if (header_.empty()) {
    header_ = names_of(table);
    first_file_ = table.name();
    schema_ = recognise(header_);
    require_named(table);
    options_.features.empty() ? choose(table) : choose_known(table);
  } else {
    require_same(table);
  }
  locate(table);
}

void DatasetColumns::require_named(const TableReader& table) const {
  for (const std::string& name : options_.allowed_identifiers) {
    if (!table.find_column(name)) {
      throw UsageError(fmt::format("{}: no column '{}' to allow as a feature", table.name(), name));
    }
  }
  if (!options_.features.empty()) return;  // a model did without the columns that were dropped
  for (const std::string& name : options_.table.dropped) {
    if (!table.find_column(name)) {
      throw UsageError(fmt::format("{}: no column '{}' to drop", table.name(), name));
    }
  }
}

/// Reads the features of a model.
void DatasetColumns::choose_known(const TableReader& table) {
  std::map<std::string, std::pair<std::size_t, std::string>> words;  // by feature: codes, word
  for (const Categories& known : options_.categories) {
    for (const std::string& word : known.values) {
      words[category_feature(known.column, word)] = {codes_.size(), word};
    }
    codes_.emplace_back(known);
  }
  std::map<std::string, std::size_t> read;  // by name, an index into read_columns_
  std::vector<std::string> missing;
  for (const std::string& feature : options_.features) {
    const auto word = words.find(feature);
    const bool is_word = word != words.end();
    const std::string& column = is_word ? codes_[word->second.first].column() : feature;
    const auto [place, is_new] = read.try_emplace(column, read_columns_.size());
    if (is_new) {
      read_columns_.push_back({column});
      if (is_word) read_columns_.back().codes = word->second.first;
      if (!table.find_column(column)) missing.push_back(column);
    }
    sources_.push_back({place->second});
    if (is_word) sources_.back().word = word->second.second;
  }
  if (!missing.empty()) {
    throw Error(fmt::format("{}: {} of the model's {} features missing: {}", table.name(),
                            missing.size(), options_.features.size(), name_some(missing)));
  }
}

bool DatasetColumns::is_feature(const TableReader& table, const TableColumn& column,
                                const std::set<std::string>& texts) const {
  const std::string& name = column.name;
  if (name == options_.table.label || texts.contains(name)) return false;
  if (std::ranges::count(options_.table.dropped, name) > 0) return false;
  if (is_identifier(name) && std::ranges::count(options_.allowed_identifiers, name) == 0) {
    return false;
  }
  if (column.kind == ColumnKind::text) {
    throw Error(
        fmt::format("{}: column '{}' holds text: leave it out by --drop, or declare it a "
                    "category in a --columns file",
                    table.name(), name));
  }
  return true;
}

void DatasetColumns::choose(const TableReader& table) {
  const std::set<std::string> texts = text_columns(schema_);
  for (const TableColumn& column : table.columns()) {
    if (!is_feature(table, column, texts)) continue;
    read_columns_.push_back({column.name});
    if (column.kind != ColumnKind::category) continue;
    read_columns_.back().codes = codes_.size();
    codes_.emplace_back(column.name);
  }
  if (read_columns_.empty()) {
    throw Error(
        fmt::format("{}: no column to learn from besides identifiers and the label", table.name()));
  }
}

void DatasetColumns::require_same(const TableReader& table) const {
  const std::vector<std::string> names = names_of(table);
  std::vector<std::string> missing;
  std::vector<std::string> added;
  for (const std::string& name : header_) {
    if (!table.find_column(name)) missing.push_back(name);
  }
  for (const std::string& name : names) {
    if (std::ranges::find(header_, name) == header_.end()) added.push_back(name);
  }
  if (missing.empty() && added.empty()) return;
  std::string difference;
  if (!missing.empty()) difference += "lacks " + name_some(missing);
  if (!added.empty()) difference += (missing.empty() ? "adds " : "; adds ") + name_some(added);
  throw Error(fmt::format("{}: columns differ from those of {}: {}", table.name(), first_file_,
                          difference));
}

void DatasetColumns::locate(const TableReader& table) {
  positions_.clear();
  words_.clear();
  for (const ReadColumn& column : read_columns_) {
    if (column.codes || column.name == "protocol") words_.push_back(positions_.size());
    positions_.push_back(table.column(column.name));
  }
}

void DatasetColumns::read(const TableReader& table, std::span<float> row) {
  std::size_t first = 0;
  for (const std::size_t word : words_) {
    read_numbers(table, first, row.subspan(first, word - first));
    read_word(table, word, row[word]);
    first = word + 1;
  }
  read_numbers(table, first, row.subspan(first));
}

void DatasetColumns::read_word(const TableReader& table, std::size_t index, float& value) {
  const std::string_view field = table.field(positions_[index]);
  if (const auto codes = read_columns_[index].codes) {
    value = codes_[*codes].code(field);
  } else if (const auto protocol = parse_protocol(field)) {
    value = *protocol;
  } else {
    read_numbers(table, index, {&value, 1});
  }
}

/// Of so many columns from the first on.
void DatasetColumns::read_numbers(const TableReader& table, std::size_t first,
                                  std::span<float> values) const {
  const auto columns = std::span(positions_).subspan(first, values.size());
  const std::size_t count = parse_floats_within(table.fields(), columns, values);
  if (count < columns.size()) refuse(table, columns[count]);
}

/// Says why a field is no feature.
void DatasetColumns::refuse(const TableReader& table, std::size_t column) const {
  const std::string_view field = table.field(column);
  const ParsedNumber number = parse_number(field);
  if (number.fault == nullptr) {
    throw Error(table.where(column) +
                fmt::format("too large for a feature: '{}'; an empty field is absent", field));
  }
  // Tables of others may have columns of words; an absurd number is none.
  const bool may_be_word =
      schema_.level == TableLevel::other && field.find_first_of("0123456789") != 0;
  throw Error(table.where(column) +
              fmt::format("{}: '{}'{}", number.fault, field, may_be_word ? kWordsHint : ""));
}

void DatasetColumns::make_features(Dataset& data) {
  if (options_.features.empty()) {
    name_features(data);
  } else {
    data.features = options_.features;
  }
  if (!codes_.empty()) expand_words(data.matrix);
  for (const CategoryCodes& codes : codes_) {
    data.categories.push_back(codes.categories());
    if (codes.unknown().rows > 0) data.unknown_categories.push_back(codes.unknown());
  }
  data.matrix.columns = data.features.size();
}

/// Features of all columns that were read, each word of a column one of its own.
void DatasetColumns::name_features(Dataset& data) {
  for (std::size_t column = 0; column < read_columns_.size(); ++column) {
    const ReadColumn& read = read_columns_[column];
    if (!read.codes) {
      data.features.push_back(read.name);
      sources_.push_back({column});
      continue;
    }
    for (const std::string& word : codes_[*read.codes].categories().values) {
      data.features.push_back(category_feature(read.name, word));
      sources_.push_back({column, word});
    }
  }
}

/// Columns of words become columns of 1 and 0.
void DatasetColumns::expand_words(FeatureMatrix& matrix) const {
  const FeatureMatrix read{read_columns_.size(), std::move(matrix.values)};
  struct Cell {
    std::size_t column;
    std::optional<float> code;
  };
  std::vector<Cell> cells;
  for (const FeatureSource& source : sources_) {
    const auto codes = read_columns_[source.column].codes;
    cells.push_back({source.column,
                     codes ? std::optional(codes_[*codes].code_of(*source.word)) : std::nullopt});
  }
  matrix.values.clear();
  matrix.values.reserve(read.rows() * cells.size());
  for (std::size_t row = 0; row < read.rows(); ++row) {
    const std::span<const float> values = read.row(row);
    for (const Cell& cell : cells) {
      const float value = values[cell.column];
      const bool is_word = cell.code && !std::isnan(value);
      matrix.values.push_back(!is_word ? value : value == *cell.code ? 1.0F : 0.0F);
    }
  }
}

}  // namespace weir
