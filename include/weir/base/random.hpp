// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Seeded random numbers that are the same on every platform (std::*_distribution is not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace weir {

/// xoshiro256++ (Blackman, Vigna 2019), seeded through splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept;

  /// 64 uniform bits.
  std::uint64_t next() noexcept;

  /// Uniform in [0, bound), without modulo bias (Lemire 2019); bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept;

  /// Uniform integer in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept;

  /// Uniform in [0, 1).
  double uniform() noexcept;
  double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }

  /// True with this probability.
  bool chance(double probability) noexcept { return uniform() < probability; }

  /// Exponential with this mean.
  double exponential(double mean) noexcept;

  /// Normal with this mean and standard deviation.
  double normal(double mean, double deviation) noexcept;

  /// Log-normal with this median; sigma is the standard deviation of the logarithm.
  double log_normal(double median, double sigma) noexcept;

  /// A generator for an independent stream, e.g. one per flow; advances this one.
  Random fork() noexcept { return Random(next()); }

  /// Fisher-Yates shuffle.
  template <typename T>
  void shuffle(std::span<T> items) noexcept {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace weir
