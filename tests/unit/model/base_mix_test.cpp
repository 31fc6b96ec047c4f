// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// General and local rows become one table, and what is tested stays unseen.
#include "weir/model/base_mix.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::Manifest;
using weir::Split;

namespace {

Dataset local() {
  Dataset data;
  data.files = {"here.csv"};
  data.features = {"size"};
  data.matrix = {.columns = 1, .values = {1, 2, 3}};
  data.classes = {"Call", "Web"};
  data.labels = {0, 1, 1};
  data.groups = {"a.pcap", "m.pcap"};
  data.group_of_row = {0, 1, 1};
  data.flow_of_row = {0, 1, 1};
  data.emit_at = {5};
  data.left_out.unlabelled = 2;
  return data;
}

Dataset base() {
  Dataset data;
  data.files = {"general.csv"};
  data.features = {"size"};
  data.matrix = {.columns = 1, .values = {10, 20}};
  data.classes = {"Game", "Web"};
  data.labels = {1, 0};
  data.groups = {"c.pcap", "m.pcap"};
  data.group_of_row = {0, 1};
  data.flow_of_row = {0, 1};
  data.emit_at = {5, 10};
  data.left_out.unlabelled = 3;
  return data;
}

Manifest boosted() {
  Manifest manifest;
  manifest.algorithm = "gbdt";
  manifest.features = {"size"};
  manifest.classes = {"Call", "Game", "Web"};
  return manifest;
}

}  // namespace

TEST_CASE("classes and captures of one name are one, flows are not") {
  const Dataset mixed = weir::mix(local(), base());
  CHECK(mixed.files == std::vector<std::string>{"here.csv", "general.csv"});
  CHECK(mixed.matrix.values == std::vector<float>{1, 2, 3, 10, 20});
  CHECK(mixed.classes == std::vector<std::string>{"Call", "Game", "Web"});
  CHECK(mixed.labels == std::vector<std::uint32_t>{0, 2, 2, 2, 1});
  CHECK(mixed.groups == std::vector<std::string>{"a.pcap", "c.pcap", "m.pcap"});
  CHECK(mixed.group_of_row == std::vector<std::uint32_t>{0, 2, 2, 1, 2});
  CHECK(mixed.flow_of_row == std::vector<std::uint32_t>{0, 1, 1, 2, 3});
  CHECK(mixed.emit_at == std::vector<std::uint32_t>{5, 10});
  CHECK(mixed.left_out.unlabelled == 5);
}

TEST_CASE("base rows of a tested capture are not trained on") {
  const Dataset mixed = weir::mix(local(), base());
  Split split{.train = {0}, .test = {1, 2}};
  weir::train_on_base_too(split, mixed, 3);
  CHECK(split.train == std::vector<std::size_t>{0, 3});
  Split other{.train = {1, 2}, .test = {0}};
  weir::train_on_base_too(other, mixed, 3);
  CHECK(other.train == std::vector<std::size_t>{1, 2, 3, 4});
}

TEST_CASE("tables that do not agree are not mixed") {
  Dataset other = base();
  other.schema = {weir::TableLevel::flow, "weir-flow-1", "abc", 20};
  CHECK_THROWS_WITH(weir::mix(local(), other),
                    Contains("here.csv: no table of weir-extract, but the base is weir-flow-1 with "
                             "20 first packets"));
  other = base();
  other.features = {"length"};
  CHECK_THROWS_WITH(weir::mix(local(), other), Contains("other features"));
  other = base();
  other.groups.clear();
  other.group_of_row.clear();
  CHECK_THROWS_WITH(weir::mix(local(), other), Contains("general.csv: no column 'capture'"));
}

TEST_CASE("only a boosted model of the same table that knows the classes is continued") {
  CHECK_NOTHROW(weir::require_continuable(boosted(), local(), {}, "m.ubj"));
  Manifest manifest = boosted();
  manifest.algorithm = "rf";
  CHECK_THROWS_WITH(weir::require_continuable(manifest, local(), {}, "m.ubj"),
                    Contains("m.ubj: made by --algorithm rf"));
  manifest = boosted();
  manifest.schema.level = weir::TableLevel::packet;
  manifest.schema.name = "weir-packet-1";
  CHECK_THROWS_WITH(weir::require_continuable(manifest, local(), {}, "m.ubj"),
                    Contains("trained on weir-packet-1"));
  manifest = boosted();
  manifest.classes = {"Call", "Game"};
  CHECK_THROWS_WITH(weir::require_continuable(manifest, local(), {}, "m.ubj"),
                    Contains("does not know the class Web of here.csv"));
  manifest = boosted();
  manifest.features = {"length"};
  CHECK_THROWS_WITH(weir::require_continuable(manifest, local(), {}, "m.ubj"),
                    Contains("m.ubj: reads other features than here.csv has"));
  Dataset flows = local();
  flows.schema.level = weir::TableLevel::flow;
  manifest = boosted();
  manifest.schema = flows.schema;
  CHECK_NOTHROW(weir::require_continuable(manifest, flows, {}, "m.ubj"));
  weir::ExtractorSettings other;
  other.idle_timeout_ns = 5;
  CHECK_THROWS_WITH(weir::require_continuable(manifest, flows, other, "m.ubj"),
                    Contains("cut with another --idle-timeout"));
}

TEST_CASE("rows take the classes of the model that they are added to") {
  const Dataset data = weir::with_classes_of(boosted(), local());
  CHECK(data.classes == std::vector<std::string>{"Call", "Game", "Web"});
  CHECK(data.labels == std::vector<std::uint32_t>{0, 2, 2});
}
