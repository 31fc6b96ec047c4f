// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What makes figures too good: rows that a model has seen, and columns that hold the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/split_units.hpp"

namespace weir {

/// A number for each row; rows have the same one exactly when all their features are the same (but
/// for one pair in 2^64). Absent values are equal to each other, and 0 to -0.
std::vector<std::uint64_t> row_hashes(const FeatureMatrix& matrix);

/// For each row of `test`, whether a row of `train` has the same features.
std::vector<bool> seen_in_training(std::span<const std::uint64_t> hashes,
                                   std::span<const std::size_t> train,
                                   std::span<const std::size_t> test);

/// Whether equal rows are a leak. Packets have so few features that they are equal by chance.
bool duplicates_leak(const Dataset& data);

/// The rows a model was trained on, small enough to be kept in its file: 32 bits for each different
/// row, 40 where there are many, so that at most one row in 65,536 is taken for one of them by
/// chance.
class SeenRows {
 public:
  /// Up to so many different rows 32 bits are enough.
  static constexpr std::size_t kFew = 65'536;
  /// More different rows are not kept: empty.
  static constexpr std::size_t kMost = 1'000'000;

  SeenRows() = default;
  explicit SeenRows(std::span<const std::uint64_t> hashes);
  /// Reads text(). Throws Error when it is not that.
  static SeenRows parse(std::string_view text);

  /// Eight hexadecimal digits a row, ascending; for more rows than kFew "10:" and ten digits a row.
  std::string text() const;
  bool contains(std::uint64_t hash) const;
  bool empty() const noexcept { return rows_.empty(); }

 private:
  std::uint64_t shorten(std::uint64_t hash) const noexcept;

  unsigned digits_ = 8;              // hexadecimal, of each row
  std::vector<std::uint64_t> rows_;  // the first digits of the hashes, ascending
};

/// A feature that tells the label almost by itself.
struct TellingFeature {
  std::string feature;
  /// Share of the label's entropy that it explains, 0 to 1; see telling_features().
  double information = 0;
  /// Share of the rows that it gets right alone, by what it says in other groups.
  double right_elsewhere = 0;
};

/// Features whose mutual information with the label is at least this share of its entropy are
/// reported: with less, a tenth of what there is to know is still open.
inline constexpr double kTelling = 0.9;

/// What single features tell about the label.
struct FeatureCheck {
  std::vector<TellingFeature> telling;  ///< the most telling first
  std::vector<std::string> constant;    ///< features with one value (or none) in all rows
};

/// Mutual information I(X;Y) of a feature, binned, and the label, over the label's entropy H(Y).
/// Bins: each value its own where there are at most 32, else 32 of about equal rows; absent values
/// are one more. I is corrected for its bias (Miller, Madow 1955: the cells, bins and classes that
/// have rows count), and is 0 where one of a thousand unrelated features would show as much:
/// without relation 2 N I has a chi-square distribution with (bins - 1)(classes - 1) degrees of
/// freedom (Wilks 1938), so few rows prove nothing. A feature that tells captures apart gets a high
/// information too: then `right_elsewhere`, where each row is answered by the other groups' rows in
/// its bin, is low. Looks at 20,000 rows at most, evenly spread.
FeatureCheck check_features(const Dataset& data, const SplitUnits& groups);

}  // namespace weir
