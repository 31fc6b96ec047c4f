// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// CSV reading and writing.
#include "weir/base/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/random.hpp"

using weir::CsvReader;
using weir::CsvRow;
using weir::test::TemporaryFolder;

TEST_CASE("columns are found by name, whatever their order") {
  const TemporaryFolder folder;
  CsvReader csv(folder.file("a.csv", "b,a\n1,2\n3,4\n"));
  REQUIRE(csv.column("a") == 1);
  REQUIRE(csv.next());
  CHECK(csv.field(csv.column("a")) == "2");
  REQUIRE(csv.next());
  CHECK(csv.number(0) == 3);
  CHECK_FALSE(csv.next());
}

TEST_CASE("a file without a header row gets its columns' names, and loses no row") {
  const TemporaryFolder folder;
  CsvReader csv(folder.file("a.csv", "1,\"x,y\"\n2,z\n"));
  csv.name_columns({"number", "text"});
  REQUIRE(csv.next());
  CHECK(csv.line() == 1);
  CHECK(csv.number(csv.column("number")) == 1);
  CHECK(csv.fields()[1] == "x,y");
  REQUIRE(csv.next());
  CHECK(csv.field(1) == "z");
  CHECK_FALSE(csv.next());
}

TEST_CASE("a missing column is an error that names it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.csv", "b,a\n1,2\n");
  const CsvReader csv(path);
  CHECK_THROWS_WITH(csv.column("label"), path + ": no column 'label'");
}

TEST_CASE("quotes, CRLF, blank lines and a byte-order mark are understood") {
  const TemporaryFolder folder;
  CsvReader csv(
      folder.file("a.csv",
                  "\xef\xbb\xbf"
                  "name,n\r\n\"say \"\"hi\"\", she\nsaid\",1\r\n\r\nplain,2\r\n,\r\nend,3"));
  CHECK(csv.header() == std::vector<std::string>{"name", "n"});
  REQUIRE(csv.next());
  CHECK(csv.field(0) == "say \"hi\", she\nsaid");
  CHECK(csv.field(1) == "1");
  CHECK(csv.line() == 2);
  REQUIRE(csv.next());
  CHECK(csv.field(0) == "plain");
  CHECK(csv.line() == 5);
  REQUIRE(csv.next());
  CHECK(csv.field(0).empty());
  CHECK(std::isnan(csv.number(1)));
  REQUIRE(csv.next());
  CHECK(csv.field(1) == "3");
  CHECK_FALSE(csv.next());
}

TEST_CASE("malformed rows are errors with file and line") {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& text) {
    const std::string path = folder.file("bad.csv", text);
    try {
      CsvReader csv(path);
      while (csv.next()) csv.number(0);
    } catch (const weir::Error& error) {
      return std::string(error.what()).substr(path.size());
    }
    return std::string("no error");
  };
  CHECK(error_of("") == ": empty file; a CSV with a header row is needed");
  CHECK(error_of("a,b\n1,2\n3\n") == ":3: 1 fields where there are 2 columns");
  CHECK(error_of("a,b\n1,2\nx,4\n") == ":3: column 'a': not a number: 'x'");
  CHECK(error_of("a,b\n1 ,2\n") == ":2: column 'a': not a number: '1 '");
  CHECK(error_of("a,b\n1e999,2\n") == ":2: column 'a': number out of range: '1e999'");
  CHECK(error_of("a,b\n1,\"2\n") == ":2: quote not closed");
  CHECK(error_of("a,b\n\"1\"2,3\n") == ":2: text after a closing quote");
}

TEST_CASE("what a row builder writes, the reader reads back") {
  const TemporaryFolder folder;
  weir::Random random(7);
  const std::string alphabet = "ab,\"\n\r 1";
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<std::string>> rows(1 + random.below(5));
    CsvRow out;
    out.text("x").text("y").text("z").end();
    for (auto& row : rows) {
      for (int column = 0; column < 3; ++column) {
        std::string text;
        for (std::uint64_t n = random.below(6); n > 0; --n) {
          text += alphabet[random.below(alphabet.size())];
        }
        out.text(text);
        row.push_back(text);
      }
      out.end();
    }
    CsvReader csv(folder.file("r.csv", out.bytes()));
    for (const auto& row : rows) {
      REQUIRE(csv.next());
      for (std::size_t column = 0; column < 3; ++column) REQUIRE(csv.field(column) == row[column]);
    }
    REQUIRE_FALSE(csv.next());
  }
}

TEST_CASE("rows without quotes are split at their commas, however long their fields are") {
  const TemporaryFolder folder;
  weir::Random random(11);
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 1 + random.below(40);
    const std::uint64_t longest = 1 + random.below(70);
    std::string text;
    for (std::size_t i = 0; i < columns; ++i) text += fmt::format("{}c{}", i > 0 ? "," : "", i);
    std::vector<std::vector<std::string>> rows(20, std::vector<std::string>(columns));
    for (auto& row : rows) {
      for (std::string& field : row) field.assign(random.below(longest), 'x');
      row[0] += 'x';  // no blank line
      text += fmt::format("\n{}", fmt::join(row, ","));
    }
    CsvReader csv(folder.file("r.csv", text));
    for (const auto& row : rows) {
      REQUIRE(csv.next());
      REQUIRE(std::ranges::equal(csv.fields(), row));
      REQUIRE(csv.plain_row() == fmt::format("{}", fmt::join(row, ",")));
    }
    REQUIRE_FALSE(csv.next());
    CsvReader wider(folder.file("w.csv", text + '\n' + std::string(columns, ',')));
    for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(wider.next());
    REQUIRE_THROWS_AS(wider.next(), weir::Error);
  }
}

TEST_CASE("a row longer than the read block is read whole") {
  const TemporaryFolder folder;
  const std::string large(3U << 20U, 'x');
  CsvReader csv(folder.file("a.csv", "a,b\n1," + large + "\n2,y\n"));
  REQUIRE(csv.next());
  CHECK(csv.field(1).size() == large.size());
  REQUIRE(csv.next());
  CHECK(csv.field(1) == "y");
}

TEST_CASE("numbers are written as the shortest text that reads back to the same value") {
  CsvRow row;
  row.real(0.1F)
      .real(1e-9)
      .real(std::numeric_limits<double>::quiet_NaN())
      .integer(-5)
      .timestamp(1'700'000'000'000'000'001);
  CHECK(row.end().bytes() == "0.1,1e-09,,-5,1700000000.000000001\n");
}
