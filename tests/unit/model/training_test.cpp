// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Training measures on rows that were held out, and says when that proves little.
#include "weir/model/training.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "three_bands.hpp"
#include "weir/base/error.hpp"
#include "weir/base/random.hpp"
#include "weir/model/evaluation.hpp"

using Catch::Matchers::Contains;
using weir::Algorithm;
using weir::CalibrationMethod;
using weir::Dataset;
using weir::TrainingOptions;
using weir::TrainingRun;
using weir::test::three_bands;

namespace {

/// Two features, two classes.
Dataset without_rows(const std::string& file) {
  Dataset data;
  data.files = {file};
  data.features = {"a", "b"};
  data.classes = {"x", "y"};
  data.matrix.columns = 2;
  return data;
}

/// Rows whose features only tell which capture they are from; a capture has one class.
Dataset captures_that_betray_themselves(std::uint32_t captures) {
  weir::Random random(1);
  Dataset data = without_rows("captures.csv");
  for (std::uint32_t capture = 0; capture < captures; ++capture) {
    data.groups.push_back("capture" + std::to_string(100 + capture));
    const double place = random.uniform(0, 1000);
    for (int row = 0; row < 20; ++row) {
      data.matrix.values.push_back(static_cast<float>(place + random.uniform()));
      data.matrix.values.push_back(static_cast<float>(random.uniform()));
      data.labels.push_back(capture % 2);
      data.group_of_row.push_back(capture);
    }
  }
  return data;
}

/// Features and labels are noise, and each row stands twice: in the same capture or in another one.
Dataset noise_that_stands_twice(bool in_one_capture) {
  weir::Random random(1);
  Dataset data = without_rows("twins.csv");
  for (std::uint32_t capture = 0; capture < 40; ++capture) {
    data.groups.push_back("capture" + std::to_string(100 + capture));
  }
  for (std::uint32_t row = 0; row < 400; ++row) {
    const std::uint32_t label = random.chance(0.5) ? 1 : 0;
    const float a = static_cast<float>(random.uniform());
    const float b = static_cast<float>(random.uniform());
    const std::uint32_t capture = row % 40;
    data.matrix.values.insert(data.matrix.values.end(), {a, b, a, b});
    data.labels.insert(data.labels.end(), {label, label});
    // A third of the captures have their twins at home all the same, so that rows are left.
    const bool at_home = in_one_capture || capture % 3 == 0;
    data.group_of_row.insert(data.group_of_row.end(),
                             {capture, at_home ? capture : (capture + 20) % 40});
  }
  return data;
}

std::string bytes(TrainingRun run) {
  return weir::model_bytes(run.model, weir::ModelFormat::ubj);
}

}  // namespace

TEST_CASE("a model that keeps none of its training rows cannot tell which ones it is asked about") {
  const Dataset data = three_bands(1, 200);
  TrainingRun run = weir::train_model(data, {.algorithm = Algorithm::boosting});
  const Dataset later = three_bands(2, 100);
  CHECK(weir::evaluate_model(run.model, later).measured.duplicates.unchecked == 0);
  run.model.manifest.seen_rows = {};
  CHECK(weir::evaluate_model(run.model, later).measured.duplicates.unchecked == 200);
}

TEST_CASE("a split by capture shows what a split by row hides") {
  Dataset data = captures_that_betray_themselves(40);
  const TrainingRun grouped = weir::train_model(data, {.algorithm = Algorithm::boosting});
  CHECK(grouped.report.measured.split == "by capture");
  CHECK(grouped.report.measured.groups > 0);
  CHECK(grouped.report.warnings.empty());
  data.groups.clear();
  data.group_of_row.clear();
  const TrainingRun random = weir::train_model(data, {.algorithm = Algorithm::boosting});
  CHECK(random.report.measured.split == "by row");
  REQUIRE(random.report.warnings.size() == 1);
  CHECK_THAT(random.report.warnings[0], Contains("the rows name no capture"));
  CHECK(random.report.measured.scores.accuracy > grouped.report.measured.scores.accuracy + 0.2);
}

