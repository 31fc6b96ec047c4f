// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The ensemble learns, repeats itself to the byte, and survives its file.
#include "weir/model/booster.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "three_bands.hpp"
#include "weir/base/error.hpp"
#include "weir/model/trainer.hpp"

using weir::Algorithm;
using weir::Booster;
using weir::Dataset;
using weir::ModelFormat;
using weir::test::all_rows;
using weir::test::three_bands;

namespace {

double accuracy(const Booster& booster, const Dataset& data) {
  const auto answers = weir::answer(booster, data, all_rows(data));
  std::size_t right = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    right += answers[row].class_index == data.labels[row] ? 1U : 0U;
  }
  return static_cast<double>(right) / static_cast<double>(data.rows());
}

}  // namespace

TEST_CASE("both algorithms learn classes that can be told apart") {
  const Dataset train = three_bands(1, 600);
  const Dataset test = three_bands(2, 600);
  for (const Algorithm algorithm : {Algorithm::forest, Algorithm::boosting}) {
    const Booster booster = weir::fit(train, all_rows(train),
                                      weir::default_recipe(algorithm, train.features.size(), 42));
    CAPTURE(weir::to_string(algorithm));
    CHECK(booster.columns() == 3);
    CHECK(booster.classes() == 3);
    CHECK(accuracy(booster, test) > 0.9);
    REQUIRE_FALSE(booster.importance().empty());
    CHECK(booster.importance().front().feature == "size");
    CHECK(booster.importance().front().share > 0.5);
  }
}

TEST_CASE("two classes have two probabilities that sum to one") {
  Dataset data = three_bands(3, 100);
  for (std::uint32_t& label : data.labels) label = label == 2 ? 1 : 0;
  data.classes = {"a", "b"};
  const Booster booster = weir::fit(
      data, all_rows(data), weir::default_recipe(Algorithm::boosting, data.features.size(), 1));
  const std::vector<float> probabilities = booster.predict(data.matrix.values);
  REQUIRE(probabilities.size() == 200);
  for (std::size_t i = 0; i < probabilities.size(); i += 2) {
    CHECK(probabilities[i] + probabilities[i + 1] == Approx(1.0).margin(1e-5));
  }
}

TEST_CASE("the same rows and seed give the same bytes, another seed gives others") {
  const Dataset data = three_bands(4, 300);
  for (const Algorithm algorithm : {Algorithm::forest, Algorithm::boosting}) {
    const auto bytes = [&](std::uint64_t seed) {
      return weir::fit(data, all_rows(data),
                       weir::default_recipe(algorithm, data.features.size(), seed))
          .serialize(ModelFormat::ubj);
    };
    CHECK(bytes(42) == bytes(42));
    CHECK(bytes(42) != bytes(43));
  }
}

TEST_CASE("a row's prediction does not depend on its neighbours, nor on the file") {
  const Dataset data = three_bands(5, 200);
  const Booster booster = weir::fit(
      data, all_rows(data), weir::default_recipe(Algorithm::boosting, data.features.size(), 42));
  const std::vector<float> together = booster.predict(data.matrix.values);
  for (const ModelFormat format : {ModelFormat::json, ModelFormat::ubj}) {
    const Booster read = Booster::parse(booster.serialize(format), "model");
    CHECK(read.predict(data.matrix.values) == together);
    CHECK(read.serialize(format) == booster.serialize(format));
  }
  std::vector<float> alone;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::vector<float> one = booster.predict(data.matrix.row(row));
    alone.insert(alone.end(), one.begin(), one.end());
  }
  CHECK(alone == together);
  CHECK(booster.predict({}).empty());
}

TEST_CASE("attributes are kept in the file") {
  const Dataset data = three_bands(6, 50);
  Booster booster = weir::fit(data, all_rows(data),
                              weir::default_recipe(Algorithm::boosting, data.features.size(), 42));
  CHECK(booster.attribute("note").empty());
  booster.set_attribute("note", "\"quoted\" \xc3\xa9");
  const Booster read = Booster::parse(booster.serialize(ModelFormat::ubj), "model");
  CHECK(read.attribute("note") == "\"quoted\" \xc3\xa9");
}

TEST_CASE("what is not a model is refused with one line") {
  const Dataset data = three_bands(7, 50);
  const std::string model =
      weir::fit(data, all_rows(data),
                weir::default_recipe(Algorithm::boosting, data.features.size(), 42))
          .serialize(ModelFormat::ubj);
  for (const std::string& bytes :
       {std::string(), std::string("binf123"), std::string("{}"), std::string("{\"a\": 1}"),
        std::string("capture,label\n"), model.substr(0, model.size() / 2), model.substr(0, 10)}) {
    try {
      Booster::parse(bytes, "x.ubj");
      FAIL("accepted " << bytes.size() << " bytes");
    } catch (const weir::Error& error) {
      const std::string message = error.what();
      CAPTURE(message);
      CHECK(message.starts_with("x.ubj: not a model"));
      CHECK(message.find('\n') == message.npos);
    }
  }
}

