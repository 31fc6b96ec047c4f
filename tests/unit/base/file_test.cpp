// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Outputs appear whole or not at all.
#include "weir/base/file.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::OutputFile;
using weir::read_file;
using weir::test::TemporaryFolder;

TEST_CASE("a file that is not committed leaves the old one and no temporary") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out", "old");
  {
    OutputFile output(path);
    output.write("new");
    output.flush();
    CHECK(folder.entries() == 2);
  }
  CHECK(read_file(path) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a committed file replaces the old one and keeps its permissions") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out", "old");
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  OutputFile output(path);
  output.write("new");
  output.commit();
  CHECK(read_file(path) == "new");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
  CHECK(folder.entries() == 1);
}

TEST_CASE("appending says whether there was content") {
  const TemporaryFolder folder;
  const std::string path = folder.path("log");
  OutputFile first(path, OutputFile::Mode::append);
  CHECK_FALSE(first.appends_to_content());
  first.write("a");
  first.commit();
  OutputFile second(path, OutputFile::Mode::append);
  CHECK(second.appends_to_content());
  second.write("b");
  second.commit();
  CHECK(read_file(path) == "ab");
}

TEST_CASE("a full disk is an error, for small and large writes") {
  OutputFile output("/dev/full");
  output.write("x");
  CHECK_THROWS_WITH(output.commit(), "cannot write to /dev/full: No space left on device");
  OutputFile large("/dev/full");
  CHECK_THROWS_AS(large.write(std::string(1U << 20U, 'x')), weir::Error);
}

TEST_CASE("files that cannot be opened are errors that name them") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(weir::InputFile(folder.path("none")),
                    "cannot open " + folder.path("none") + ": No such file or directory");
  CHECK_THROWS_WITH(weir::InputFile(folder.path(".")), Contains("Is a directory"));
  CHECK_THROWS_WITH(OutputFile(folder.path("no/such")), Contains("cannot create"));
  CHECK_THROWS_WITH(OutputFile(folder.path(".")), Contains("Is a directory"));
}

TEST_CASE("the capture's name is the path without its folders") {
  CHECK(weir::base_name("a/b/c.pcap") == "c.pcap");
  CHECK(weir::base_name("c.pcap") == "c.pcap");
  CHECK(weir::base_name("-") == "stdin");
}
