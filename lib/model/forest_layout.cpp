// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// XGBoost's model, read from its UBJ and laid out to be walked.
#include "forest_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "ubj.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

/// The model's parameters are numbers written as texts.
template <typename T>
T parameter(const UbjValue& parameters, std::string_view name) {
  const std::string_view text = parameters.at(name).text();
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Error(fmt::format("{} is '{}'", name, text));
  }
  return value;
}

void require(const UbjValue& value, std::string_view what, std::string_view expected) {
  if (value.text() == expected) return;
  throw Error(fmt::format("{} '{}', where only '{}' is evaluated", what, value.text(), expected));
}

/// The columns of XGBoost's table of nodes that matter here.
struct NodeTable {
  explicit NodeTable(const UbjValue& tree)
      : left(tree.at("left_children").numbers<std::int32_t>()),
        right(tree.at("right_children").numbers<std::int32_t>()),
        feature(tree.at("split_indices").numbers<std::int64_t>()),
        condition(tree.at("split_conditions").numbers<float>()),
        default_left(tree.at("default_left").numbers<std::uint8_t>()) {
    const std::vector<std::uint8_t> types = tree.at("split_type").numbers<std::uint8_t>();
    if (std::ranges::any_of(types, [](std::uint8_t type) { return type != 0; })) {
      throw Error("splits by category are not evaluated");
    }
    for (const std::size_t size :
         {right.size(), feature.size(), condition.size(), default_left.size(), types.size()}) {
      if (size != left.size()) throw Error("a tree's columns differ in length");
    }
    if (left.empty()) throw Error("a tree without nodes");
  }

  bool is_leaf(std::size_t node) const { return left[node] == -1; }

  std::vector<std::int32_t> left;
  std::vector<std::int32_t> right;
  std::vector<std::int64_t> feature;
  std::vector<float> condition;
  std::vector<std::uint8_t> default_left;
};

/// Appends trees to a forest.
class Builder {
 public:
  explicit Builder(ForestLayout& forest) : forest_(forest) {
    forest_.cell_bits = static_cast<unsigned>(std::bit_width(2 * forest_.columns));
    if (forest_.cell_bits >= 32) throw Error("too many features");
    most_distance_ = std::numeric_limits<std::uint32_t>::max() >> forest_.cell_bits;
  }

  void add(const NodeTable& table, std::uint32_t class_index) {
    const auto root = static_cast<std::uint32_t>(forest_.nodes.size());
    std::uint32_t depth = 0;
    for (std::vector<std::size_t> level{0}, below; !level.empty(); level.swap(below), ++depth) {
      below.clear();
      for (std::size_t i = 0; i < level.size(); ++i) {
        add_node(table, level[i], level.size() - i + below.size());
        if (table.is_leaf(level[i])) continue;
        below.push_back(child(table, table.left[level[i]]));
        below.push_back(child(table, table.right[level[i]]));
      }
      if (forest_.nodes.size() - root + below.size() > table.left.size()) {
        throw Error("a tree with nodes that have two parents");
      }
    }
    forest_.trees.push_back({root, class_index, depth - 1});
  }

 private:
  static std::size_t child(const NodeTable& table, std::int32_t index) {
    if (index < 0 || static_cast<std::size_t>(index) >= table.left.size()) {
      throw Error("a tree with a child that is not there");
    }
    return static_cast<std::size_t>(index);
  }

  void add_node(const NodeTable& table, std::size_t node, std::size_t distance) {
    const float condition = table.condition[node];
    if (!std::isfinite(condition)) throw Error("a tree with a number that is not finite");
    std::size_t cell = 2 * forest_.columns;  // where a leaf looks
    if (table.is_leaf(node)) {
      distance = 0;
    } else {
      const std::int64_t feature = table.feature[node];
      if (feature < 0 || static_cast<std::size_t>(feature) >= forest_.columns) {
        throw Error("a tree that reads a feature that is not there");
      }
      cell =
          static_cast<std::size_t>(feature) + (table.default_left[node] != 0 ? forest_.columns : 0);
    }
    if (distance > most_distance_ || forest_.nodes.size() >= kMostNodes) {
      throw Error("too large a forest");
    }
    forest_.nodes.push_back(
        {condition, static_cast<std::uint32_t>(distance << forest_.cell_bits | cell)});
  }

  static constexpr std::size_t kMostNodes = std::numeric_limits<std::uint32_t>::max();

  ForestLayout& forest_;
  std::size_t most_distance_ = 0;
};

}  // namespace

ForestLayout read_forest(std::string_view ubj) {
  const UbjValue document = UbjValue::parse(ubj);
  const UbjValue& learner = document.at("learner");
  require(learner.at("objective").at("name"), "objective", "multi:softprob");
  const UbjValue& booster = learner.at("gradient_booster");
  require(booster.at("name"), "booster", "gbtree");

  const UbjValue& parameters = learner.at("learner_model_param");
  const UbjValue& model = booster.at("model");
  ForestLayout forest;
  forest.columns = parameter<std::uint32_t>(parameters, "num_feature");
  forest.classes = parameter<std::uint32_t>(parameters, "num_class");
  forest.base_score = parameter<float>(parameters, "base_score");
  forest.trees_per_round = forest.classes * parameter<std::uint32_t>(model.at("gbtree_model_param"),
                                                                     "num_parallel_tree");
  if (forest.columns == 0 || forest.trees_per_round == 0) throw Error("no features, or no classes");

  const std::vector<std::int64_t> classes = model.at("tree_info").numbers<std::int64_t>();
  const std::span<const UbjValue> trees = model.at("trees").items();
  if (classes.size() != trees.size()) throw Error("trees without a class");
  Builder builder(forest);
  for (std::size_t i = 0; i < trees.size(); ++i) {
    if (classes[i] < 0 || static_cast<std::size_t>(classes[i]) >= forest.classes) {
      throw Error("a tree for a class that is not there");
    }
    builder.add(NodeTable(trees[i]), static_cast<std::uint32_t>(classes[i]));
  }
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    if (i % kTreesTogether == 0) forest.depth.push_back(0);
    forest.depth.back() = std::max(forest.depth.back(), forest.trees[i].depth);
  }
  return forest;
}

}  // namespace weir
