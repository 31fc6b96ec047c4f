// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Units from and to text.
#include "weir/base/units.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "weir/base/error.hpp"

using namespace weir;

TEST_CASE("durations are read with and without a unit") {
  CHECK(parse_duration_ns("90") == 90 * kNanosPerSecond);
  CHECK(parse_duration_ns("1.5s") == 1'500'000'000);
  CHECK(parse_duration_ns("250ms") == 250'000'000);
  CHECK(parse_duration_ns("10m") == 600 * kNanosPerSecond);
  CHECK(parse_duration_ns("0") == 0);
  for (const char* text : {"", "s", "-1", "1 s", "10 minutes", "1e300", "nan", "0x10"}) {
    CHECK_THROWS_AS(parse_duration_ns(text), UsageError);
  }
}

TEST_CASE("a formatted duration reads back to the same value") {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'500'000'000},
                                   120 * kNanosPerSecond, 1800 * kNanosPerSecond}) {
    CHECK(parse_duration_ns(format_duration(value)) == value);
  }
  CHECK(format_duration(120 * kNanosPerSecond) == "2m");
}

TEST_CASE("rates use decimal prefixes") {
  CHECK(parse_rate_bps("64kbit") == 64'000);
  CHECK(parse_rate_bps("1.5mbit") == 1'500'000);
  CHECK_THROWS_AS(parse_rate_bps("64"), UsageError);
}

TEST_CASE("rates are written as they are read") {
  CHECK(format_rate(20'000'000) == "20mbit");
  CHECK(format_rate(1'500'000) == "1500kbit");
  CHECK(format_rate(2'000'000'000) == "2gbit");
  CHECK(format_rate(1'001) == "1001bit");
  CHECK(format_rate(0) == "0bit");
}

TEST_CASE("timestamps keep their nanoseconds in both directions") {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1'700'000'000'123'456'789}, std::int64_t{-1},
        std::int64_t{-1'500'000'000}, std::numeric_limits<std::int64_t>::max() / 2}) {
    CHECK(parse_timestamp_ns(format_timestamp(value)) == value);
  }
  CHECK(format_timestamp(1'500'000'000) == "1.500000000");
  CHECK(parse_timestamp_ns("12") == 12 * kNanosPerSecond);
  CHECK(parse_timestamp_ns("12.5") == 12'500'000'000);
  CHECK(parse_timestamp_ns("0.1234567899") == 123'456'789);
  for (const char* text : {"", ".5", "1.x", "1.5 ", "--1", "99999999999999"}) {
    CHECK_THROWS_AS(parse_timestamp_ns(text), Error);
  }
}
