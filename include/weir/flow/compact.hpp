// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Whole numbers in less room than their types take: what 200,000 open flows are made of.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

namespace weir {

/// A number of 48 bits, aligned to 2 bytes: 78 hours of nanoseconds, or 281 TB.
class Uint48 {
 public:
  static constexpr std::uint64_t kMax = (std::uint64_t{1} << 48U) - 1;

  Uint48() = default;
  /// Greater numbers are taken as kMax.
  Uint48(std::uint64_t value) noexcept {
    value = std::min(value, kMax);
    const auto low = static_cast<std::uint32_t>(value);
    std::memcpy(low_.data(), &low, sizeof low);
    high_ = static_cast<std::uint16_t>(value >> 32U);
  }
  operator std::uint64_t() const noexcept {
    std::uint32_t low = 0;
    std::memcpy(&low, low_.data(), sizeof low);
    return low | std::uint64_t{high_} << 32U;
  }

 private:
  std::array<std::uint16_t, 2> low_{};
  std::uint16_t high_ = 0;
};
static_assert(sizeof(Uint48) == 6);

/// A sum of squares of 96 bits, aligned to 4 bytes. It stays at its greatest value.
class SquareSum {
 public:
  __extension__ using Wide = unsigned __int128;

  void add(std::uint64_t value) noexcept {
    const Wide sum = std::min(get() + static_cast<Wide>(value) * value, kMax);
    const auto low = static_cast<std::uint64_t>(sum);
    std::memcpy(low_.data(), &low, sizeof low);
    high_ = static_cast<std::uint32_t>(sum >> 64U);
  }
  Wide get() const noexcept {
    std::uint64_t low = 0;
    std::memcpy(&low, low_.data(), sizeof low);
    return low | static_cast<Wide>(high_) << 64U;
  }

 private:
  static constexpr Wide kMax = (static_cast<Wide>(1) << 96U) - 1;

  std::array<std::uint32_t, 2> low_{};
  std::uint32_t high_ = 0;
};
static_assert(sizeof(SquareSum) == 12);

}  // namespace weir
