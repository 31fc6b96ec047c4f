// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Columns of words: each word becomes a feature of its own, 1 where the column holds it, else 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A column of words, and those that were there when it was learnt from.
struct Categories {
  std::string column;
  std::vector<std::string> values;  ///< sorted

  bool operator==(const Categories&) const = default;
};

/// The name of the feature for a word: "service=http".
std::string category_feature(std::string_view column, std::string_view value);

/// Words of a column that a model does not know: none of their column's features is 1.
struct UnknownCategories {
  std::string column;
  std::uint64_t rows = 0;
  std::vector<std::string> values;  ///< sorted
};

/// Numbers for the words of a column.
class CategoryCodes {
 public:
  /// More different words are no categories.
  static constexpr std::size_t kMost = 1000;

  /// Gives each new word a number.
  explicit CategoryCodes(std::string column);
  /// Knows these words, and no others.
  explicit CategoryCodes(const Categories& known);

  /// The word's number, small enough for a float; NaN for an empty one, -1 for one that is not
  /// known. Throws Error for word kMost + 1.
  float code(std::string_view word);

  const std::string& column() const noexcept { return column_; }
  Categories categories() const;
  /// The number of a word that has one.
  float code_of(const std::string& word) const;
  UnknownCategories unknown() const;

 private:
  std::string column_;
  bool is_fixed_ = false;
  std::map<std::string, std::uint32_t, std::less<>> code_of_word_;
  std::uint64_t unknown_rows_ = 0;
  std::set<std::string, std::less<>> unknown_words_;
};

}  // namespace weir
