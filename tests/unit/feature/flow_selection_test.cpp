// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which features are selected by which words.
#include "weir/feature/flow_selection.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using namespace weir;

namespace {

std::vector<std::string> names(std::string_view text, unsigned first_packets = 20) {
  const FlowSelection selection = FlowSelection::parse(text, first_packets);
  std::vector<std::string> names;
  for (const Feature& feature : selection.features()) names.push_back(feature.name);
  return names;
}

}  // namespace

TEST_CASE("features are selected by name, group, pattern and in sets, in the schema's order") {
  CHECK(names("core") ==
        std::vector<std::string>{"fwd_packets", "bwd_packets", "bytes", "fwd_bytes", "bwd_bytes"});
  CHECK(names("iat_max,duration,iat_max") == std::vector<std::string>{"duration", "iat_max"});
  CHECK(names("size_0*", 3) == std::vector<std::string>{"size_01", "size_02", "size_03"});
  CHECK(names("b*_iat_q5*") == std::vector<std::string>{"bwd_iat_q50", "big_iat_q50"});
  CHECK(names("rates").size() == 9);
  CHECK(names("core,rates").size() == 14);
  CHECK(names("all").size() == FeatureSchema::flow().features().size() - flow_identity().size());
  CHECK(names("src_ip").empty());  // there anyway
}

TEST_CASE("a name that does not exist is refused with those near it") {
  CHECK_THROWS_WITH(names("size_meen"), Catch::Contains("'size_meen'; near it: size_mean"));
  CHECK_THROWS_AS(names(""), UsageError);
  CHECK_THROWS_AS(names("core,"), UsageError);
  CHECK_THROWS_AS(names("nothing_*"), UsageError);
  CHECK_THROWS_AS(names("size_03", 2), UsageError);
}

TEST_CASE("names of other things do not matter where a model's features are selected") {
  const std::vector<std::string> model{"src_port", "protocol", "iat_mean", "unknown"};
  const FlowSelection selection = FlowSelection::of(model, 20);
  REQUIRE(selection.features().size() == 1);
  CHECK(selection.contains("iat_mean"));
  CHECK_FALSE(selection.contains("iat_max"));
}