TEST_CASE("the kept model is trained on all rows and does not depend on threads") {
  const Dataset data = captures_that_betray_themselves(10);
  const TrainingOptions one{.algorithm = Algorithm::forest, .split = {.folds = 3}, .threads = 1};
  TrainingOptions four = one;
  four.threads = 4;
  CHECK(bytes(weir::train_model(data, one)) == bytes(weir::train_model(data, four)));
  const TrainingRun run = weir::train_model(data, one);
  CHECK(run.model.manifest.training_rows == 200);
  CHECK(run.model.manifest.training_groups == 10);
  CHECK(run.report.training_rows < 200);
  CHECK(run.report.training_rows + run.report.measured.matrix.total() == 200);
  CHECK(run.model.manifest.held_out.rows == run.report.measured.matrix.total());
}

TEST_CASE("out-of-fold answers come from models that had not seen the capture") {
  const Dataset data = captures_that_betray_themselves(10);
  const TrainingRun run = weir::train_model(
      data, {.algorithm = Algorithm::boosting, .split = {.folds = 5}, .threads = 2});
  REQUIRE(run.out_of_fold);
  const weir::RowAnswers& out = *run.out_of_fold;
  REQUIRE(out.size() == data.rows());
  std::map<std::uint32_t, std::uint32_t> part_of_capture;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint32_t capture = data.group_of_row[out.rows[i]];
    CHECK(part_of_capture.try_emplace(capture, out.part[i]).first->second == out.part[i]);
  }
  REQUIRE(run.report.cross_validation);
  CHECK(run.report.cross_validation->matrix.total() == 200);
  CHECK(run.report.cross_validation->folds == 5);
  CHECK(run.report.cross_validation->groups == 10);
}

TEST_CASE("the gap between rows and captures is shown from both sides") {
  const Dataset data = captures_that_betray_themselves(40);
  const TrainingRun grouped = weir::train_model(data, {.algorithm = Algorithm::boosting});
  REQUIRE(grouped.report.measured.other_split);
  const weir::OtherSplit& by_row = *grouped.report.measured.other_split;
  CHECK(by_row.by_row);
  CHECK(by_row.accuracy > grouped.report.measured.scores.accuracy + 0.2);
  const TrainingRun asked = weir::train_model(
      data, {.algorithm = Algorithm::boosting, .split = {.by = weir::SplitBy::row}});
  CHECK(asked.report.measured.by_row);
  CHECK(asked.report.measured.scores.accuracy == by_row.accuracy);
  REQUIRE(asked.report.measured.other_split);
  CHECK(asked.report.measured.other_split->accuracy == grouped.report.measured.scores.accuracy);
}

TEST_CASE("rows seen in training are in no figure of a split") {
  const TrainingRun run =
      weir::train_model(noise_that_stands_twice(false), {.algorithm = Algorithm::boosting,
                                                         .split = {.folds = 4},
                                                         .calibration = CalibrationMethod::isotonic,
                                                         .target_precision = 0.5});
  const weir::Measurement& held_out = run.report.measured;
  REQUIRE(held_out.duplicates.rows > 0);
  REQUIRE(run.report.answered);
  CHECK(run.report.answered->rows == held_out.matrix.total());
  REQUIRE(run.report.cross_validation);
  const weir::Measurement& folds = *run.report.cross_validation;
  REQUIRE(folds.duplicates.rows > 0);
  const weir::CalibrationTrial& isotonic = run.report.rules.trials.back();
  CHECK(isotonic.macro_f1 == Approx(folds.scores.macro.f1));
  CHECK(isotonic.calibration_error == Approx(folds.reliability.ece));
}

TEST_CASE("rows seen in training are in no figure of the split beside") {
  const Dataset data = noise_that_stands_twice(true);
  TrainingOptions options{.algorithm = Algorithm::boosting, .calibration = CalibrationMethod::none};
  const TrainingRun run = weir::train_model(data, options);
  CHECK(run.report.measured.duplicates.rows == 0);
  REQUIRE(run.report.measured.other_split);
  options.keep_duplicates = true;
  const TrainingRun with_twins = weir::train_model(data, options);
  CHECK(with_twins.report.measured.other_split->accuracy >
        run.report.measured.other_split->accuracy + 0.1);
}

