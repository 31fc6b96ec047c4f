// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which columns of labelled tables are read, and which features become of them.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "weir/model/categories.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/table_reader.hpp"

namespace weir {

/// The columns that a dataset is made of, the same in all of its files.
class DatasetColumns {
 public:
  /// `options` has to outlive this.
  explicit DatasetColumns(const DatasetOptions& options) : options_(options) {}

  /// Chooses the columns of the first file, asks of each further one that it has the same, and
  /// finds them there. Throws Error, UsageError as read_dataset() does.
  void open(const TableReader& table);

  /// What the tables are; of the first file.
  const TableSchema& schema() const noexcept { return schema_; }

  /// How many columns are read.
  std::size_t count() const noexcept { return read_columns_.size(); }

  /// The values of the current row of the table that was opened last, `count()` of them: numbers,
  /// or the numbers of words; NaN where the field is empty. Throws Error.
  void read(const TableReader& table, std::span<float> row);

  /// Makes features of the columns that were read, each word of a column one of its own: names,
  /// categories and matrix.
  void make_features(Dataset& data);

 private:
  /// A column that is read: as a number, or as a word that has one.
  struct ReadColumn {
    std::string name;
    std::optional<std::size_t> codes = {};  // of its words
  };

  /// Where a feature comes from: a column that is read; of one of words, which it stands for.
  struct FeatureSource {
    std::size_t column = 0;
    std::optional<std::string> word = {};
  };

  void require_named(const TableReader& table) const;
  void require_same(const TableReader& table) const;
  void choose(const TableReader& table);
  void choose_known(const TableReader& table);
  bool is_feature(const TableReader& table, const TableColumn& column,
                  const std::set<std::string>& texts) const;
  void locate(const TableReader& table);
  void read_numbers(const TableReader& table, std::size_t first, std::span<float> values) const;
  void read_word(const TableReader& table, std::size_t index, float& value);
  [[noreturn]] void refuse(const TableReader& table, std::size_t column) const;
  void name_features(Dataset& data);
  void expand_words(FeatureMatrix& matrix) const;

  const DatasetOptions& options_;
  TableSchema schema_;
  std::string first_file_;
  std::vector<std::string> header_;  // of the first file
  std::vector<ReadColumn> read_columns_;
  std::vector<CategoryCodes> codes_;
  std::vector<FeatureSource> sources_;  // of each feature
  std::vector<std::size_t> positions_;  // of read_columns_, in the current file
  std::vector<std::size_t> words_;      // those of read_columns_ that may hold other than numbers
};

}  // namespace weir
