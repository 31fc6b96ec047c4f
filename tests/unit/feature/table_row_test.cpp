// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fields of rows in both formats.
#include "weir/feature/table_row.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "weir/base/decimal.hpp"

using namespace weir;

namespace {

constexpr std::array<std::int64_t, 4> kValues{-1200, kAbsent, 1'500'000'000, 250};
constexpr std::array<DecimalRun, 3> kRuns{{{2, 0}, {1, 9}, {1, 3}}};

std::string row_of(TableFormat format) {
  const std::vector<std::string> columns{"name", "address", "a",    "b",     "c",
                                         "d",    "time",    "real", "number"};
  TableRow row(format, columns);
  row.text("x, \"y\"\n").address(IpAddress::v4(0xc0000201)).decimals(kValues, kRuns);
  row.timestamp(5).real(0.25F).number("7").end();
  row.word("plain").absent().decimals(kValues, kRuns).absent();
  row.real(std::numeric_limits<float>::quiet_NaN()).number("").end();
  return std::string(row.bytes());
}

}  // namespace

TEST_CASE("a CSV row has its fields between commas, quoted where they need it") {
  CHECK(row_of(TableFormat::csv) ==
        "\"x, \"\"y\"\"\n\",192.0.2.1,-1200,,1.5,0.25,0.000000005,0.25,7\n"
        "plain,,-1200,,1.5,0.25,,,\n");
}

TEST_CASE("an NDJSON row has a key for each value, and null for what is absent") {
  CHECK(row_of(TableFormat::ndjson) ==
        R"({"name":"x, \"y\"\u000a","address":"192.0.2.1","a":-1200,"b":null,"c":1.5,"d":0.25,)"
        R"("time":0.000000005,"real":0.25,"number":7})"
        "\n"
        R"({"name":"plain","address":null,"a":-1200,"b":null,"c":1.5,"d":0.25,)"
        R"("time":null,"real":null,"number":null})"
        "\n");
}

TEST_CASE("rows stay whole while the memory for them grows") {
  TableRow row(TableFormat::csv, {});
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    row.integer(i).text(std::string(static_cast<std::size_t>(i % 50), 'x')).end();
    expected += std::to_string(i) + "," + std::string(static_cast<std::size_t>(i % 50), 'x') + "\n";
  }
  CHECK(row.bytes() == expected);
  row.clear();
  CHECK(row.bytes().empty());
}
