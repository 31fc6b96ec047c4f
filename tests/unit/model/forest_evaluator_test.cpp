// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The evaluator says what XGBoost says, on rows made to tell them apart.
#include "weir/model/forest_evaluator.hpp"

#include <xgboost/c_api.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "weir/base/error.hpp"
#include "weir/base/random.hpp"

using weir::ForestEvaluator;
using weir::Random;

namespace {

constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kColumns = 12;

using Parameters = std::map<std::string, std::string>;

void check(int result) {
  if (result != 0) throw std::runtime_error(XGBGetLastError());
}

/// A model of XGBoost's own, trained or read by its C API alone.
class Oracle {
 public:
  Oracle(const std::vector<float>& rows, const std::vector<float>& labels,
         const Parameters& parameters, int rounds, const char* type = "q") {
    DMatrixHandle matrix = nullptr;
    check(XGDMatrixCreateFromMat(rows.data(), labels.size(), kColumns, kAbsent, &matrix));
    std::vector<const char*> types(kColumns, type);
    check(XGDMatrixSetStrFeatureInfo(matrix, "feature_type", types.data(), types.size()));
    check(XGDMatrixSetFloatInfo(matrix, "label", labels.data(), labels.size()));
    check(XGBoosterCreate(&matrix, 1, &booster_));
    for (const auto& [name, value] : parameters) {
      check(XGBoosterSetParam(booster_, name.c_str(), value.c_str()));
    }
    for (int round = 0; round < rounds; ++round) {
      check(XGBoosterUpdateOneIter(booster_, round, matrix));
    }
    XGDMatrixFree(matrix);
  }
  ~Oracle() { XGBoosterFree(booster_); }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  std::string save(const char* format) const {
    const std::string config = std::string(R"({"format": ")") + format + "\"}";
    bst_ulong size = 0;
    const char* bytes = nullptr;
    check(XGBoosterSaveModelToBuffer(booster_, config.c_str(), &size, &bytes));
    return {bytes, size};
  }

  std::vector<float> predict(const std::vector<float>& rows, unsigned rounds = 0) const {
    const nlohmann::json values{{"data", {reinterpret_cast<std::uintptr_t>(rows.data()), true}},
                                {"shape", {rows.size() / kColumns, kColumns}},
                                {"typestr", "<f4"},
                                {"version", 3}};
    const std::string config =
        R"({"type": 0, "iteration_begin": 0, "missing": NaN, "strict_shape": true, "cache_id": 0,
            "iteration_end": )" +
        std::to_string(rounds) + "}";
    DMatrixHandle proxy = nullptr;
    check(XGProxyDMatrixCreate(&proxy));
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    check(XGBoosterPredictFromDense(booster_, values.dump().c_str(), config.c_str(), proxy, &shape,
                                    &dimensions, &result));
    std::vector<float> probabilities(result, result + shape[0] * shape[1]);
    XGDMatrixFree(proxy);
    return probabilities;
  }

  /// The values that nodes compare each feature with.
  std::vector<std::vector<float>> thresholds() const {
    std::vector<std::vector<float>> found(kColumns);
    const auto model = nlohmann::json::parse(save("json"));
    for (const auto& tree : model["learner"]["gradient_booster"]["model"]["trees"]) {
      for (std::size_t node = 0; node < tree["left_children"].size(); ++node) {
        if (tree["left_children"][node] == -1) continue;
        found[tree["split_indices"][node].get<std::size_t>()].push_back(
            tree["split_conditions"][node].get<float>());
      }
    }
    return found;
  }

 private:
  BoosterHandle booster_ = nullptr;
};

struct Table {
  std::vector<float> rows;
  std::vector<float> labels;
};

