// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Calibration error, Brier score and the rejection curve, computed by hand beside.
#include "weir/model/confidence.hpp"

#include <catch2/catch.hpp>

using weir::RowAnswers;

namespace {

/// Answers of two classes: the probability of class 0, and the label.
RowAnswers answers_of(const std::vector<std::pair<float, std::uint32_t>>& rows) {
  RowAnswers answers{.classes = {"a", "b", "not known"}, .model_classes = 2};
  for (const auto& [probability, actual] : rows) {
    answers.rows.push_back(answers.rows.size());
    answers.part.push_back(0);
    answers.actual.push_back(actual);
    answers.probabilities.insert(answers.probabilities.end(), {probability, 1 - probability});
  }
  answers.answers = weir::most_probable(answers.probabilities, 2);
  return answers;
}

}  // namespace

TEST_CASE("calibration error compares what was said with what came") {
  // Said 0.75 four times and right twice; said 1 once and right.
  const auto result =
      reliability(answers_of({{0.75F, 0}, {0.75F, 0}, {0.75F, 1}, {0.25F, 0}, {1.0F, 0}}));
  REQUIRE(result.bins.size() == 10);
  CHECK(result.bins[7].rows == 4);
  CHECK(result.bins[7].confidence == Approx(0.75));
  CHECK(result.bins[7].accuracy == Approx(0.5));
  CHECK(result.bins[9].rows == 1);
  CHECK(result.bins[9].accuracy == 1);
  CHECK(result.ece == Approx(0.25 * 4 / 5));
  // Right at 0.75: 2 x 0.0625; wrong: 2 x 0.5625; sure and right: 0.
  CHECK(result.brier == Approx((2 * 0.125 + 2 * 1.125 + 0) / 5));
}

TEST_CASE("a label that the model does not know costs as much as a class with no probability") {
  CHECK(reliability(answers_of({{1.0F, 2}})).brier == Approx(2));
  CHECK(reliability(answers_of({{0.5F, 2}})).brier == Approx(1.5));
}

TEST_CASE(
    "refusing the least sure answers first raises accuracy where confidence means something") {
  std::vector<std::pair<float, std::uint32_t>> rows;
  for (int i = 0; i < 20; ++i) {
    rows.emplace_back(0.6F + 0.01F * static_cast<float>(i), i < 10 ? 1 : 0);
  }
  const auto curve = rejection_curve(answers_of(rows));
  REQUIRE(curve.size() == 20);
  CHECK(curve.front().coverage == Approx(0.05));
  CHECK(curve.front().confidence == Approx(0.79));
  CHECK(curve[9].coverage == Approx(0.5));
  CHECK(curve[9].accuracy == 1);
  CHECK(curve.back().coverage == 1);
  CHECK(curve.back().accuracy == Approx(0.5));
}

TEST_CASE("answers of equal confidence are refused together") {
  const auto curve = rejection_curve(answers_of({{0.9F, 0}, {0.7F, 0}, {0.7F, 1}, {0.7F, 1}}));
  REQUIRE(curve.size() == 2);
  CHECK(curve[0].coverage == Approx(0.25));
  CHECK(curve[1].coverage == 1);
  CHECK(curve[1].accuracy == Approx(0.5));
}
