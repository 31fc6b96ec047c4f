// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Calibrations, against values worked out by hand.
#include "weir/model/calibration.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using Catch::Detail::Approx;
using weir::Calibration;
using weir::CalibrationMethod;
using weir::LabelledProbabilities;
using weir::MonotoneCurve;

namespace {

/// Two classes, ten rows a block: `sure` for class 0, of which `right` are of it.
struct Blocks {
  void add(float sure, int right) {
    for (int row = 0; row < 10; ++row) {
      values.push_back(sure);
      values.push_back(1 - sure);
      labels.push_back(row < right ? 0 : 1);
      folds.push_back(static_cast<std::uint32_t>(row % 2));
    }
  }
  LabelledProbabilities view() const { return {values, labels, 2}; }

  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> folds;
};

}  // namespace

TEST_CASE("violators are pooled until nothing falls") {
  CHECK(weir::pool_adjacent_violators({}).empty());
  const std::vector<double> rising{1, 2, 3};
  CHECK(weir::pool_adjacent_violators(rising) == rising);
  // 3,2 make 2.5; 1 makes it 2; 4,0 make 2, which joins it; 5 stays.
  const std::vector<double> y{0, 3, 2, 1, 4, 0, 5};
  CHECK(weir::pool_adjacent_violators(y) == std::vector<double>{0, 2, 2, 2, 2, 2, 5});
}

TEST_CASE("a curve is straight between its points and constant outside") {
  const MonotoneCurve curve{{0.2F, 0.4F, 0.8F}, {0.1F, 0.5F, 0.9F}};
  CHECK(curve.at(0) == 0.1F);
  CHECK(curve.at(0.2F) == 0.1F);
  CHECK(curve.at(0.3F) == Approx(0.3));
  CHECK(curve.at(0.6F) == Approx(0.7));
  CHECK(curve.at(1) == 0.9F);
}

TEST_CASE("the temperature is the one at which confidence is the share of right answers") {
  // All rows say 0.9 : 0.1 and 7 in 10 are right; with one exception in 12, 7/10 11/12 + 3/10 1/12
  // = 2/3. 0.9^(1/T) / (0.9^(1/T) + 0.1^(1/T)) = 2/3 where 1/T = ln 2 / ln 9.
  Blocks rows;
  rows.add(0.9F, 7);
  const Calibration found = weir::fit_calibration(CalibrationMethod::temperature, rows.view());
  CHECK(found.temperature == Approx(std::log(9.0) / std::log(2.0)).epsilon(1e-4));
  std::vector<float> row{0.9F, 0.1F};
  found.apply(row, 2);
  CHECK(row[0] == Approx(2.0 / 3));
  CHECK(row[0] + row[1] == Approx(1));
}

TEST_CASE("an isotonic curve goes through the shares that were right") {
  Blocks rows;
  rows.add(0.6F, 5);
  rows.add(0.7F, 4);  // falls: pooled with the ones before
  rows.add(0.9F, 8);
  const Calibration found = weir::fit_calibration(CalibrationMethod::isotonic, rows.view());
  REQUIRE(found.curves.size() == 2);
  CHECK(found.curves[0].at(0.6F) == Approx(0.45));
  CHECK(found.curves[0].at(0.7F) == Approx(0.45));
  CHECK(found.curves[0].at(0.9F) == Approx(0.8));
  CHECK(found.curves[1].at(0.1F) == Approx(0.2));
  std::vector<float> two_rows{0.9F, 0.1F, 0.6F, 0.4F};
  found.apply(two_rows, 2);
  CHECK(two_rows[0] == Approx(0.8));
  CHECK(two_rows[2] == Approx(0.45));
  CHECK(two_rows[2] + two_rows[3] == Approx(1));
}