/// Rows with absent values whose classes follow sums of some columns, not too clearly.
Table make_table(std::uint64_t seed, std::size_t rows, unsigned classes) {
  Random random(seed);
  Table table;
  for (std::size_t i = 0; i < rows; ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < kColumns; ++c) {
      const double value = c % 2 == 0 ? random.normal(0, 1) : static_cast<double>(random.below(9));
      sum += static_cast<double>(c) * value + random.normal(0, 1);
      table.rows.push_back(random.chance(0.1) ? kAbsent : static_cast<float>(value));
    }
    table.labels.push_back(static_cast<float>(static_cast<unsigned>(std::abs(sum)) % classes));
  }
  return table;
}

/// Rows of values that were not trained on: absent, infinite, huge, tiny, and exactly what nodes
/// compare with.
std::vector<float> nasty_rows(const Oracle& oracle, std::size_t rows) {
  const std::vector<std::vector<float>> thresholds = oracle.thresholds();
  Random random(99);
  std::vector<float> values;
  while (values.size() < rows * kColumns) {
    const std::vector<float>& own = thresholds[values.size() % kColumns];
    switch (random.below(8)) {
      case 0:
        values.push_back(kAbsent);
        break;
      case 1:
        values.push_back(random.chance(0.5) ? kInfinity : -kInfinity);
        break;
      case 2:
        values.push_back(random.chance(0.5) ? -0.0F : std::numeric_limits<float>::denorm_min());
        break;
      case 3:
      case 4:
      case 5:
        values.push_back(own.empty() ? 0 : own[random.below(own.size())]);
        break;
      default:
        values.push_back(static_cast<float>(random.normal(2, 3)));
    }
  }
  return values;
}

Parameters boosting(unsigned classes, unsigned depth) {
  return {{"objective", "multi:softprob"},
          {"num_class", std::to_string(classes)},
          {"max_depth", std::to_string(depth)},
          {"tree_method", "hist"},
          {"nthread", "1"}};
}

Parameters forest(unsigned classes, unsigned depth) {
  Parameters parameters = boosting(classes, depth);
  parameters["num_parallel_tree"] = "21";
  parameters["subsample"] = "0.6";
  parameters["colsample_bynode"] = "0.4";
  parameters["eta"] = "1";
  return parameters;
}

