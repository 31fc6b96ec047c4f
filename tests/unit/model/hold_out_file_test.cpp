// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A table split by captures.
#include "weir/model/hold_out_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

using weir::test::TemporaryFolder;

namespace {

std::vector<std::string> lines(const std::string& path) {
  std::istringstream text(weir::read_file(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("whole captures are held out, and every row is in one of both files") {
  const TemporaryFolder folder;
  std::string table = "capture,x,label\n";
  for (int row = 0; row < 50; ++row) {
    const std::string label = row % 2 == 0 ? "\"a,b\"" : "c";
    table += "round-" + std::to_string(row / 10) + "," + std::to_string(row) + "," + label + "\n";
  }
  const std::string dataset = folder.file("dataset.csv", table);
  REQUIRE(weir::hold_out_captures(dataset, folder.path("train"), folder.path("test"), 1));
  const auto train = lines(folder.path("train"));
  const auto test = lines(folder.path("test"));
  CHECK(train.size() == 41);
  CHECK(test.size() == 11);
  CHECK(train[0] == "capture,x,label");
  CHECK(test[0] == "capture,x,label");
  std::multiset<std::string> both(train.begin() + 1, train.end());
  both.insert(test.begin() + 1, test.end());
  const auto all = lines(dataset);
  CHECK(both == std::multiset<std::string>(all.begin() + 1, all.end()));
  for (std::size_t i = 2; i < test.size(); ++i) CHECK(test[i].substr(0, 7) == test[1].substr(0, 7));
}

TEST_CASE("a table of one capture, or without captures, is not split") {
  const TemporaryFolder folder;
  const std::string train = folder.path("train");
  const std::string one = folder.file("one.csv", "capture,x,label\na,1,c\na,2,d\n");
  CHECK_FALSE(weir::hold_out_captures(one, train, folder.path("test"), 1));
  const std::string none = folder.file("none.csv", "x,label\n1,c\n2,d\n");
  CHECK_FALSE(weir::hold_out_captures(none, train, folder.path("test"), 1));
  CHECK(folder.entries() == 2);
  const std::string unlabelled = folder.file("unlabelled.csv", "capture,x\na,1\n");
  CHECK_THROWS_WITH(weir::hold_out_captures(unlabelled, train, folder.path("test"), 1),
                    unlabelled + ": no column 'label'");
}
