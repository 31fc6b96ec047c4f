// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Count, extremes and exact sums of a series of whole numbers.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace weir {

/// The first two moments of a series, kept as integers: whatever the order of the values, the same
/// series gives the same mean and deviation, bit for bit.
struct Moments {
  __extension__ using Wide = unsigned __int128;

  Wide sum_squares = 0;
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  std::uint64_t min = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max = 0;

  void add(std::uint64_t value) noexcept {
    sum_squares += static_cast<Wide>(value) * value;
    sum += value;
    ++count;
    min = std::min(min, value);
    max = std::max(max, value);
  }

  /// The moments of both series together.
  friend Moments operator+(const Moments& a, const Moments& b) noexcept {
    return {a.sum_squares + b.sum_squares, a.sum + b.sum, a.count + b.count, std::min(a.min, b.min),
            std::max(a.max, b.max)};
  }

  /// NaN for an empty series.
  double mean() const noexcept;
  /// Of the whole series, not of a sample of it (divided by count); NaN for an empty series.
  double standard_deviation() const noexcept;
};

}  // namespace weir
