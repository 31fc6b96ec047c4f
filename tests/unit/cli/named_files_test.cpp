// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Outputs that would be written over each other, or over what is read.
#include "weir/cli/named_files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using namespace weir;
using Catch::Matchers::Message;

TEST_CASE("two outputs are not one file, by whatever name") {
  const test::TemporaryFolder folder;
  const std::string there = folder.file("there", "x");
  const std::string absent = folder.path("absent");
  CHECK_NOTHROW(require_apart({{"--json", {there}}, {"--html", {absent}}, {"--oof", {""}}}, {}));
  CHECK_THROWS_MATCHES(
      require_apart({{"--json", {absent}}, {"--html", {absent}}}, {}), UsageError,
      Message("--json and --html both write to " + absent + "; give each a file of its own"));
  CHECK_THROWS_AS(require_apart({{"--a", {folder.path("./absent")}}, {"--b", {absent}}}, {}),
                  UsageError);
  CHECK_THROWS_AS(require_apart({{"--a", {folder.path("./there")}}, {"--b", {there}}}, {}),
                  UsageError);
  std::filesystem::create_symlink(there, folder.path("link"));
  CHECK_THROWS_AS(require_apart({{"--a", {folder.path("link")}}, {"--b", {there}}}, {}),
                  UsageError);
}

TEST_CASE("an output is not an input") {
  const test::TemporaryFolder folder;
  const std::string table = folder.file("table.csv", "x");
  CHECK_NOTHROW(require_apart({{"--json", {folder.path("new")}}}, {{"--data", {table, ""}}}));
  CHECK_THROWS_MATCHES(
      require_apart({{"--json", {table}}}, {{"--data", {folder.path("other"), table}}}), UsageError,
      Message("--json: " + table + " is an input (--data); write to another file"));
}

TEST_CASE("one output goes to stdout, any number to devices") {
  CHECK_THROWS_MATCHES(
      require_apart({{"--html", {"-"}}, {"--json", {"-"}}}, {}), UsageError,
      Message("--html and --json both write to stdout; give each a file of its own"));
  CHECK_NOTHROW(require_apart({{"-o", {"-"}}}, {{"CAPTURE", {"-"}}}));
  CHECK_NOTHROW(require_apart({{"--html", {"/dev/null"}}, {"--json", {"/dev/null"}}},
                              {{"--data", {"/dev/null"}}}));
}
