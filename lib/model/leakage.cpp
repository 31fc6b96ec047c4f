// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Equal rows, and the mutual information of a column and the label.
#include "weir/model/leakage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <map>
#include <unordered_set>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

constexpr std::size_t kBins = 32;
constexpr std::size_t kCheckedRows = 20000;
constexpr unsigned kFewRowsDigits = 8;
constexpr unsigned kManyRowsDigits = 10;
/// Before the rows of a text with so many digits each.
constexpr std::string_view kManyRows = "10:";

/// splitmix64's finaliser: every bit of the input moves every bit of the output.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

std::uint64_t hash_of(std::span<const float> row) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U;
  for (const float value : row) {
    std::uint32_t bits = 0xffffffffU;  // any absent value
    if (!std::isnan(value)) bits = std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value);
    hash = mix(hash + bits + 0x9e3779b97f4a7c15U);
  }
  return hash;
}

void sort_uniquely(std::vector<std::uint64_t>& values) {
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
}

std::vector<std::size_t> checked_rows(std::size_t rows) {
  const std::size_t count = std::min(rows, kCheckedRows);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * rows / count);
  return chosen;
}

/// The upper ends (inclusive) of the bins of these values, which are put in order.
std::vector<float> bin_ends(std::vector<float>& values) {
  std::ranges::sort(values);
  std::vector<float> distinct;
  std::ranges::unique_copy(values, std::back_inserter(distinct));
  if (distinct.size() <= kBins) return distinct;
  std::vector<float> ends;
  for (std::size_t bin = 1; bin <= kBins; ++bin) {
    const float end = values[bin * values.size() / kBins - 1];
    if (ends.empty() || end > ends.back()) ends.push_back(end);
  }
  return ends;
}

/// The bin of each of these rows; absent values have the last one.
std::vector<std::uint32_t> bins_of(const FeatureMatrix& matrix, std::span<const std::size_t> rows,
                                   std::size_t column) {
  std::vector<float> values;
  for (const std::size_t row : rows) {
    const float value = matrix.row(row)[column];
    if (!std::isnan(value)) values.push_back(value);
  }
  const std::vector<float> ends = bin_ends(values);
  std::vector<std::uint32_t> bins;
  bins.reserve(rows.size());
  for (const std::size_t row : rows) {
    const float value = matrix.row(row)[column];
    const auto end = std::isnan(value) ? ends.end() : std::ranges::lower_bound(ends, value);
    bins.push_back(static_cast<std::uint32_t>(end - ends.begin()));
  }
  return bins;
}

double entropy(std::span<const double> counts, double total) {
  double sum = 0;
  for (const double count : counts) {
    if (count > 0) sum -= count / total * std::log(count / total);
  }
  return sum;
}

/// The 99.9 % quantile of chi-square (Wilson, Hilferty 1931).
double chi_square_999(double freedom) {
  constexpr double kNormal999 = 3.0902;
  const double ninth = 2 / (9 * freedom);
  return freedom * std::pow(1 - ninth + kNormal999 * std::sqrt(ninth), 3);
}

double used(std::span<const double> counts) {
  return static_cast<double>(std::ranges::count_if(counts, [](double count) { return count > 0; }));
}

/// Rows by bin and class.
class Table {
 public:
  Table(std::span<const std::uint32_t> bins, std::span<const std::uint32_t> labels,
        std::size_t classes)
      : classes_(classes), counts_((std::ranges::max(bins) + 1) * classes) {
    for (std::size_t i = 0; i < bins.size(); ++i) ++counts_[bins[i] * classes + labels[i]];
  }

  std::span<const double> bin(std::size_t index) const {
    return std::span(counts_).subspan(index * classes_, classes_);
  }

  /// Share of the label's entropy that the bins explain; 0 where chance may do as well.
  double information(double rows) const {
    std::vector<double> of_class(classes_);
    double unexplained = 0;
    double used_bins = 0;
    for (std::size_t b = 0; b * classes_ < counts_.size(); ++b) {
      double of_bin = 0;
      for (std::size_t c = 0; c < classes_; ++c) {
        of_class[c] += bin(b)[c];
        of_bin += bin(b)[c];
      }
      if (of_bin == 0) continue;
      ++used_bins;
      unexplained += of_bin / rows * entropy(bin(b), of_bin);
    }
    const double used_classes = used(of_class);
    const double freedom = (used_bins - 1) * (used_classes - 1);
    const double known = entropy(of_class, rows);
    if (freedom == 0 || known == 0) return 0;
    const double explained = known - unexplained;
    if (2 * rows * explained < chi_square_999(freedom)) return 0;
    const double bias = (used(counts_) - used_bins - used_classes + 1) / (2 * rows);
    return std::clamp((explained - bias) / known, 0.0, 1.0);
  }

