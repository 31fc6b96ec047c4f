// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decimal numbers as whole multiples of their last digit: exact, cheap, the same everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace weir {

/// A decimal is a signed count of 10^-decimals, where decimals is 0, 3, 6 or 9; this one is none.
inline constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();

/// The double nearest to a decimal, which is what its text reads back as; NaN where it is absent.
double decimal_to_double(std::int64_t value, unsigned decimals);

/// The decimal nearest to a number, halves away from zero, limited to what 63 bits hold; NaN is
/// absent.
std::int64_t to_decimal(double value, unsigned decimals) noexcept;

/// The decimal nearest to part / whole, halves upwards, limited to what 63 bits hold; absent where
/// `whole` is 0.
std::int64_t decimal_ratio(std::uint64_t part, std::uint64_t whole, unsigned decimals) noexcept;

/// Room that has to be at `out` for each of the functions below; they return the end of what they
/// wrote, and may have left any bytes behind it.
inline constexpr std::size_t kNumberChars = 32;

/// In decimal digits, with a minus sign where there is need of one.
char* write_integer(char* out, std::int64_t value) noexcept;

/// Exact, without trailing zeros, and without a point where the number is whole; nothing where it
/// is absent.
char* write_decimal(char* out, std::int64_t value, unsigned decimals) noexcept;

/// Nanoseconds as seconds with nine decimals.
char* write_timestamp(char* out, std::int64_t time_ns) noexcept;

/// As write_decimal(), for loops over many numbers of the same kind.
template <unsigned kDecimals>
char* write_decimal(char* out, std::int64_t value) noexcept;

namespace digits {

/// Up to three digits and how many of them count.
struct Group {
  std::array<char, 3> text;
  std::uint8_t count;
};

/// 0 to 999 without leading zeros, then 000 to 999, all three of which count.
extern const std::array<Group, 2000> kWhole;
/// 000 to 999; those before the trailing zeros count.
extern const std::array<Group, 1000> kFraction;

inline void put(char* out, const Group& group) noexcept {
  std::memcpy(out, &group, sizeof group);
}

char* write_large(char* out, std::uint64_t value) noexcept;

/// Without branches for what is below a million: rows hold sizes and counts of all lengths.
inline char* write_unsigned(char* out, std::uint64_t value) noexcept {
  if (value >= 1'000'000) return write_large(out, value);
  const auto high = static_cast<std::uint32_t>(value) / 1000;
  const auto low = static_cast<std::uint32_t>(value) % 1000;
  put(out, kWhole[high]);
  out += high > 0 ? kWhole[high].count : 0;
  const Group& last = kWhole[low + (high > 0 ? 1000U : 0U)];
  put(out, last);
  return out + last.count;
}

/// The point and what follows it, `fraction` below 10^kDecimals; nothing for 0.
template <unsigned kDecimals>
char* write_fraction(char* out, std::uint32_t fraction) noexcept {
  const Group& first = kFraction[fraction / (kDecimals == 9   ? 1'000'000
                                             : kDecimals == 6 ? 1000
                                                              : 1)];
  const Group& middle = kFraction[fraction / (kDecimals == 9 ? 1000 : 1) % 1000];
  const Group& last = kFraction[fraction % 1000];
  *out = '.';
  put(out + 1, first);
  if constexpr (kDecimals == 9) put(out + 4, middle);
  if constexpr (kDecimals > 3) {
    put(out + kDecimals - 2, last);
    if (last.count > 0) return out + kDecimals - 2 + last.count;
  }
  if (kDecimals == 9 && middle.count > 0) return out + 4 + middle.count;
  return out + (first.count > 0 ? 1 + first.count : 0);
}

}  // namespace digits

template <unsigned kDecimals>
char* write_decimal(char* out, std::int64_t value) noexcept {
  static_assert(kDecimals <= 9 && kDecimals % 3 == 0);
  constexpr std::uint64_t kOne = kDecimals == 9   ? 1'000'000'000
                                 : kDecimals == 6 ? 1'000'000
                                 : kDecimals == 3 ? 1000
                                                  : 1;
  auto magnitude = static_cast<std::uint64_t>(value);
  if (kDecimals == 6 && value == 0) {  // what most bins of histograms hold
    *out = '0';
    return out + 1;
  }
  if (magnitude < 1000 * kOne) {
    const digits::Group& whole = digits::kWhole[magnitude / kOne];
    digits::put(out, whole);
    out += whole.count;
  } else {
    if (value == kAbsent) return out;
    magnitude = value < 0 ? 0 - magnitude : magnitude;
    *out = '-';
    out = digits::write_unsigned(out + (value < 0 ? 1 : 0), magnitude / kOne);
  }
  if constexpr (kDecimals == 0) {
    return out;
  } else {
    return digits::write_fraction<kDecimals>(out, static_cast<std::uint32_t>(magnitude % kOne));
  }
}

}  // namespace weir
