// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Durations counted in bins whose width grows with them: quantiles of millions of values in 4 KB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir {

/// Bins of at most an eighth of their lower bound.
class LatencyHistogram {
 public:
  void add(std::int64_t duration_ns) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::int64_t max_ns() const noexcept { return max_ns_; }
  /// The upper bound of the bin in which the quantile (0 to 1) lies, but at most max_ns(); 0
  /// without values.
  std::int64_t quantile_ns(double quantile) const noexcept;

 private:
  static constexpr unsigned kSubBits = 3;

  std::array<std::uint64_t, std::size_t{64} << kSubBits> bins_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ns_ = 0;
};

}  // namespace weir
