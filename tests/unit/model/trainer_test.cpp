// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows are weighted so that nothing counts more because there is more of it.
#include "weir/model/trainer.hpp"

#include <catch2/catch.hpp>

#include "three_bands.hpp"

using weir::balanced_weights;
using weir::Dataset;
using weir::test::all_rows;

namespace {

/// Six rows: class 0 in captures 0 (a flow of three rows, a flow of one) and 1 (one flow), class 1
/// in capture 1 (one flow).
Dataset prefixes() {
  Dataset data;
  data.features = {"size"};
  data.matrix = {.columns = 1, .values = {1, 2, 3, 4, 5, 6}};
  data.classes = {"a", "b"};
  data.labels = {0, 0, 0, 0, 0, 1};
  data.groups = {"one", "two"};
  data.group_of_row = {0, 0, 0, 0, 1, 1};
  data.flow_of_row = {0, 0, 0, 1, 2, 3};
  return data;
}

}  // namespace

TEST_CASE("classes, then captures, then flows, then rows weigh the same") {
  const Dataset data = prefixes();
  // Of 6 in all each class has 3, each capture of class 0 has 1.5, each flow of capture 0 has 0.75.
  CHECK(balanced_weights(data, all_rows(data)) ==
        std::vector<float>{0.25F, 0.25F, 0.25F, 0.75F, 1.5F, 3});
}

TEST_CASE("a flow's end weighs as much as all that was known of it before") {
  Dataset data = prefixes();
  data.identities.resize(6);
  data.identities[0].provisional = true;
  data.identities[1].provisional = true;
  data.identities[4].provisional = true;  // all there is of its flow
  const std::vector<float> weights = balanced_weights(data, all_rows(data));
  CHECK(weights == std::vector<float>{0.1875F, 0.1875F, 0.375F, 0.75F, 1.5F, 3});
}

TEST_CASE("weights count only the rows that are trained on") {
  const Dataset data = prefixes();
  const std::vector<std::size_t> rows{0, 1, 3, 5};
  CHECK(balanced_weights(data, rows) == std::vector<float>{0.5F, 0.5F, 1, 2});
}

TEST_CASE("without flows or captures every row of a class weighs the same") {
  Dataset data = prefixes();
  data.flow_of_row.clear();
  CHECK(balanced_weights(data, all_rows(data)) ==
        std::vector<float>{0.375F, 0.375F, 0.375F, 0.375F, 1.5F, 3});
  data.group_of_row.clear();
  CHECK(balanced_weights(data, all_rows(data)) ==
        std::vector<float>{0.6F, 0.6F, 0.6F, 0.6F, 0.6F, 3});
}