TEST_CASE("the features that matter are those of the model that is kept") {
  TrainingOptions options{.algorithm = Algorithm::boosting,
                          .selection = {weir::SelectionMethod::gain, 1},
                          .calibration = CalibrationMethod::none};
  // Noise: what is selected differs from training to training.
  for (options.split.seed = 1; options.split.seed <= 5; ++options.split.seed) {
    const TrainingRun run = weir::train_model(noise_that_stands_twice(true), options);
    REQUIRE(run.report.importance.size() == 1);
    CHECK(run.report.importance.front().feature == run.model.manifest.features.front());
  }
}

TEST_CASE("what cannot be tested is said") {
  Dataset data = captures_that_betray_themselves(10);
  data.classes = {"x", "y", "z"};
  for (std::size_t row = 0; row < 20; ++row) data.labels[row] = 2;
  const TrainingRun run = weir::train_model(data, {.algorithm = Algorithm::boosting});
  REQUIRE(run.report.warnings.size() == 1);
  CHECK(run.report.warnings[0] == "class 'z' is in one capture only and was not tested");

  Dataset one_each = captures_that_betray_themselves(2);
  const TrainingRun by_row = weir::train_model(one_each, {.algorithm = Algorithm::boosting});
  REQUIRE(by_row.report.warnings.size() == 1);
  CHECK_THAT(by_row.report.warnings[0], Contains("every class is in one capture only"));
}

TEST_CASE("what cannot be learned is refused") {
  Dataset one_class = three_bands(1, 30);
  one_class.classes = {"only"};
  one_class.labels.assign(30, 0);
  CHECK_THROWS_WITH(weir::train_model(one_class, {}), Contains("only one class, 'only'"));

  Dataset single_rows = three_bands(1, 3);
  single_rows.labels = {0, 1, 2};
  CHECK_THROWS_WITH(weir::train_model(single_rows, {}), Contains("no class has two rows"));

  const Dataset few = captures_that_betray_themselves(4);
  CHECK_THROWS_WITH(weir::train_model(few, {.split = {.folds = 5}}),
                    "5 folds asked for, but there are only 4 captures");
}

TEST_CASE("labels that the model does not know are wrong answers") {
  const Dataset data = three_bands(1, 300);
  const TrainingRun run = weir::train_model(data, {.algorithm = Algorithm::boosting});
  Dataset later = three_bands(2, 300);
  later.classes = {"huge", "medium", "small"};  // what the model calls large
  later.content_hash = "other";
  const weir::EvaluationReport report = weir::evaluate_model(run.model, later);
  CHECK(report.measured.matrix.classes() ==
        std::vector<std::string>{"large", "medium", "small", "huge"});
  CHECK(report.unknown_label_rows == report.measured.matrix.actual(3));
  CHECK(report.measured.scores.classes[3].rates.recall == 0);
  CHECK(report.measured.matrix.at(3, 0) > 50);
  REQUIRE(report.warnings.size() == 1);
  CHECK_THAT(report.warnings[0], Contains("does not know (huge)"));
}

TEST_CASE("measuring a model on its own training rows is said") {
  Dataset data = three_bands(1, 100);
  data.content_hash = "same";
  const TrainingRun run = weir::train_model(data, {.algorithm = Algorithm::boosting});
  const weir::EvaluationReport report = weir::evaluate_model(run.model, data);
  REQUIRE(report.warnings.size() == 1);
  CHECK_THAT(report.warnings[0], Contains("trained on"));
}

