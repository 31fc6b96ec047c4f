// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decimals as text, as doubles, and as results of divisions.
#include "weir/base/decimal.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <string>

#include "weir/base/random.hpp"

using namespace weir;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

std::string text_of(std::int64_t value, unsigned decimals) {
  char text[kNumberChars];
  return {text, write_decimal(text, value, decimals)};
}

std::string integer_text(std::int64_t value) {
  char text[kNumberChars];
  return {text, write_integer(text, value)};
}

std::string timestamp_text(std::int64_t value) {
  char text[kNumberChars];
  return {text, write_timestamp(text, value)};
}

/// Values of all magnitudes, often with trailing zeros.
std::int64_t any_value(Random& random) {
  auto value = static_cast<std::int64_t>(random.next() >> (1 + random.below(63)));
  for (std::uint64_t n = random.below(10); n > 0; --n) value -= value % 10 == 0 ? 0 : value % 10;
  if (random.chance(0.3)) value -= value % 1000;
  return random.chance(0.3) ? -value : value;
}

/// By the slow way: all digits, the point, then without what says nothing.
std::string slow_text(std::int64_t value, unsigned decimals) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (decimals > 0) {
    digits.insert(digits.size() - decimals, ".");
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  return (value < 0 ? "-" : "") + digits;
}

}  // namespace

TEST_CASE("decimals are written exactly, without zeros that say nothing") {
  CHECK(text_of(0, 9) == "0");
  CHECK(text_of(1, 9) == "0.000000001");
  CHECK(text_of(1'500'000'000, 9) == "1.5");
  CHECK(text_of(-20, 3) == "-0.02");
  CHECK(text_of(-1200, 0) == "-1200");
  CHECK(text_of(2'000'000, 6) == "2");
  CHECK(text_of(kAbsent, 6).empty());
  CHECK(text_of(kMost, 9) == "9223372036.854775807");
  CHECK(text_of(-kMost, 0) == "-9223372036854775807");
  Random random(31);
  for (int round = 0; round < 200'000; ++round) {
    const std::int64_t value = any_value(random);
    const unsigned decimals = 3 * static_cast<unsigned>(random.below(4));
    if (text_of(value, decimals) != slow_text(value, decimals)) FAIL(value << ' ' << decimals);
    if (integer_text(value) != std::to_string(value)) FAIL(value);
  }
  CHECK(integer_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  // Where the number of digits changes: around the powers of ten, their multiples and sums.
  for (std::int64_t power = 1; power <= kMost / 10; power *= 10) {
    for (std::int64_t lower = 1; lower <= power; lower *= 10) {
      for (const std::int64_t near : {power - lower, power, power + lower, 9 * power + lower}) {
        for (const std::int64_t value : {near - 1, near, near + 1}) {
          for (unsigned decimals = 0; decimals <= 9; decimals += 3) {
            if (text_of(value, decimals) != slow_text(value, decimals)) FAIL(value);
            if (text_of(-value, decimals) != slow_text(-value, decimals)) FAIL(-value);
          }
        }
      }
    }
  }
}

TEST_CASE("a decimal as a float is what its text reads back as") {
  Random random(32);
  for (int round = 0; round < 200'000; ++round) {
    const std::int64_t value = any_value(random);
    const unsigned decimals = 3 * static_cast<unsigned>(random.below(4));
    const std::string text = text_of(value, decimals);
    double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    const double direct = decimal_to_double(value, decimals);
    if (std::bit_cast<std::uint64_t>(read) != std::bit_cast<std::uint64_t>(direct)) FAIL(text);
  }
  CHECK(std::isnan(decimal_to_double(kAbsent, 3)));
}

TEST_CASE("numbers become the nearest decimal, or the last there is") {
  CHECK(to_decimal(0.0005, 3) == 1);
  CHECK(to_decimal(-0.0005, 3) == -1);
  CHECK(to_decimal(1.2344, 3) == 1234);
  CHECK(to_decimal(1e300, 9) == kMost);
  CHECK(to_decimal(-1e300, 9) == -kMost);
  CHECK(to_decimal(std::numeric_limits<double>::infinity(), 0) == kMost);
  CHECK(to_decimal(std::numeric_limits<double>::quiet_NaN(), 0) == kAbsent);
}

TEST_CASE("ratios are rounded to the nearest, halves upwards, whatever their size") {
  CHECK(decimal_ratio(1, 3, 6) == 333'333);
  CHECK(decimal_ratio(2, 3, 6) == 666'667);
  CHECK(decimal_ratio(1, 2, 0) == 1);
  CHECK(decimal_ratio(1, 16, 3) == 63);
  CHECK(decimal_ratio(5, 0, 3) == kAbsent);
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 63U;
  CHECK(decimal_ratio(kHuge, kHuge, 9) == 1'000'000'000);
  CHECK(decimal_ratio(kHuge, 2 * (kHuge / 3), 6) == 1'500'000);
  CHECK(decimal_ratio(kHuge, 1, 0) == kMost);
  CHECK(decimal_ratio(kHuge, 2, 9) == kMost);
}

TEST_CASE("timestamps keep all nine decimals") {
  CHECK(timestamp_text(1'700'000'000'000'000'001) == "1700000000.000000001");
  CHECK(timestamp_text(1'500'000'000) == "1.500000000");
  CHECK(timestamp_text(-1) == "-0.000000001");
  CHECK(timestamp_text(std::numeric_limits<std::int64_t>::min()) == "-9223372036.854775808");
}
