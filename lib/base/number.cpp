// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Short decimals are read sixteen characters at once, whatever their length and wherever their
// point is: loops over digits cost more in wrong guesses of their ends than in digits.
#include "weir/base/number.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <limits>

namespace weir {
namespace {

constexpr std::size_t kChars = 16;
static_assert(kChars <= kFieldMargin);

/// Sixteen characters, the first in the lowest byte.
struct Text {
  std::uint64_t first, second;

  static constexpr Text of_all(char c) noexcept {
    const std::uint64_t all = 0x0101010101010101U * static_cast<unsigned char>(c);
    return {all, all};
  }
  friend constexpr Text operator&(Text a, Text b) noexcept {
    return {a.first & b.first, a.second & b.second};
  }
  friend constexpr Text operator|(Text a, Text b) noexcept {
    return {a.first | b.first, a.second | b.second};
  }
  friend constexpr Text operator^(Text a, Text b) noexcept {
    return {a.first ^ b.first, a.second ^ b.second};
  }
  /// One character further to the back; the last is lost.
  constexpr Text moved() const noexcept { return {first << 8U, second << 8U | first >> 56U}; }
};

/// All bits of the last `count` characters.
constexpr Text last(std::size_t count) noexcept {
  const auto word = [](std::size_t bytes) {
    return bytes == 0 ? 0 : ~std::uint64_t{0} << (64 - 8 * bytes);
  };
  return count <= 8 ? Text{0, word(count)} : Text{word(count - 8), word(8)};
}

/// What is of a field, by the number of its characters, and what is before and behind its point, by
/// the place of that among the sixteen; of a field without one, kChars, all is behind it.
struct Masks {
  std::array<Text, kChars + 1> of_field;
  std::array<Text, kChars + 1> before;
  std::array<Text, kChars + 1> behind;
};
constexpr Masks kMasks = [] {
  Masks masks{};
  for (std::size_t n = 0; n <= kChars; ++n) masks.of_field[n] = last(n);
  for (std::size_t n = 0; n < kChars; ++n) {
    masks.before[n] = last(kChars - n) ^ last(kChars);
    masks.behind[n] = last(kChars - n - 1);
  }
  masks.behind[kChars] = last(kChars);
  return masks;
}();

std::uint64_t load(const char* from) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The place of the first byte that is 0; 8 where there is none.
std::size_t first_zero(std::uint64_t word) noexcept {
  constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7fU;
  const std::uint64_t zeros = ~(((word & kLow) + kLow) | word | kLow);  // the highest bit of each
  return static_cast<std::size_t>(std::countr_zero(zeros)) / 8;
}

/// Of digits as numbers, a byte each, the first the greatest.
std::uint64_t value_of(std::uint64_t digits) noexcept {
  digits = digits * 10 + (digits >> 8U);  // pairs, in every other byte
  constexpr std::uint64_t kPairs = 0x000000ff000000ffU;
  return ((digits & kPairs) * (100 + (1'000'000ULL << 32U)) +
          (digits >> 16U & kPairs) * (1 + (10'000ULL << 32U))) >>
         32U;
}

constexpr bool has_more_than_nine(std::uint64_t digits) noexcept {
  constexpr std::uint64_t kHighest = 0x8080808080808080U;
  return (((digits + 0x7676767676767676U) | digits) & kHighest) != 0;
}

/// value / 10^k, where k characters are behind the point. Both are exact, so their quotient is
/// rounded once (Clinger, PLDI 1990).
double number_of(std::uint64_t value, std::size_t point, std::uint64_t sign) noexcept {
  static constexpr std::array<double, kChars + 1> kDivisors{
      1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1, 1};
  const double magnitude = static_cast<double>(value) / kDivisors[point];
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) | sign << 63U);
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
  if (field.empty()) return {std::numeric_limits<double>::quiet_NaN()};
  const std::uint64_t sign = field.front() == '-' ? 1 : 0;
  const std::size_t size = field.size() - sign;
  if (size - 1 >= kChars) return parse_number(field);

  // What is not of the field becomes zeros, among which no point is found either. What is before
  // the point then moves up to what is behind it.
  constexpr std::uint64_t kPoint = 0x0101010101010101U * ('.' ^ '0');
  const char* const end = field.data() + field.size();
  const Text text{load(end - kChars), load(end - kChars / 2)};
  const Text own = (text ^ Text::of_all('0')) & kMasks.of_field[size];
  if (size <= kChars / 2) {
    const std::size_t point = 8 + first_zero(own.second ^ kPoint);
    const std::uint64_t digits = (own.second & kMasks.before[point].second) << 8U |
                                 (own.second & kMasks.behind[point].second);
    if (has_more_than_nine(digits) || (size == 1 && point < kChars)) return parse_number(field);
    return {number_of(value_of(digits), point, sign)};
  }
  const std::size_t first = first_zero(own.first ^ kPoint);
  // 8 of the first and so many of the second: without a branch.
  const std::size_t point = first + (first / 8) * first_zero(own.second ^ kPoint);
  const Text digits = (own & kMasks.before[point]).moved() | (own & kMasks.behind[point]);
  const std::uint64_t value = value_of(digits.first) * 100'000'000 + value_of(digits.second);
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53U;
  if (has_more_than_nine(digits.first) || has_more_than_nine(digits.second) || value > kExact) {
    return parse_number(field);
  }
  return {number_of(value, point, sign)};
}

}  // namespace weir