 private:
  std::size_t classes_;
  std::vector<double> counts_;
};

/// Share of the rows whose label is the most frequent one of their bin in other groups; all rows of
/// a bin that no other group has are wrong.
double right_elsewhere(const Table& table, std::span<const std::uint32_t> bins,
                       std::span<const std::uint32_t> labels,
                       std::span<const std::uint32_t> groups) {
  using Key = std::pair<std::uint32_t, std::uint32_t>;  // bin, group
  std::map<Key, std::map<std::uint32_t, double>> own;   // rows of each class
  for (std::size_t i = 0; i < bins.size(); ++i) ++own[{bins[i], groups[i]}][labels[i]];
  double right = 0;
  for (const auto& [key, of_class] : own) {
    std::vector<double> others(table.bin(key.first).begin(), table.bin(key.first).end());
    for (const auto& [label, rows] : of_class) others[label] -= rows;
    const auto best = std::ranges::max_element(others);
    if (*best == 0) continue;
    const auto found = of_class.find(static_cast<std::uint32_t>(best - others.begin()));
    if (found != of_class.end()) right += found->second;
  }
  return right / static_cast<double>(bins.size());
}

}  // namespace

std::vector<std::uint64_t> row_hashes(const FeatureMatrix& matrix) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(matrix.rows());
  for (std::size_t row = 0; row < matrix.rows(); ++row) hashes.push_back(hash_of(matrix.row(row)));
  return hashes;
}

std::vector<bool> seen_in_training(std::span<const std::uint64_t> hashes,
                                   std::span<const std::size_t> train,
                                   std::span<const std::size_t> test) {
  std::unordered_set<std::uint64_t> known;
  for (const std::size_t row : train) known.insert(hashes[row]);
  std::vector<bool> seen;
  for (const std::size_t row : test) seen.push_back(known.contains(hashes[row]));
  return seen;
}

bool duplicates_leak(const Dataset& data) {
  return data.schema.level != TableLevel::packet;
}

SeenRows::SeenRows(std::span<const std::uint64_t> hashes) {
  std::vector<std::uint64_t> different(hashes.begin(), hashes.end());
  sort_uniquely(different);
  if (different.size() > kMost) return;
  digits_ = different.size() > kFew ? kManyRowsDigits : kFewRowsDigits;
  for (const std::uint64_t hash : different) rows_.push_back(shorten(hash));
  sort_uniquely(rows_);
}

SeenRows SeenRows::parse(std::string_view text) {
  SeenRows seen;
  if (text.starts_with(kManyRows)) {
    seen.digits_ = kManyRowsDigits;
    text.remove_prefix(kManyRows.size());
  }
  for (; !text.empty(); text.remove_prefix(seen.digits_)) {
    std::uint64_t row = 0;
    const std::string_view digits = text.substr(0, seen.digits_);
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, row, 16);
    if (error != std::errc() || stop != end || digits.size() < seen.digits_) {
      throw Error("the hashes of the training rows are broken");
    }
    seen.rows_.push_back(row);
  }
  std::ranges::sort(seen.rows_);
  return seen;
}

std::string SeenRows::text() const {
  std::string text(digits_ == kManyRowsDigits ? kManyRows : "");
  for (const std::uint64_t row : rows_) {
    fmt::format_to(std::back_inserter(text), "{:0{}x}", row, digits_);
  }
  return text;
}

bool SeenRows::contains(std::uint64_t hash) const {
  return std::ranges::binary_search(rows_, shorten(hash));
}

std::uint64_t SeenRows::shorten(std::uint64_t hash) const noexcept {
  constexpr unsigned kBitsOfDigit = 4;
  return hash >> (64 - kBitsOfDigit * digits_);
}

FeatureCheck check_features(const Dataset& data, const SplitUnits& groups) {
  const std::vector<std::size_t> rows = checked_rows(data.rows());
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> group;
  for (const std::size_t row : rows) {
    labels.push_back(data.labels[row]);
    group.push_back(groups.of_row.empty() ? static_cast<std::uint32_t>(row) : groups.of_row[row]);
  }
  FeatureCheck check;
  for (std::size_t column = 0; column < data.features.size(); ++column) {
    check_interrupted();
    const std::vector<std::uint32_t> bins = bins_of(data.matrix, rows, column);
    if (std::ranges::min(bins) == std::ranges::max(bins)) {
      check.constant.push_back(data.features[column]);
      continue;
    }
    const Table table(bins, labels, data.classes.size());
    const double information = table.information(static_cast<double>(rows.size()));
    if (information < kTelling) continue;
    check.telling.push_back(
        {data.features[column], information, right_elsewhere(table, bins, labels, group)});
  }
  std::ranges::stable_sort(check.telling, std::ranges::greater(), &TellingFeature::information);
  return check;
}

}  // namespace weir