TEST_CASE("a model that was cut anywhere is refused") {
  Dataset data = three_bands(8, 30);
  const Booster booster = weir::fit(
      data, all_rows(data), weir::default_recipe(Algorithm::boosting, data.features.size(), 1));
  for (const ModelFormat format : {ModelFormat::json, ModelFormat::ubj}) {
    const std::string model = booster.serialize(format);
    for (std::size_t size = 0; size < model.size(); size += size < 3000 ? 1 : 4999) {
      // A copy of its own, so that a sanitizer sees every byte read behind it.
      const std::vector<char> cut(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(size));
      REQUIRE_THROWS_AS(Booster::parse({cut.data(), cut.size()}, "cut"), weir::Error);
    }
  }
  const std::string nested = "{\"a\":" + std::string(1'000'000, '[');
  CHECK_THROWS_AS(Booster::parse(nested, "nested"), weir::Error);
}

TEST_CASE("weights give each class, and each group in it, the same total") {
  Dataset data;
  data.classes = {"a", "b"};
  data.groups = {"g", "h"};
  data.labels = {0, 0, 0, 0, 1, 1};
  data.group_of_row = {0, 0, 0, 1, 0, 1};
  const std::vector<float> weights = weir::balanced_weights(data, all_rows(data));
  CHECK(weights[0] == Approx(0.5));  // half of 6 / 2 / 2, shared by three
  CHECK(weights[3] == Approx(1.5));
  CHECK(weights[4] == Approx(1.5));
  CHECK(weights[0] + weights[1] + weights[2] + weights[3] == Approx(weights[4] + weights[5]));
}

TEST_CASE("a booster that reads some columns takes whole rows until it forgets the others") {
  const Dataset data = three_bands(9, 300);
  const std::vector<float> weights(data.rows(), 1.0F);
  const auto train = [&](const weir::FeatureMatrix& matrix,
                         const std::vector<std::string>& features,
                         const std::vector<std::size_t>& columns) {
    return Booster::train({.matrix = matrix,
                           .labels = data.labels,
                           .weights = weights,
                           .features = features,
                           .classes = 3,
                           .columns = columns},
                          weir::settings_of(Algorithm::boosting, 2), 1);
  };
  Booster picking = train(data.matrix, data.features, {0, 1});
  CHECK(picking.features() == std::vector<std::string>{"noise", "size"});
  CHECK(picking.columns() == 3);

  weir::FeatureMatrix narrow{.columns = 2, .values = {}};
  for (std::size_t row = 0; row < data.rows(); ++row) {
    narrow.values.push_back(data.matrix.row(row)[0]);
    narrow.values.push_back(data.matrix.row(row)[1]);
  }
  const Booster plain = train(narrow, {"noise", "size"}, {});
  const std::vector<float> expected = plain.predict(narrow.values);
  CHECK(picking.predict(data.matrix.values) == expected);
  const std::string bytes = picking.serialize(ModelFormat::ubj);
  CHECK(bytes == plain.serialize(ModelFormat::ubj));
  picking.forget_other_columns();
  CHECK(picking.columns() == 2);
  CHECK(picking.predict(narrow.values) == expected);
  CHECK(Booster::parse(bytes, "model").features() == picking.features());
}

TEST_CASE("a booster grown on another starts where that one stands") {
  const Dataset general = three_bands(10, 300);
  const Booster base =
      weir::fit(general, all_rows(general), weir::default_recipe(Algorithm::boosting, 3, 1));
  // Elsewhere everything is 60 larger, so that the bands lie elsewhere.
  Dataset here = three_bands(11, 60);
  Dataset later = three_bands(12, 300);
  for (Dataset* data : {&here, &later}) {
    for (std::size_t row = 0; row < data->rows(); ++row) data->matrix.values[3 * row + 1] += 60;
  }
  const std::vector<float> weights(here.rows(), 1.0F);
  const auto grow = [&](unsigned rounds) {
    weir::BoosterSettings settings = weir::settings_of(Algorithm::boosting, 3);
    settings.rounds = rounds;
    settings.min_child_weight = 0.1;  // the base is sure of what is wrong here: small hessians
    settings.column_share = 1;
    return Booster::grow_on(base,
                            {.matrix = here.matrix,
                             .labels = here.labels,
                             .weights = weights,
                             .features = here.features,
                             .classes = 3},
                            settings, 1);
  };
  CHECK(grow(0).predict(later.matrix.values) == base.predict(later.matrix.values));
  const Booster grown = grow(60);
  CHECK(accuracy(grown, later) > accuracy(base, later) + 0.05);
  const Booster read = Booster::parse(grown.serialize(ModelFormat::json), "model");
  CHECK(read.predict(later.matrix.values) == grown.predict(later.matrix.values));
}
