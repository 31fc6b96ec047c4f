// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// ARFF reading.
#include "weir/base/arff.hpp"

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using weir::ArffReader;
using weir::ArffType;
using weir::InputFile;
using weir::test::TemporaryFolder;

namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(const std::string& arff) {
  const TemporaryFolder folder;
  ArffReader reader(InputFile(folder.file("a.arff", arff)));
  std::vector<Row> rows;
  while (reader.next()) rows.emplace_back(reader.fields().begin(), reader.fields().end());
  return rows;
}

/// What reading it to the end says after the file's name.
std::string error_of(const std::string& arff) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.arff", arff);
  try {
    ArffReader reader{InputFile(path)};
    while (reader.next()) {
    }
  } catch (const weir::Error& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("an ARFF head in any case, with comments and quotes, declares the columns") {
  const TemporaryFolder folder;
  const ArffReader reader(InputFile(folder.file("a.arff",
                                                "% a comment\n\n@Relation 'my flows'\n"
                                                "@ATTRIBUTE duration NUMERIC\r\n"
                                                "@attribute 'mean size' real\n"
                                                "@attribute \"it's\" {a, 'b c', \"d,e\"}\n"
                                                "@attribute when DATE \"yyyy-MM-dd\"\n"
                                                "@attribute class{x,y}\n"
                                                "@DATA\n")));
  const auto& attributes = reader.attributes();
  REQUIRE(attributes.size() == 5);
  CHECK(attributes[0].name == "duration");
  CHECK(attributes[1].name == "mean size");
  CHECK(attributes[1].type == ArffType::number);
  CHECK(attributes[2].name == "it's");
  CHECK(attributes[2].type == ArffType::nominal);
  CHECK(attributes[2].values == std::vector<std::string>{"a", "b c", "d,e"});
  CHECK(attributes[3].type == ArffType::text);
  CHECK(attributes[4].name == "class");
  CHECK(attributes[4].values == std::vector<std::string>{"x", "y"});
}

TEST_CASE("ARFF rows: quotes, escapes, absent values, blanks, comments between them") {
  CHECK(rows_of("@relation r\n@attribute a numeric\n@attribute b string\n@data\n"
                "1, 'it\\'s, \"so\"'\n% comment\n\n ?\t,\"?\"\r\n2,") ==
        std::vector<Row>{{"1", "it's, \"so\""}, {"", "?"}, {"2", ""}});
}

TEST_CASE("what spreadsheets add to the head of an ARFF file is ignored") {
  CHECK(rows_of("@RELATION <flows>,,\n,,\n@ATTRIBUTE a NUMERIC,,\n@ATTRIBUTE b {x,y},,\n@DATA,,\n"
                "1,x\n") == std::vector<Row>{{"1", "x"}});
}

TEST_CASE("a long ARFF file is read to its end") {
  std::string arff = "@relation r\n@attribute a numeric\n@attribute b string\n@data\n";
  for (int i = 0; i < 30000; ++i) arff += std::to_string(i) + ",'value of this row'\n";
  const std::vector<Row> rows = rows_of(arff);
  REQUIRE(rows.size() == 30000);
  for (int i = 0; i < 30000; ++i) {
    REQUIRE(rows[static_cast<std::size_t>(i)] == Row{std::to_string(i), "value of this row"});
  }
}

TEST_CASE("a broken ARFF head is an error with its line") {
  CHECK(error_of("@relation r\n@attribute a numeric\n") == ":2: no @data");
  CHECK(error_of("@relation r\n@data\n1\n") == ":2: @data without an @attribute before it");
  CHECK(error_of("@relation r\n@attribute a complex\n@data\n") ==
        ":2: attribute 'a': unknown type 'complex' (known: numeric, real, integer, string, date, "
        "{VALUE,...})");
  CHECK(error_of("@attribute a real\n@attribute a real\n@data\n") ==
        ":2: two attributes are called 'a'");
  CHECK(error_of("@attribute 'a real\n@data\n") == ":1: quote not closed");
  CHECK(error_of("@attribute a {x,y\n@data\n") == ":1: list of values not closed");
  CHECK(error_of("@attribute a real\n1,2\n") == ":2: '1,2' where @attribute or @data belongs");
}

TEST_CASE("a broken ARFF row is an error with its line") {
  const std::string head = "@relation r\n@attribute a real\n@attribute b {x,y}\n@data\n";
  CHECK(error_of(head + "1,x\n") == "no error");
  CHECK(error_of(head + "1,x\n1\n") == ":6: 1 fields where there are 2 attributes");
  CHECK(error_of(head + "1,x,2\n") == ":5: 3 fields where there are 2 attributes");
  CHECK(error_of(head + "1,z\n") == ":5: column 'b': 'z' is none of the declared values");
  CHECK(error_of(head + "1,'x\n") == ":5: quote not closed");
  CHECK(error_of(head + "'a','b','c','d'\n") == ":5: 4 fields where there are 2 attributes");
  CHECK(error_of(head + "{0 1, 1 x}\n") ==
        ":5: a sparse row; write it dense, e.g. with Weka's filter SparseToNonSparse");
}

TEST_CASE("ARFF is told from CSV by its first line that is no comment") {
  CHECK(ArffReader::starts_like("@relation x\n"));
  CHECK(ArffReader::starts_like("% about\n\n  @ATTRIBUTE a real"));
  CHECK_FALSE(ArffReader::starts_like("a,b,label\n"));
  CHECK_FALSE(ArffReader::starts_like("@relations,b\n"));
  CHECK_FALSE(ArffReader::starts_like("% only a comment\n"));
  CHECK_FALSE(ArffReader::starts_like(""));
}