std::string refusal(const std::string& ubj) {
  try {
    ForestEvaluator::parse(ubj);
  } catch (const weir::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("the evaluator equals XGBoost on 100,000 rows, to the bit") {
  struct Case {
    const char* name;
    unsigned classes;
    Parameters parameters;
    int rounds;
  };
  Parameters one_leaf = boosting(3, 6);
  one_leaf["min_child_weight"] = "1e9";
  Parameters leafwise = boosting(4, 0);
  leafwise["grow_policy"] = "lossguide";
  leafwise["max_leaves"] = "40";
  const std::vector<Case> cases{
      {"boosting, eight classes", 8, boosting(8, 6), 9},
      {"boosting, two classes", 2, boosting(2, 4), 30},
      {"stumps", 5, boosting(5, 1), 11},
      {"deep", 3, boosting(3, 14), 3},
      {"grown leaf by leaf", 4, leafwise, 7},
      {"forest, eight classes", 8, forest(8, 10), 1},
      {"forest, two classes", 2, forest(2, 5), 1},
      {"boosted forests", 3, forest(3, 4), 3},
      {"single leaves", 3, one_leaf, 2},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    const Table table = make_table(1, 3000, one.classes);
    const Oracle oracle(table.rows, table.labels, one.parameters, one.rounds);
    const ForestEvaluator evaluator = ForestEvaluator::parse(oracle.save("ubj"));
    CHECK(evaluator.columns() == kColumns);
    CHECK(evaluator.classes() == one.classes);

    const std::vector<float> rows = nasty_rows(oracle, 100'003);
    const std::vector<float> ours = evaluator.evaluate(rows);
    const std::vector<float> theirs = oracle.predict(rows);
    REQUIRE(ours.size() == theirs.size());
    float largest = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      largest = std::max(largest, std::abs(ours[i] - theirs[i]));
    }
    CHECK(largest <= 1e-5F);
    CHECK(std::memcmp(ours.data(), theirs.data(), ours.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("the trees of the first rounds are evaluated alone") {
  const Table table = make_table(2, 1000, 3);
  for (const Parameters& parameters : {boosting(3, 5), forest(3, 5)}) {
    const Oracle oracle(table.rows, table.labels, parameters, 4);
    const ForestEvaluator evaluator = ForestEvaluator::parse(oracle.save("ubj"));
    for (const unsigned rounds : {1U, 3U, 4U}) {
      CHECK(evaluator.evaluate(table.rows, rounds) == oracle.predict(table.rows, rounds));
    }
    CHECK(evaluator.evaluate(table.rows, 1) != evaluator.evaluate(table.rows));
  }
}

TEST_CASE("a row gets the same alone, in a few, and in many") {
  const Table table = make_table(3, 600, 3);
  const Oracle oracle(table.rows, table.labels, boosting(3, 6), 7);
  const ForestEvaluator evaluator = ForestEvaluator::parse(oracle.save("ubj"));
  const std::vector<float> together = evaluator.evaluate(table.rows);
  for (const std::size_t piece : {1U, 7U, 8U, 9U, 17U}) {
    std::vector<float> pieces;
    for (std::size_t first = 0; first < 600; first += piece) {
      const std::size_t count = std::min<std::size_t>(piece, 600 - first);
      const std::vector<float> some =
          evaluator.evaluate(std::span(table.rows).subspan(first * kColumns, count * kColumns));
      pieces.insert(pieces.end(), some.begin(), some.end());
    }
    CHECK(pieces == together);
  }
  CHECK(evaluator.evaluate({}).empty());
}

TEST_CASE("models that would be evaluated wrongly are refused, saying why") {
  const Table table = make_table(4, 300, 2);
  Parameters binary = boosting(2, 3);
  binary["objective"] = "binary:logistic";
  binary["num_class"] = "0";
  Parameters classes = boosting(2, 3);
  classes["objective"] = "multi:softmax";
  Parameters dart = boosting(2, 3);
  dart["booster"] = "dart";
  const auto refusal_of = [&](const Parameters& parameters) {
    return refusal(Oracle(table.rows, table.labels, parameters, 2).save("ubj"));
  };
  CHECK(refusal_of(boosting(2, 3)).empty());
  CHECK(refusal_of(binary) ==
        "objective 'binary:logistic', where only 'multi:softprob' is evaluated");
  CHECK(refusal_of(classes) ==
        "objective 'multi:softmax', where only 'multi:softprob' is evaluated");
  CHECK(refusal_of(dart) == "booster 'dart', where only 'gbtree' is evaluated");

  std::vector<float> categories;
  for (const float value : table.rows) {
    categories.push_back(std::isnan(value) ? 0.0F : std::floor(std::abs(value)));
  }
  Parameters partitions = boosting(2, 3);
  partitions["max_cat_to_onehot"] = "1";
  CHECK(refusal(Oracle(categories, table.labels, partitions, 2, "c").save("ubj")) ==
        "splits by category are not evaluated");
}

TEST_CASE("bytes that were changed or cut are refused, or evaluated without harm") {
  const Table table = make_table(5, 200, 3);
  const Oracle oracle(table.rows, table.labels, boosting(3, 3), 1);
  const std::string model = oracle.save("ubj");
  const auto try_out = [&](const std::string& bytes) {
    // A copy of its own, so that a sanitizer sees every byte read behind it.
    const std::vector<char> copy(bytes.begin(), bytes.end());
    try {
      const ForestEvaluator evaluator = ForestEvaluator::parse({copy.data(), copy.size()});
      evaluator.evaluate(std::vector<float>(9 * evaluator.columns(), 1.0F));
      return true;
    } catch (const weir::Error&) {
      return false;
    }
  };
  for (std::size_t size = 0; size < model.size(); ++size) {
    REQUIRE_FALSE(try_out(model.substr(0, size)));
  }
  Random random(6);
  std::size_t refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string changed = model;
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    }
    if (!try_out(changed)) ++refused;
  }
  CHECK(refused > 400);
}