TEST_CASE("calibrated probabilities are never certain") {
  Blocks rows;
  rows.add(0.9F, 10);
  rows.add(0.2F, 0);
  const Calibration found = weir::fit_calibration(CalibrationMethod::isotonic, rows.view());
  CHECK(found.curves[0].at(0.9F) == Approx(21.0 / 22));
  CHECK(found.curves[0].at(0.2F) == Approx(1.0 / 22));
  std::vector<float> row{0.9F, 0.1F};
  weir::fit_calibration(CalibrationMethod::temperature, rows.view()).apply(row, 2);
  CHECK(row[0] > 0.9F);
  CHECK(row[0] < 0.99F);
}

TEST_CASE("log loss and calibration error") {
  Blocks rows;
  rows.add(0.75F, 5);
  CHECK(weir::log_loss(rows.view()) == Approx(-(std::log(0.75) + std::log(0.25)) / 2));
  CHECK(weir::calibration_error(rows.view()) == Approx(0.25));
  rows.add(0.9F, 9);
  CHECK(weir::calibration_error(rows.view()) == Approx(0.125));
  CHECK(weir::log_loss({{}, {}, 2}) == 0);
}

TEST_CASE("the choice is made by what holds out of fold") {
  SECTION("what one fold teaches and the other contradicts is left alone") {
    Blocks rows;
    rows.add(0.6F, 6);
    rows.add(0.8F, 8);
    for (std::size_t row = 0; row < rows.folds.size(); ++row) rows.folds[row] = row % 10 < 5;
    const auto choice = weir::choose_calibration(rows.view(), rows.folds, {});
    CHECK(choice.calibration.method == CalibrationMethod::none);
    REQUIRE(choice.trials.size() == 3);
    CHECK(choice.trials[0].log_loss < choice.trials[1].log_loss);
  }
  SECTION("boasting is corrected") {
    Blocks rows;
    for (int i = 0; i < 5; ++i) rows.add(0.99F, 8);
    const auto choice = weir::choose_calibration(rows.view(), rows.folds, {});
    CHECK(choice.calibration.method != CalibrationMethod::none);
    CHECK(choice.trials[1].calibration_error < choice.trials[0].calibration_error);
  }
  SECTION("curves are tried, but not taken, even where they fit best") {
    Blocks rows;
    for (int i = 0; i < 5; ++i) {
      rows.add(0.7F, 4);
      rows.add(0.99F, 8);
    }
    const auto choice = weir::choose_calibration(rows.view(), rows.folds, {});
    REQUIRE(choice.trials.size() == 3);
    CHECK(choice.trials[2].log_loss < choice.trials[1].log_loss);
    CHECK(choice.calibration.method == CalibrationMethod::temperature);
  }
  SECTION("of a single fold nothing is learnt, whatever is wanted") {
    Blocks rows;
    for (int i = 0; i < 5; ++i) rows.add(0.99F, 8);
    std::ranges::fill(rows.folds, 0);
    const auto choice =
        weir::choose_calibration(rows.view(), rows.folds, CalibrationMethod::isotonic);
    CHECK(choice.calibration.method == CalibrationMethod::none);
    CHECK(choice.trials.empty());
  }
  SECTION("what is wanted is done") {
    Blocks rows;
    rows.add(0.6F, 6);
    const auto choice =
        weir::choose_calibration(rows.view(), rows.folds, CalibrationMethod::isotonic);
    CHECK(choice.calibration.method == CalibrationMethod::isotonic);
  }
}

TEST_CASE("a fold is calibrated by the others alone") {
  // Fold 0 is always right, fold 1 never; each is corrected by the other.
  const std::vector<float> values{0.8F, 0.2F, 0.8F, 0.2F};
  const std::vector<std::uint32_t> labels{0, 1};
  const std::vector<std::uint32_t> folds{0, 1};
  const std::vector<float> crossed =
      weir::cross_calibrate({values, labels, 2}, folds, CalibrationMethod::temperature);
  CHECK(crossed[0] < 0.6F);  // fold 1 says: trust nothing
  // Fold 0 says: trust, as far as one row can: 1 - 1/3.
  CHECK(crossed[2] == Approx(2.0 / 3));
}
