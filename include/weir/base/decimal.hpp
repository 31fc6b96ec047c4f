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

/// So many values that stand side by side and have the same number of decimals.
struct DecimalRun {
  std::uint32_t count;
  std::uint32_t decimals;
};

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

/// Up to four characters and how many of them count.
struct Group {
  std::array<char, 4> text;
  std::uint32_t count;
};

/// 0 to 9999 without leading zeros.
extern const std::array<Group, 10'000> kWhole;
/// A point and 000 to 999; what lies before the trailing zeros counts, nothing of 000.
extern const std::array<Group, 1000> kPoint;
/// 000 to 999. What lies before the trailing zeros counts.
extern const std::array<Group, 1000> kFraction;

inline void put(char* out, const Group& group) noexcept {
  std::memcpy(out, group.text.data(), sizeof group.text);
}

char* write_large(char* out, std::uint64_t value) noexcept;

/// One look for what most sizes and counts are.
inline char* write_unsigned(char* out, std::uint64_t value) noexcept {
  if (value >= kWhole.size()) return write_large(out, value);
  put(out, kWhole[value]);
  return out + kWhole[value].count;
}

/// `near` where `far` is 0, else `offset` + `far`. Without a branch: how many zeros the next number
/// ends with cannot be predicted.
inline std::uint32_t last_of(std::uint32_t near, std::uint32_t offset, std::uint32_t far) noexcept {
  const std::uint32_t none = far == 0 ? 1 : 0;
  return (near & (0 - none)) | ((offset + far) & (none - 1));
}

/// The point and what follows it, `fraction` below 10^kDecimals; nothing for 0.
template <unsigned kDecimals>
char* write_fraction(char* out, std::uint32_t fraction) noexcept {
  if constexpr (kDecimals == 3) {
    put(out, kPoint[fraction]);
    return out + kPoint[fraction].count;
  } else {
    const std::uint32_t upper = fraction / 1000;
    const Group& last = kFraction[fraction % 1000];
    if constexpr (kDecimals == 6) {
      put(out, kPoint[upper]);
      put(out + 4, last);
      return out + last_of(kPoint[upper].count, 4, last.count);
    } else {
      const Group& first = kPoint[upper / 1000];
      const Group& middle = kFraction[upper % 1000];
      put(out, first);
      put(out + 4, middle);
      put(out + 7, last);
      if (last.count > 0) return out + 7 + last.count;  // of nanoseconds, nearly all
      return out + last_of(first.count, 4, middle.count);
    }
  }
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
  if (magnitude < digits::kWhole.size() * kOne) {
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
