// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Selection keeps what tells classes apart, judged by the rows it is given.
#include "weir/model/feature_selection.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "three_bands.hpp"
#include "weir/base/error.hpp"
#include "weir/model/trainer.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::FeatureSelection;
using weir::KeptFeature;
using weir::parse_selection;
using weir::SelectedFeatures;
using weir::SelectionMethod;
using weir::test::all_rows;
using weir::test::three_bands;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

/// Four rows, two of each class.
Dataset four_rows() {
  Dataset data;
  data.files = {"four.csv"};
  data.features = {"rising", "tenfold", "mixed", "present", "constant"};
  data.matrix.columns = 5;
  data.matrix.values = {1, 10, 1, kAbsent, 7,  //
                        2, 20, 4, kAbsent, 7,  //
                        3, 30, 2, 5,       7,  //
                        4, 40, 3, 5,       7};
  data.classes = {"x", "y"};
  data.labels = {0, 0, 1, 1};
  return data;
}

SelectedFeatures select(const Dataset& data, const FeatureSelection& selection,
                        std::span<const std::size_t> rows) {
  const auto train = [&](std::span<const std::size_t> some) {
    return weir::fit(data, some,
                     weir::default_recipe(weir::Algorithm::boosting, data.features.size(), 1));
  };
  return weir::select_features(data, rows, selection, train, 1);
}

}  // namespace

TEST_CASE("a selection is read as it is written") {
  CHECK(parse_selection("none") == FeatureSelection{});
  CHECK(parse_selection("correlation:20") == FeatureSelection{SelectionMethod::correlation, 20});
  CHECK(parse_selection("gain:1") == FeatureSelection{SelectionMethod::gain, 1});
  for (const char* text : {"none", "correlation:20", "gain:3", "permutation:7"}) {
    CHECK(to_string(parse_selection(text)) == text);
  }
  for (const char* text :
       {"", "gain", "gain:", "gain:0", "gain:-1", "gain:5x", "best:5", "none:1"}) {
    CHECK_THROWS_AS(parse_selection(text), weir::UsageError);
  }
}

TEST_CASE("correlation keeps one of features that say the same") {
  const Dataset data = four_rows();
  const SelectedFeatures selected =
      select(data, {SelectionMethod::correlation, 20}, all_rows(data));
  CHECK(selected.candidates == 5);
  REQUIRE(selected.kept.size() == 2);
  // Presence alone tells the classes apart. Ranks 0 to 3: between the classes 4 of a variance of 5;
  // with presence, ranks 0.5 and 2.5, they correlate 4 / sqrt(4 x 5) = 0.894, which is less than
  // 0.9.
  CHECK(selected.kept[0].feature == "present");
  CHECK(selected.kept[0].score == Approx(1));
  CHECK(selected.kept[1].feature == "rising");
  CHECK(selected.kept[1].score == Approx(std::sqrt(0.8)));
}

TEST_CASE("no more features are kept than asked for") {
  const Dataset data = four_rows();
  const auto rows = all_rows(data);
  CHECK(select(data, {SelectionMethod::correlation, 1}, rows).kept.size() == 1);
  CHECK(select(data, {SelectionMethod::none, 0}, rows).kept.size() == 5);
}

TEST_CASE("gain and permutation find the feature that counts") {
  const Dataset data = three_bands(1, 300);
  for (const SelectionMethod method : {SelectionMethod::gain, SelectionMethod::permutation}) {
    const SelectedFeatures selected = select(data, {method, 1}, all_rows(data));
    REQUIRE(selected.kept.size() == 1);
    CHECK(selected.kept[0].feature == "size");
    CHECK(selected.kept[0].score > 0.3);
  }
}

TEST_CASE("rows that are not trained on have no say") {
  Dataset data = three_bands(1, 300);
  std::vector<std::size_t> rows = all_rows(data);
  rows.resize(200);
  for (const char* text : {"correlation:3", "gain:3", "permutation:3"}) {
    const FeatureSelection selection = parse_selection(text);
    const std::vector<KeptFeature> before = select(data, selection, rows).kept;
    Dataset other = data;
    for (std::size_t i = 600; i < 900; ++i) other.matrix.values[i] = static_cast<float>(i % 7);
    for (std::size_t i = 200; i < 300; ++i) other.labels[i] = static_cast<std::uint32_t>(i % 3);
    const std::vector<KeptFeature> after = select(other, selection, rows).kept;
    REQUIRE(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(before[i].feature == after[i].feature);
      CHECK(before[i].score == after[i].score);
    }
  }
}

TEST_CASE("a table without anything to learn from is refused") {
  Dataset data = three_bands(1, 30);
  for (float& value : data.matrix.values) value = 1;
  for (const char* text : {"correlation:3", "gain:3", "permutation:3"}) {
    CHECK_THROWS_WITH(select(data, parse_selection(text), all_rows(data)),
                      Contains("no feature tells the classes apart"));
  }
}
