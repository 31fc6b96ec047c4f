// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Trivial classifiers answer as one would by hand.
#include "weir/model/baselines.hpp"

#include <catch2/catch.hpp>
#include <limits>

using weir::Dataset;
using Indexes = std::vector<std::size_t>;
using Classes = std::vector<std::uint32_t>;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

/// Class 0 or 1, with two features and a port.
Dataset table() {
  Dataset data;
  data.classes = {"ftp", "web"};
  data.features = {"a", "b"};
  data.matrix.columns = 2;
  const auto add = [&](std::uint32_t label, float a, float b, const char* port) {
    data.labels.push_back(label);
    data.matrix.values.insert(data.matrix.values.end(), {a, b});
    data.identities.push_back({.dst_port = port, .protocol = "TCP"});
  };
  add(1, 0, 0, "443");
  add(1, 1, 1000, "443");
  add(0, 10, 0, "21");
  add(0, 11, 1000, "443");
  add(1, 1, 10, "80");
  add(0, 10.5F, 900, "21");  // tested from here on
  add(1, kAbsent, kAbsent, "443");
  add(1, 0.5F, 990, "9999");
  return data;
}

const Indexes kTrain{0, 1, 2, 3, 4};
const Indexes kTest{5, 6, 7};

}  // namespace

TEST_CASE("the majority class is the first of equals") {
  CHECK(weir::majority_class(std::vector<std::uint64_t>{2, 5, 5}) == 1);
}

TEST_CASE("a port answers with its most frequent class, an unknown one with the majority") {
  const Dataset data = table();
  const auto ports = weir::PortTable::learn(data, kTrain);
  CHECK(ports.classes() == weir::PortTable::Classes{{"TCP/443", 1}, {"TCP/21", 0}, {"TCP/80", 1}});
  CHECK(ports.answer(data.identities[5]) == 0);
  CHECK(ports.answer(data.identities[7]) == 1);
  CHECK(weir::PortTable::learn(data, kTrain, 1).classes() ==
        weir::PortTable::Classes{{"TCP/443", 1}});
}

TEST_CASE("the nearest row is found on features of equal weight") {
  // Unscaled, b would decide alone and row 7 would be nearest to row 1 or 3 by chance.
  const Dataset data = table();
  CHECK(weir::nearest_classes(data, kTrain, data, kTest) == Classes{0, 1, 1});
}

TEST_CASE("the nearest row is not asked about more than 2000 rows") {
  Dataset data;
  data.classes = {"low", "high"};
  data.features = {"a"};
  data.matrix.columns = 1;
  Indexes train;
  Indexes test;
  for (std::size_t row = 0; row < 15000; ++row) {
    data.matrix.values.push_back(static_cast<float>(row % 100));
    data.labels.push_back(row % 100 < 50 ? 0 : 1);
    (row < 10000 ? train : test).push_back(row);
  }
  const Classes answers = weir::nearest_classes(data, train, data, test);
  REQUIRE(answers.size() == 5000);
  std::size_t asked = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] == weir::kNoAnswer) continue;
    ++asked;
    CHECK(answers[i] == data.labels[test[i]]);
  }
  CHECK(asked == 2000);
}

TEST_CASE("baselines are scored on the rows that they answered") {
  const Dataset data = table();
  weir::RowAnswers answered = weir::start_answers(data, data.classes);
  answered.rows = kTest;
  answered.actual = {0, 1, 1};
  answered.part = {0, 0, 0};
  answered.answers.resize(3);
  weir::BaselineAnswers baselines = weir::answer_baselines(data, kTrain, data, kTest);
  baselines.nearest[2] = weir::kNoAnswer;
  const auto scored = weir::score_baselines(answered, baselines);
  REQUIRE(scored.size() == 3);
  CHECK(scored[0].name == "majority class");
  CHECK(scored[0].accuracy == Approx(2.0 / 3));
  CHECK(scored[0].macro_f1 == Approx((0 + 0.8) / 2));
  CHECK(scored[1].name == "destination ports");
  CHECK(scored[1].accuracy == 1);
  CHECK(scored[2].name == "nearest row");
  CHECK(scored[2].rows == 2);
}
