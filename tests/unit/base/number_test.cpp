// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Numbers of tables are those of std::from_chars, to the bit, however they are read.
#include "weir/base/number.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/random.hpp"

using namespace weir;

namespace {

/// Empty where both ways agree on the field, wherever it lies; else the field.
std::string disagreement(const std::string& field, const std::string& around) {
  const std::string buffer = around + field + around;
  const std::string_view within = std::string_view(buffer).substr(around.size(), field.size());
  const ParsedNumber expected = parse_number(field);
  const ParsedNumber number = parse_number_within(within);
  if (std::string_view(number.fault == nullptr ? "" : number.fault) !=
      std::string_view(expected.fault == nullptr ? "" : expected.fault)) {
    return field + ": fault";
  }
  const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
  if (expected.fault == nullptr && bits(number.value) != bits(expected.value)) return field;
  return {};
}

std::string random_digits(Random& random, std::size_t most) {
  std::string digits(random.below(most + 1), '0');
  for (char& c : digits) c = static_cast<char>('0' + random.below(10));
  return digits;
}

}  // namespace

TEST_CASE("a field is a number, absent, or no number") {
  CHECK(parse_number("-12.5").value == -12.5);
  CHECK(std::isnan(parse_number("").value));
  CHECK(parse_number("").fault == nullptr);
  CHECK(parse_number("1e999").fault == std::string_view("number out of range"));
  for (const char* const text : {"x", "1x", "+1", " 1", "1 ", ".", "-", "--1", "1.2.3", "0x1"}) {
    CHECK(parse_number(text).fault == std::string_view("not a number"));
  }
}

TEST_CASE("fields within a buffer are read as they are alone") {
  const std::string digits(kFieldMargin, '7');
  const std::string points(kFieldMargin, '.');
  const std::string commas(kFieldMargin, ',');
  const auto check = [&](const std::string& field) {
    for (const std::string& around : {digits, points, commas}) {
      const std::string wrong = disagreement(field, around);
      if (!wrong.empty()) FAIL(wrong);
    }
  };
  for (const char* const text : {"",
                                 "-",
                                 ".",
                                 "-.",
                                 "..",
                                 "5.",
                                 ".5",
                                 "-.5",
                                 "-5.",
                                 "0",
                                 "-0",
                                 "-0.0",
                                 "00",
                                 "007",
                                 "+1",
                                 "1e5",
                                 "1E-5",
                                 "-1e400",
                                 "1e-400",
                                 "nan",
                                 "inf",
                                 "-inf",
                                 "1.2.3",
                                 "1-2",
                                 "--1",
                                 "1 ",
                                 " 1",
                                 "99999999",
                                 "999999999",
                                 "9007199254740992",
                                 "9007199254740993",
                                 "-9007199254740993",
                                 "900719925474099.3",
                                 "9999999999999999",
                                 "99999999999999999",
                                 "0.00000000000001",
                                 ".000000000000001",
                                 "0.1234567890123456",
                                 "12345678.",
                                 "12345678.9",
                                 "1234567.8",
                                 "1/2",
                                 "1:2",
                                 "\x80",
                                 "1\xff",
                                 "1234567\xb1.25",
                                 "3.4028235677973366e+38"}) {
    check(text);
  }
  Random random(41);
  for (int round = 0; round < 1'000'000; ++round) {
    std::string field = random.chance(0.3) ? "-" : "";
    field += random_digits(random, random.chance(0.7) ? 4 : 17);
    if (random.chance(0.7)) field += '.' + random_digits(random, random.chance(0.8) ? 9 : 20);
    if (random.chance(0.05)) field += "e" + std::to_string(static_cast<int>(random.below(60)) - 30);
    if (random.chance(0.02) && !field.empty()) {
      field[random.below(field.size())] = static_cast<char>(random.below(256));
    }
    check(field);
  }
  // As other programs write them: shortest decimals of floats and doubles.
  for (int round = 0; round < 200'000; ++round) {
    char text[64];
    const auto bits = static_cast<std::uint32_t>(random.next());
    const auto number = std::bit_cast<float>(bits);
    if (std::isfinite(number)) check({text, std::to_chars(text, text + sizeof text, number).ptr});
    const double small = random.normal(0, 1000);
    check({text, std::to_chars(text, text + sizeof text, small).ptr});
    check({text, std::to_chars(text, text + sizeof text, static_cast<float>(small)).ptr});
  }
}

TEST_CASE("columns of a row are read as floats, up to one that is none") {
  const std::string text(kFieldMargin, ',');
  const std::string buffer = text + "0.1,x,,-7.25,16777217,1e39,12345678901234567890,3.4e38,-nan";
  const auto field = [&](std::string_view part) {
    return std::string_view(buffer).substr(buffer.find(part), part.size());
  };
  const std::vector<std::string_view> row{field("0.1"),    {},
                                          field("-7.25"),  field("16777217"),
                                          field("x"),      field("12345678901234567890"),
                                          field("3.4e38"), field("1e39"),
                                          field("-nan")};
  const auto read = [&](std::vector<std::size_t> columns) {
    std::vector<float> floats(columns.size());
    floats.resize(parse_floats_within(row, columns, floats));
    return floats;
  };
  CHECK(read({}).empty());
  CHECK(read({6, 3, 2, 0, 5}) == std::vector{3.4e38F, 16777216.0F, -7.25F, 0.1F, 1.2345679e19F});
  CHECK(read({2, 4, 0}) == std::vector{-7.25F});
  CHECK(read({2, 0, 7}) == std::vector{-7.25F, 0.1F});
  REQUIRE(read({1, 8}).size() == 2);
  CHECK(std::isnan(read({1})[0]));
  CHECK(std::isnan(read({8})[0]));
}
