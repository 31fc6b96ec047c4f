// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Short decimals are read sixteen characters at once, whatever their length and wherever their
// point is: loops over digits cost more in wrong guesses of their ends than in digits.
#include "weir/base/number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "sixteen_chars.hpp"

namespace weir {
namespace {

constexpr std::size_t kChars = sizeof(SixteenChars);
static_assert(kChars <= kFieldMargin);

/// What is of a field, by the number of its characters, and what is before and behind its point, by
/// the place of that among the sixteen; of a field without one, kChars, all is behind it.
struct Masks {
  using Bytes = std::array<std::uint8_t, kChars>;
  alignas(kChars) std::array<Bytes, kChars + 1> of_field = {};
  alignas(kChars) std::array<Bytes, kChars + 1> before = {};
  alignas(kChars) std::array<Bytes, kChars + 1> behind = {};
};
constexpr Masks kMasks = [] {
  Masks masks;
  for (std::size_t n = 0; n <= kChars; ++n) {
    for (std::size_t i = 0; i < kChars; ++i) {
      masks.of_field[n][i] = i >= kChars - n ? 0xff : 0;
      masks.before[n][i] = n < kChars && i < n ? 0xff : 0;
      masks.behind[n][i] = n == kChars || i > n ? 0xff : 0;
    }
  }
  return masks;
}();

/// value / 10^k, where k characters are behind the point. Both are exact, so their quotient is
/// rounded once (Clinger, PLDI 1990).
double number_of(std::uint64_t value, std::size_t point, std::uint64_t sign) noexcept {
  static constexpr std::array<double, kChars + 1> kDivisors{
      1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1, 1};
  const double magnitude = static_cast<double>(static_cast<std::int64_t>(value)) / kDivisors[point];
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) | sign << 63U);
}

/// Reads a decimal of up to sixteen characters; false where the field is none.
inline bool read_short(std::string_view field, double& number) noexcept {
  const std::uint64_t sign = !field.empty() && field.front() == '-' ? 1 : 0;
  const std::size_t size = field.size() - sign;
  if (size - 1 >= kChars) return false;

  // What is not of the field becomes zeros, among which no point is found either. What is before
  // the point then moves up to what is behind it.
  constexpr std::uint8_t kZero = '0';
  const SixteenChars text = load_chars(field.data() + field.size() - kChars) ^ kZero;
  const SixteenChars own = text & load_chars(&kMasks.of_field[size]);
  const std::uint32_t points = find_char(own, '.' ^ '0');
  const auto point = static_cast<std::size_t>(std::countr_zero(points | 1U << kChars));
  const SixteenChars digits = moved_back(own & load_chars(&kMasks.before[point])) |
                              (own & load_chars(&kMasks.behind[point]));
  const bool is_point = size == 1 && points != 0;
  if (is_point || high_bits(std::bit_cast<SixteenChars>(digits > 9)) != 0) return false;
  const std::uint64_t value = decimal_value(digits);
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  number = number_of(value, point, sign);
  return value <= kExact;
}

}  // namespace

ParsedNumber parse_number(std::string_view field) noexcept {
  if (field.empty()) return {std::numeric_limits<double>::quiet_NaN()};
  ParsedNumber number;
  const char* const end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, number.value);
  if (error == std::errc::result_out_of_range) {
    number.fault = "number out of range";
  } else if (error != std::errc{} || stop != end) {
    number.fault = "not a number";
  }
  return number;
}

ParsedNumber parse_number_within(std::string_view field) noexcept {
  ParsedNumber number;
  return read_short(field, number.value) ? number : parse_number(field);
}

std::size_t parse_floats_within(std::span<const std::string_view> row,
                                std::span<const std::size_t> columns,
                                std::span<float> out) noexcept {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    double value = 0;
    if (!read_short(row[columns[i]], value)) {
      const ParsedNumber number = parse_number(row[columns[i]]);
      const bool is_too_large = std::abs(number.value) > std::numeric_limits<float>::max();
      if (number.fault != nullptr || is_too_large) return i;
      value = number.value;
    }
    out[i] = static_cast<float>(value);
  }
  return columns.size();
}

}  // namespace weir
