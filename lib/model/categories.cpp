// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Numbers for words.
#include "weir/model/categories.hpp"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {

std::string category_feature(std::string_view column, std::string_view value) {
  return fmt::format("{}={}", column, value);
}

CategoryCodes::CategoryCodes(std::string column) : column_(std::move(column)) {}

CategoryCodes::CategoryCodes(const Categories& known) : column_(known.column), is_fixed_(true) {
  for (const std::string& value : known.values) {
    code_of_word_.emplace(value, static_cast<std::uint32_t>(code_of_word_.size()));
  }
}

float CategoryCodes::code(std::string_view word) {
  if (word.empty()) return std::numeric_limits<float>::quiet_NaN();
  const auto found = code_of_word_.find(word);
  if (found != code_of_word_.end()) return static_cast<float>(found->second);
  if (is_fixed_) {
    ++unknown_rows_;
    if (!unknown_words_.contains(word)) unknown_words_.emplace(word);
    return -1;
  }
  if (code_of_word_.size() == kMost) {
    throw Error(
        fmt::format("column '{}': more than {} different words are no categories; leave it "
                    "out with --drop",
                    column_, kMost));
  }
  const auto next = static_cast<std::uint32_t>(code_of_word_.size());
  return static_cast<float>(code_of_word_.emplace(word, next).first->second);
}

Categories CategoryCodes::categories() const {
  Categories result{column_, {}};
  for (const auto& [word, code] : code_of_word_) result.values.push_back(word);
  return result;
}

float CategoryCodes::code_of(const std::string& word) const {
  return static_cast<float>(code_of_word_.at(word));
}

UnknownCategories CategoryCodes::unknown() const {
  return {column_, unknown_rows_, {unknown_words_.begin(), unknown_words_.end()}};
}

}  // namespace weir
