// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Equal rows are found, and columns that hold the answer.
#include "weir/model/leakage.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "weir/base/error.hpp"
#include "weir/base/random.hpp"

using weir::Dataset;
using weir::FeatureCheck;
using weir::SeenRows;
using Indexes = std::vector<std::size_t>;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

/// Rows of one feature, with labels 0 and 1.
Dataset column(const std::vector<float>& values, const std::vector<std::uint32_t>& labels) {
  Dataset data;
  data.features = {"x"};
  data.classes = {"a", "b"};
  data.matrix = {.columns = 1, .values = values};
  data.labels = labels;
  return data;
}

FeatureCheck check(const Dataset& data) {
  return check_features(data, units_of_groups(data));
}

}  // namespace

TEST_CASE("rows with the same features have the same hash") {
  const weir::FeatureMatrix matrix{
      .columns = 2, .values = {1, 2, 1, kAbsent, 1, 2, 2, 1, 1, -kAbsent, 0, 1, -0.0F, 1}};
  const auto hashes = weir::row_hashes(matrix);
  REQUIRE(hashes.size() == 7);
  CHECK(hashes[0] == hashes[2]);
  CHECK(hashes[1] == hashes[4]);
  CHECK(hashes[5] == hashes[6]);
  CHECK(hashes[0] != hashes[1]);
  CHECK(hashes[0] != hashes[3]);
  CHECK(weir::seen_in_training(hashes, Indexes{0, 1}, Indexes{2, 3, 4}) ==
        std::vector<bool>{true, false, true});
}

TEST_CASE("the hashes of training rows survive a file") {
  const std::vector<std::uint64_t> hashes{0x0000000212345678U, 0xffffffff00000000U,
                                          0x00000002ffffffffU};
  const SeenRows seen(hashes);
  CHECK(seen.text() == "00000002ffffffff");
  CHECK(seen.contains(hashes[2]));
  CHECK_FALSE(seen.contains(0x0000000312345678U));
  CHECK(SeenRows::parse(seen.text()).text() == seen.text());
  CHECK(SeenRows::parse("").empty());
  CHECK_THROWS_AS(SeenRows::parse("0000000"), weir::Error);
  CHECK_THROWS_AS(SeenRows::parse("0000000g"), weir::Error);
}

TEST_CASE("of many training rows longer hashes are kept") {
  constexpr std::uint64_t kStep = std::uint64_t{1} << 40U;
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i <= SeenRows::kFew; ++i) hashes.push_back(i * kStep);
  const SeenRows seen(hashes);
  const SeenRows read = SeenRows::parse(seen.text());
  CHECK(seen.text().size() == 3 + 10 * hashes.size());
  CHECK(read.text() == seen.text());
  CHECK(std::ranges::all_of(hashes, [&](std::uint64_t hash) { return read.contains(hash); }));
  CHECK_FALSE(read.contains(hashes.back() + kStep));
  CHECK_FALSE(read.contains(hashes[1] + (1U << 24U)));  // the same but for its 40th bit
  CHECK_THROWS_AS(SeenRows::parse("10:00000000"), weir::Error);
}

TEST_CASE("too many training rows are not kept") {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i <= SeenRows::kMost; ++i) hashes.push_back(i << 32U);
  CHECK(SeenRows(hashes).empty());
  hashes.pop_back();
  CHECK_FALSE(SeenRows(hashes).empty());
}

TEST_CASE("a feature that is the label explains all of it") {
  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 200; ++i) {
    values.push_back(static_cast<float>(i % 2));
    labels.push_back(i % 2);
  }
  const FeatureCheck found = check(column(values, labels));
  REQUIRE(found.telling.size() == 1);
  CHECK(found.telling[0].information == 1);
  CHECK(found.telling[0].right_elsewhere == 1);
}

TEST_CASE("information is what the bins leave of the entropy") {
  // x = 0: 90 a and 10 b; x = 1: 10 a and 90 b. H(Y) = ln 2, H(Y|X) = 0.325083, so I = 0.368064;
  // bias (4 - 2 - 2 + 1) / 400 = 0.0025. Not enough to report: 0.527 of the entropy.
  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 200; ++i) {
    values.push_back(static_cast<float>(i / 100));
    labels.push_back((i % 100 < 90) == (i < 100) ? 0 : 1);
  }
  CHECK(check(column(values, labels)).telling.empty());
}

TEST_CASE("few rows and noise prove nothing") {
  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = 0; i < 16; ++i) {
    values.push_back(static_cast<float>(i));  // a bin for each row "explains" everything
    labels.push_back(i % 2);
  }
  CHECK(check(column(values, labels)).telling.empty());
  weir::Random random(1);
  for (int i = 0; i < 3000; ++i) {
    values.push_back(static_cast<float>(random.uniform()));
    labels.push_back(random.chance(0.5) ? 1 : 0);
  }
  CHECK(check(column(values, labels)).telling.empty());
}

TEST_CASE("a feature that only knows the capture is right in no other one") {
  Dataset data;
  data.features = {"server"};
  data.classes = {"a", "b"};
  data.matrix.columns = 1;
  for (std::uint32_t capture = 0; capture < 20; ++capture) {
    data.groups.push_back("capture" + std::to_string(100 + capture));
    for (int row = 0; row < 20; ++row) {
      data.matrix.values.push_back(static_cast<float>(capture));
      data.labels.push_back(capture % 2);
      data.group_of_row.push_back(capture);
    }
  }
  const FeatureCheck found = check(data);
  REQUIRE(found.telling.size() == 1);
  CHECK(found.telling[0].information == 1);
  CHECK(found.telling[0].right_elsewhere == 0);
}

TEST_CASE("a constant column is named") {
  const FeatureCheck found =
      check(column(std::vector<float>(50, 3), std::vector<std::uint32_t>(50, 0)));
  CHECK(found.constant == std::vector<std::string>{"x"});
  CHECK(check(column(std::vector<float>(50, kAbsent), std::vector<std::uint32_t>(50, 1)))
            .constant.size() == 1);
  CHECK(found.telling.empty());
}

TEST_CASE("packets are equal by chance, flows are not") {
  Dataset data;
  CHECK(duplicates_leak(data));
  data.schema.level = weir::TableLevel::flow;
  CHECK(duplicates_leak(data));
  data.schema.level = weir::TableLevel::packet;
  CHECK_FALSE(duplicates_leak(data));
}
