// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Thresholds keep what they promise, and are not set by luck.
#include "weir/model/thresholds.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "weir/model/answering.hpp"

using Catch::Detail::Approx;
using weir::ClassThreshold;

namespace {

/// Rows of two classes that are all answered with class 0.
struct Answers {
  void add(int rows, float confidence, bool right, bool one_group = false) {
    for (int i = 0; i < rows; ++i) {
      values.push_back(confidence);
      values.push_back(1 - confidence);
      labels.push_back(right ? 0 : 1);
      groups.push_back(one_group ? 1000000U : static_cast<std::uint32_t>(groups.size()));
    }
  }
  ClassThreshold choose(double target) const {
    return weir::choose_thresholds({values, labels, 2}, groups, target).at(0);
  }

  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> groups;
};

}  // namespace

TEST_CASE("the bound of a precision rises with the answers behind it") {
  // n / (n + z^2) where all are right, z = 0.8416.
  CHECK(weir::precision_bound(1, 1) == Approx(0.5854).epsilon(1e-3));
  CHECK(weir::precision_bound(20, 20) == Approx(0.9658).epsilon(1e-3));
  // Half of 100: 0.5 -+ 0.0421, from Wilson's formula.
  CHECK(weir::precision_bound(50, 100) == Approx(0.4581).epsilon(1e-3));
  CHECK(weir::precision_bound(0, 10) == Approx(0).margin(1e-9));
  CHECK(weir::precision_bound(0, 0) == 0);
}

TEST_CASE("a threshold is the lowest confidence that keeps the promise") {
  Answers answers;
  answers.add(40, 0.9F, true);
  answers.add(10, 0.8F, true);
  answers.add(10, 0.7F, false);
  const ClassThreshold found = answers.choose(0.9);
  REQUIRE(found.confidence);
  CHECK(*found.confidence == Approx(0.8));
  CHECK(found.precision == 1);
  CHECK(found.answers == 50);
  CHECK(*answers.choose(0.75).confidence == Approx(0.7));
}

TEST_CASE("a few right answers are luck, and many of one capture are few") {
  Answers few;
  few.add(3, 0.9F, true);
  CHECK_FALSE(few.choose(0.9).confidence);
  Answers one_capture;
  one_capture.add(100, 0.9F, true, true);
  const ClassThreshold found = one_capture.choose(0.9);
  CHECK_FALSE(found.confidence);
  CHECK(found.precision == 1);
  CHECK(found.groups == 1);
  CHECK(found.lower_bound == Approx(weir::precision_bound(1, 1)));
}

TEST_CASE("answers with the same confidence pass together") {
  Answers answers;
  answers.add(30, 0.9F, true);
  answers.add(30, 0.9F, false);
  CHECK_FALSE(answers.choose(0.9).confidence);
}

TEST_CASE("a class that is never answered has no threshold") {
  Answers answers;
  answers.add(50, 0.9F, true);
  const auto thresholds =
      weir::choose_thresholds({answers.values, answers.labels, 2}, answers.groups, 0.9);
  REQUIRE(thresholds.size() == 2);
  CHECK_FALSE(thresholds[1].confidence);
  CHECK(thresholds[1].answers == 0);
}

TEST_CASE("Unknown is answered below the class' own threshold, or below the one given") {
  weir::AnswerRules rules;
  const std::vector<float> rows{0.9F, 0.1F, 0.6F, 0.4F, 0.05F, 0.95F};
  const auto known = [&](std::optional<double> min_confidence) {
    std::vector<bool> result;
    for (const weir::Answer& answer : weir::decide(rows, 2, rules, min_confidence)) {
      result.push_back(answer.known);
    }
    return result;
  };
  CHECK(known({}) == std::vector{true, true, true});
  CHECK(known(0.8) == std::vector{true, false, true});
  rules.thresholds = {{.confidence = 0.7}, {.confidence = std::nullopt}};
  CHECK(known({}) == std::vector{true, false, false});
  CHECK(known(0.0) == std::vector{true, true, true});
  CHECK(weir::decide(rows, 2, rules, {})[2] == weir::Answer{1, 0.95F, false});
}