TEST_CASE("calibration and thresholds are learnt on captures out of fold") {
  const Dataset data = captures_that_betray_themselves(40);
  const TrainingRun run =
      weir::train_model(data, {.algorithm = Algorithm::boosting, .target_precision = 0.9});
  // The features tell nothing about a new capture, so no confidence is worth anything.
  const weir::AnswerRules& rules = run.model.manifest.rules;
  REQUIRE(rules.trials.size() == 3);
  CHECK(rules.trials[0].calibration_error > 0.2);
  REQUIRE(rules.thresholds.size() == 2);
  CHECK_FALSE(rules.thresholds[0].confidence);
  REQUIRE(run.report.answered);
  CHECK(run.report.answered->answered < run.report.answered->rows / 5);
  REQUIRE(run.report.warnings.size() == 1);
  CHECK_THAT(run.report.warnings[0], Contains("no confidence gives") && Contains("Unknown"));
}

TEST_CASE("the right answer to a label that the model does not know is Unknown") {
  const TrainingRun run =
      weir::train_model(three_bands(1, 200), {.algorithm = Algorithm::boosting});
  Dataset later = three_bands(2, 100);
  later.classes = {"huge", "medium", "small"};
  later.content_hash = "other";
  CHECK_FALSE(weir::evaluate_model(run.model, later).answered);
  const auto report = weir::evaluate_model(run.model, later, {.limits = {.min_confidence = 1.0}});
  REQUIRE(report.answered);
  CHECK(report.answered->rows == 100);
  CHECK(report.answered->answered == 0);
  CHECK(report.answered->strange == report.unknown_label_rows);
  CHECK(report.answered->strange_answered == 0);
}

TEST_CASE("with a test table all rows are trained on, and all of that are measured") {
  const Dataset train = three_bands(1, 300);
  Dataset test = three_bands(2, 100);
  std::copy_n(train.matrix.values.begin(), 6, test.matrix.values.begin());  // rows seen in training
  test.labels[0] = train.labels[0];
  test.labels[1] = train.labels[1];
  const TrainingRun run = weir::train_model(train, {.algorithm = Algorithm::boosting,
                                                    .calibration = weir::CalibrationMethod::none,
                                                    .test = &test});
  CHECK(run.report.title == "Test data");
  CHECK(run.report.training_rows == 300);
  CHECK(run.report.measured.matrix.total() == 100);
  CHECK(run.report.measured.split == "all of the test data");
  CHECK(run.report.measured.duplicates.rows == 2);
  CHECK_FALSE(run.report.measured.duplicates.left_out);
  REQUIRE(run.report.measured.duplicates.others);
  const double right_of_others =
      (run.report.measured.scores.accuracy * 100 - 2) / 98;  // trees know the rows they have seen
  CHECK(run.report.measured.duplicates.others->accuracy == Approx(right_of_others));
  CHECK(run.report.measured.baselines.size() == 2);  // no ports
  CHECK(run.model.manifest.training_rows == 300);
  CHECK(run.model.manifest.held_out.rows == 100);
  CHECK(run.report.drift);
  CHECK(run.report.warnings.empty());
}

TEST_CASE("a test table's unknown labels count as wrong, and folds are of the training table") {
  const Dataset train = three_bands(1, 300);
  Dataset test = three_bands(2, 100);
  test.classes.emplace_back("strange");
  test.labels[7] = 3;
  const TrainingRun run = weir::train_model(
      train, {.algorithm = Algorithm::boosting,
              .split = {.folds = 3},
              .selection = {.method = weir::SelectionMethod::correlation, .most = 1},
              .calibration = weir::CalibrationMethod::none,
              .test = &test});
  CHECK(run.model.manifest.features == std::vector<std::string>{"size"});
  CHECK(run.report.unknown_label_rows == 1);
  CHECK(run.report.measured.scores.accuracy > 0.9);
  REQUIRE(run.report.cross_validation);
  CHECK(run.report.cross_validation->matrix.total() == 300);
  REQUIRE(run.report.warnings.size() == 2);
  CHECK_THAT(run.report.warnings[0], Contains("cross-validated by row"));
  CHECK_THAT(run.report.warnings[1], Contains("does not know (strange)"));
}

TEST_CASE("a class cannot be called Unknown") {
  Dataset data = three_bands(1, 100);
  data.classes = {"Unknown", "medium", "small"};
  CHECK_THROWS_WITH(weir::train_model(data, {}), Contains("the answer of a model that does not"));
}
