// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A model comes back from its file as it went in, or is refused.
#include "weir/model/model_file.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "temporary_folder.hpp"
#include "three_bands.hpp"
#include "weir/base/error.hpp"
#include "weir/model/training.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::Manifest;
using weir::Model;
using weir::ModelFormat;
using weir::test::TemporaryFolder;
using weir::test::three_bands;

namespace {

Model train(const Dataset& data) {
  return weir::train_model(data, {.algorithm = weir::Algorithm::boosting,
                                  .calibration = weir::CalibrationMethod::none})
      .model;
}

/// The model's JSON with `from` replaced by `to` in the manifest, where quotes are escaped.
std::string altered(Model& model, const std::string& from, const std::string& to) {
  std::string bytes = weir::model_bytes(model, ModelFormat::json);
  const std::size_t at = bytes.find(from);
  REQUIRE(at != bytes.npos);
  return bytes.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a model read back predicts the same bits and knows the same of itself") {
  const TemporaryFolder folder;
  const Dataset data = three_bands(1, 300);
  Model model = train(data);
  model.manifest.extractor.emit_at = {5, 10};
  model.manifest.extractor.idle_timeout_ns = 7;
  model.manifest.extractor.tunnel = weir::TunnelView::outer;
  model.manifest.schema = {weir::TableLevel::flow, "weir-flow-1", "00ff", 20};
  const weir::MonotoneCurve curve{{0.25F, 0.5F}, {0.1F, 0.9F}};
  model.manifest.rules.calibration = {weir::CalibrationMethod::isotonic, 1, {curve, curve, curve}};
  model.manifest.rules.trials = {{weir::CalibrationMethod::isotonic, 0.5, 0.25, 0.75}};
  model.manifest.rules.target_precision = 0.9;
  model.manifest.rules.group_kind = "family";
  model.manifest.choices = {"this"};
  model.manifest.weights = weir::RowWeights::equal;
  model.manifest.rules.thresholds = {{0.75, 1, 0.9, 30, 5}, {std::nullopt, 0.5, 0.25, 9, 2}, {}};
  for (const char* name : {"m.json", "m.ubj"}) {
    const std::string path =
        folder.file(name, weir::model_bytes(model, weir::model_format_of(name)));
    const Model read = weir::load_model(path);
    CHECK(read.booster.predict(data.matrix.values) == model.booster.predict(data.matrix.values));
    const Manifest& a = read.manifest;
    const Manifest& b = model.manifest;
    CHECK(a.weir_version == b.weir_version);
    CHECK(a.algorithm == "gbdt");
    CHECK(a.settings.rounds == b.settings.rounds);
    CHECK(a.settings.learning_rate == b.settings.learning_rate);
    CHECK(a.seed == b.seed);
    CHECK(a.schema == b.schema);
    CHECK(a.features == data.features);
    CHECK(a.classes == data.classes);
    CHECK(a.extractor == b.extractor);
    CHECK(a.training_data_hash == b.training_data_hash);
    CHECK(a.training_rows_of_class == b.training_rows_of_class);
    CHECK(a.held_out.rows == b.held_out.rows);
    CHECK(a.rules.calibration == b.rules.calibration);
    CHECK(a.rules.trials == b.rules.trials);
    CHECK(a.rules.target_precision == 0.9);
    CHECK(a.rules.group_kind == "family");
    CHECK(a.choices == std::vector<std::string>{"this"});
    CHECK(a.weights == weir::RowWeights::equal);
    REQUIRE(a.distribution.size() == 3);
    CHECK(a.distribution == b.distribution);
    CHECK(a.distribution[2].counts.back() > 200);  // mostly absent
    CHECK(a.ood == b.ood);
    CHECK(a.ood.centres.size() == 9);
    CHECK(a.rules.thresholds == b.rules.thresholds);
    CHECK(a.held_out.scores.macro.f1 == b.held_out.scores.macro.f1);
    REQUIRE(a.held_out.scores.classes.size() == 3);
    CHECK(a.held_out.scores.classes[1].name == "medium");
    CHECK(a.held_out.scores.classes[1].support == b.held_out.scores.classes[1].support);
  }
}

TEST_CASE("a model that does not say which packet of a tunnel counted means the inner one") {
  const TemporaryFolder folder;
  Model model = train(three_bands(3, 100));
  model.manifest.extractor.tunnel = weir::TunnelView::outer;
  const std::string bytes = altered(model, R"(,\"tunnel\":\"outer\")", "");
  CHECK(weir::load_model(folder.file("m.json", bytes)).manifest.extractor.tunnel ==
        weir::TunnelView::inner);
}

TEST_CASE("the format follows the name") {
  CHECK(weir::model_format_of("a/m.json") == ModelFormat::json);
  CHECK(weir::model_format_of("m.ubj") == ModelFormat::ubj);
  CHECK_THROWS_WITH(weir::model_format_of("m.model"),
                    "m.model: a model's name ends in .json or .ubj");
}

TEST_CASE("files that are no models of weir are refused, saying why") {
  const TemporaryFolder folder;
  const Dataset data = three_bands(2, 100);
  Model model = train(data);
  const std::string bare =
      weir::fit(data, weir::test::all_rows(data),
                weir::default_recipe(weir::Algorithm::boosting, data.features.size(), 1))
          .serialize(ModelFormat::json);
  const auto load = [&](const std::string& bytes) {
    return weir::load_model(folder.file("m.json", bytes));
  };
  CHECK_THROWS_WITH(weir::load_model(folder.path("none.json")), Contains("No such file"));
  CHECK_THROWS_WITH(load("timestamp,label\n"), Contains("not a model"));
  CHECK_THROWS_WITH(load(bare), Contains("an XGBoost model without weir's manifest"));
  CHECK_THROWS_WITH(load(altered(model, R"({\"version\":3)", R"({\"version\":9)")),
                    Contains("version 9") && Contains("update"));
  CHECK_THROWS_WITH(load(altered(model, R"({\"version\":3)", R"({\"version\":2)")),
                    Contains("version 2") && Contains("train the model again"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"method\":\"none\")", R"(\"method\":\"isotonic\")")),
                    Contains("do not fit the classes"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"method\":\"none\")", R"(\"method\":\"magic\")")),
                    Contains("no calibration method: magic"));
  CHECK_THROWS_WITH(
      load(altered(model, R"(\"distribution\":[{)", R"(\"distribution\":[],\"x\":[{)")),
      Contains("the training distribution does not fit"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"centres\":[)", R"(\"centres\":[0,)")),
                    Contains("the training distribution does not fit"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"features\":[\"noise\",)", R"(\"features\":[)")),
                    Contains("the manifest names 2 features, the trees read 3"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"classes\":[\"large\",)", R"(\"classes\":[)")),
                    Contains("the manifest names 2 classes, the trees know 3"));
  CHECK_THROWS_WITH(load(altered(model, R"(\"algorithm\":)", R"(\"algo\":)")),
                    Contains("broken manifest"));
}

TEST_CASE("a model with a number that is not finite is not written") {
  Model model = train(three_bands(1, 60));
  model.manifest.ood.scales[1].mean = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(weir::model_bytes(model, ModelFormat::json),
                    Contains("/out_of_distribution/scales/1/mean"));
  model.manifest.ood.scales[1].mean = 0;
  model.manifest.rules.calibration.temperature = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(weir::model_bytes(model, ModelFormat::ubj),
                    Contains("/answers/calibration/temperature"));
}

TEST_CASE("features are found by name, missing ones are named") {
  Manifest manifest;
  manifest.features = {"b", "d"};
  const std::array<std::string, 4> available{"a", "b", "c", "d"};
  CHECK(weir::feature_positions(manifest, available, "x") == std::vector<std::size_t>{1, 3});
  manifest.features = {"b", "z", "y"};
  CHECK_THROWS_WITH(weir::feature_positions(manifest, available, "x"),
                    "x: 2 of the model's 3 features missing: z, y");
  manifest.features = {"z1", "z2", "z3", "z4", "z5", "z6", "z7"};
  CHECK_THROWS_WITH(weir::feature_positions(manifest, available, "x"),
                    "x: 7 of the model's 7 features missing: z1, z2, z3, z4, z5 and 2 more");
}
