// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tables of any origin give columns and fields, or one clear message.
#include "weir/model/table_reader.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using weir::ColumnKind;
using weir::TableColumn;
using weir::TableReader;
using weir::test::TemporaryFolder;

namespace {

using Columns = std::vector<TableColumn>;

const Columns kDeclared{{"size", ColumnKind::number}, {"service", ColumnKind::category}};

/// Fields of all rows, joined.
std::string content_of(const std::string& path, const Columns& declared) {
  TableReader table(path, declared);
  std::string content;
  while (table.next()) {
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      content += std::string(table.field(i)) + "|";
    }
  }
  return content;
}

std::string error_of(const std::string& table, const Columns& declared) {
  const TemporaryFolder folder;
  const std::string path = folder.file("t", table);
  try {
    content_of(path, declared);
  } catch (const weir::Error& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

std::string columns_error_of(const std::string& text) {
  const TemporaryFolder folder;
  const std::string path = folder.file("c", text);
  try {
    weir::read_columns(path);
  } catch (const weir::UsageError& error) {
    return std::string(error.what()).substr(path.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("a columns file lists names and kinds") {
  const TemporaryFolder folder;
  CHECK(weir::read_columns(folder.file("c",
                                       "# all\n\nsize\r\n service\tcategory \n"
                                       "\"Flow Duration\" number\n\"a b\"\n")) ==
        Columns{{"size", ColumnKind::number},
                {"service", ColumnKind::category},
                {"Flow Duration", ColumnKind::number},
                {"a b", ColumnKind::number}});
}

TEST_CASE("a broken columns file is refused with its line") {
  CHECK(columns_error_of("size\nservice words\n") ==
        ":2: column 'service': unknown type 'words' (known: number, category; a name with blanks "
        "stands in double quotes)");
  CHECK(columns_error_of("size\n\nsize category\n") == ":3: column 'size' comes twice");
  CHECK(columns_error_of("\"size\n") == ":1: quote not closed");
  CHECK(columns_error_of("\"\" number\n") == ":1: a column without a name");
  CHECK(columns_error_of("# nothing\n") == ": no columns; write one name a line");
}

TEST_CASE("the declared columns are those of a table without a header row") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t", "1,http\n2,ftp\n");
  CHECK(content_of(path, kDeclared) == "1|http|2|ftp|");
  CHECK(TableReader(path, kDeclared).columns() == kDeclared);
}

TEST_CASE("a first row with all declared names is the header") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t", "id, service,size\n7,http,1\n");
  CHECK(content_of(path, kDeclared) == "7|http|1|");
  CHECK(TableReader(path, kDeclared).columns() == Columns{{"id", ColumnKind::number},
                                                          {"service", ColumnKind::category},
                                                          {"size", ColumnKind::number}});
  CHECK(TableReader(path, {}).columns()[1].kind == ColumnKind::number);
}

TEST_CASE("columns that cannot be those of the table are refused") {
  CHECK(error_of("1,2,3\n", kDeclared) ==
        ": 2 columns declared; its first row has 3 fields and is not a header with all of their "
        "names either: no 'size'");
  CHECK(error_of("id,size,label\n", kDeclared) ==
        ": 2 columns declared; its first row has 3 fields and is not a header with all of their "
        "names either: no 'service'");
  CHECK(error_of("1,http\n2,ftp\n3\n", kDeclared) == ":3: 1 fields where there are 2 columns");
  CHECK(error_of("a,b, a\n", {}) == ": two columns are called 'a'");
  CHECK(error_of("@relation r\n@attribute size real\n@data\n", kDeclared) ==
        ": no column 'service'");
}

TEST_CASE("ARFF says itself which columns hold words, unless it is told otherwise") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t",
                                       "@relation r\n@attribute size real\n@attribute service "
                                       "string\n@attribute label {a,b}\n@data\n?,'x y',a\n");
  CHECK(content_of(path, {}) == "|x y|a|");
  CHECK(TableReader(path, {}).columns() == Columns{{"size", ColumnKind::number},
                                                   {"service", ColumnKind::text},
                                                   {"label", ColumnKind::category}});
  CHECK(TableReader(path, kDeclared).columns()[1].kind == ColumnKind::category);
}

TEST_CASE("compressed tables are read as they are") {
  // What gzip makes of "1,http\n2,ftp\n".
  constexpr std::string_view kCompressed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x33\xd4\xc9\x28\x29\x29\xe0\x32\xd2\x49"
      "\x03\x92\x00\xd1\x76\xa6\xb7\x0d\x00\x00\x00",
      31);
  const TemporaryFolder folder;
  CHECK(content_of(folder.file("t.gz", kCompressed), kDeclared) == "1|http|2|ftp|");
}

TEST_CASE("numbers are read as numbers, and complained about with file, line and column") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t", "1.5,\n2,x\n");
  TableReader table(path, kDeclared);
  REQUIRE(table.next());
  CHECK(table.number(0) == 1.5);
  CHECK(std::isnan(table.number(1)));
  REQUIRE(table.next());
  CHECK_THROWS_WITH(table.number(1), path + ":2: column 'service': not a number: 'x'");
}
