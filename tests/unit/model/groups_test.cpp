// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captures become families, completely or not at all.
#include "weir/model/groups.hpp"

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::FamilyOfCapture;
using weir::test::TemporaryFolder;

namespace {

FamilyOfCapture read(const std::string& text) {
  const TemporaryFolder folder;
  return weir::read_families(folder.file("families.csv", text));
}

weir::Dataset three_captures() {
  weir::Dataset data;
  data.files = {"flows.csv"};
  data.groups = {"a.pcap", "b.pcap", "c.pcap"};
  data.group_of_row = {0, 1, 2, 1};
  data.labels = {0, 0, 0, 0};
  return data;
}

}  // namespace

TEST_CASE("captures of one family become one group") {
  const FamilyOfCapture families =
      read("family,capture,note\nlab,c.pcap,x\nhome,a.pcap,\nlab,b.pcap,y\nlab,d.pcap,\n");
  weir::Dataset data = three_captures();
  weir::group_by_family(data, families, "families.csv");
  CHECK(data.group_kind == "family");
  CHECK(data.groups == std::vector<std::string>{"home", "lab"});
  CHECK(data.group_of_row == std::vector<std::uint32_t>{0, 1, 1, 1});
}

TEST_CASE("a capture without a family is named") {
  weir::Dataset data = three_captures();
  CHECK_THROWS_WITH(weir::group_by_family(data, {{"a.pcap", "x"}}, "families.csv"),
                    Contains("families.csv: no family for b.pcap, c.pcap;"));
  CHECK(data.group_kind == "capture");
  data.groups.clear();
  data.group_of_row.clear();
  CHECK_THROWS_AS(weir::group_by_family(data, {{"a.pcap", "x"}}, "f.csv"), weir::UsageError);
}

TEST_CASE("a file of families that contradicts itself is refused") {
  CHECK_THROWS_WITH(read("capture,family\na,x\na,y\n"),
                    Contains(":3: column 'family': capture 'a' is in 'x' already"));
  CHECK_THROWS_WITH(read("capture,family\na,\n"), Contains(":2: column 'family': no name"));
  CHECK_THROWS_WITH(read("capture,kind\na,b\n"), Contains("family"));
  CHECK(read("capture,family\na,x\na,x\n").size() == 1);
}
