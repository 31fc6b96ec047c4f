// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decimals from and to other numbers, and their digits.
#include "weir/base/decimal.hpp"

#include <charconv>
#include <cmath>

namespace weir {
namespace {

constexpr std::array<std::uint64_t, 10> kPowers{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();

constexpr char digit(std::uint32_t number) {
  return static_cast<char>('0' + number % 10);
}

constexpr std::uint32_t count_without_trailing_zeros(std::uint32_t number) {
  if (number % 10 != 0) return 3;
  if (number % 100 != 0) return 2;
  return number != 0 ? 1 : 0;
}

}  // namespace

namespace digits {

constexpr std::array<Group, 10'000> kWhole = [] {
  std::array<Group, 10'000> groups{};
  for (std::uint32_t n = 0; n < groups.size(); ++n) {
    const std::uint32_t count = n >= 1000 ? 4 : n >= 100 ? 3 : n >= 10 ? 2 : 1;
    groups[n].count = count;
    for (std::uint32_t rest = n, at = count; at > 0; rest /= 10) groups[n].text[--at] = digit(rest);
  }
  return groups;
}();

constexpr std::array<Group, 1000> kFraction = [] {
  std::array<Group, 1000> groups{};
  for (std::uint32_t n = 0; n < groups.size(); ++n) {
    groups[n] = {{digit(n / 100), digit(n / 10), digit(n), '0'}, count_without_trailing_zeros(n)};
  }
  return groups;
}();

constexpr std::array<Group, 1000> kPoint = [] {
  std::array<Group, 1000> groups{};
  for (std::uint32_t n = 0; n < groups.size(); ++n) {
    const auto [text, count] = kFraction[n];
    groups[n] = {{'.', text[0], text[1], text[2]}, count > 0 ? 1 + count : 0};
  }
  return groups;
}();

char* write_large(char* out, std::uint64_t value) noexcept {
  if (value >= 10'000'000) {
    out = write_unsigned(out, value / 1'000'000);
    put(out, kFraction[value / 1000 % 1000]);
    out += 3;
  } else {
    out = write_unsigned(out, value / 1000);
  }
  put(out, kFraction[value % 1000]);
  return out + 3;
}

}  // namespace digits

double decimal_to_double(std::int64_t value, unsigned decimals) {
  if (value == kAbsent) return std::numeric_limits<double>::quiet_NaN();
  constexpr std::int64_t kExact = std::int64_t{1} << 53U;
  if (value >= -kExact && value <= kExact) {
    return static_cast<double>(value) / static_cast<double>(kPowers[decimals]);
  }
  // The division would round twice.
  char text[kNumberChars];
  double number = 0;
  std::from_chars(text, write_decimal(text, value, decimals), number);
  return number;
}

std::int64_t to_decimal(double value, unsigned decimals) noexcept {
  if (std::isnan(value)) return kAbsent;
  const double scaled = value * static_cast<double>(kPowers[decimals]);
  constexpr double kWholeFrom = 4'503'599'627'370'496.0;  // doubles have no fractions from here
  constexpr double kLimit = 9'223'372'036'854'775'808.0;
  if (std::abs(scaled) < kWholeFrom) {
    return static_cast<std::int64_t>(scaled + std::copysign(0.5, scaled));
  }
  if (scaled >= kLimit) return kGreatest;
  return scaled <= -kLimit ? -kGreatest : static_cast<std::int64_t>(scaled);
}

std::int64_t decimal_ratio(std::uint64_t part, std::uint64_t whole, unsigned decimals) noexcept {
  if (whole == 0) return kAbsent;
  const std::uint64_t one = kPowers[decimals];
  std::uint64_t numerator = 0;
  if (!__builtin_mul_overflow(part, one, &numerator) &&
      !__builtin_add_overflow(numerator, whole / 2, &numerator)) {
    const std::uint64_t quotient = numerator / whole;
    return quotient > static_cast<std::uint64_t>(kGreatest) ? kGreatest
                                                            : static_cast<std::int64_t>(quotient);
  }
  __extension__ using Wide = unsigned __int128;
  const Wide quotient = (static_cast<Wide>(part) * one + whole / 2) / whole;
  return quotient > static_cast<Wide>(kGreatest) ? kGreatest : static_cast<std::int64_t>(quotient);
}

char* write_integer(char* out, std::int64_t value) noexcept {
  if (value != kAbsent) return write_decimal<0>(out, value);
  *out = '-';
  return digits::write_unsigned(out + 1, std::uint64_t{1} << 63U);
}

char* write_decimal(char* out, std::int64_t value, unsigned decimals) noexcept {
  switch (decimals) {
    case 3:
      return write_decimal<3>(out, value);
    case 6:
      return write_decimal<6>(out, value);
    case 9:
      return write_decimal<9>(out, value);
    default:
      return write_decimal<0>(out, value);
  }
}

char* write_timestamp(char* out, std::int64_t time_ns) noexcept {
  const bool negative = time_ns < 0;
  const auto magnitude =
      negative ? -static_cast<std::uint64_t>(time_ns) : static_cast<std::uint64_t>(time_ns);
  *out = '-';
  out += negative ? 1 : 0;
  out = digits::write_unsigned(out, magnitude / kPowers[9]);
  *out++ = '.';
  auto nanos = static_cast<std::uint32_t>(magnitude % kPowers[9]);
  digits::put(out, digits::kFraction[nanos / 1'000'000]);
  nanos %= 1'000'000;
  digits::put(out + 3, digits::kFraction[nanos / 1000]);
  digits::put(out + 6, digits::kFraction[nanos % 1000]);
  return out + 9;
}

}  // namespace weir
