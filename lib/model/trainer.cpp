// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Settings and weights of the algorithms.
#include "weir/model/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace weir {
namespace {

std::vector<std::string> names_of(const SelectedFeatures& selected) {
  std::vector<std::string> names;
  for (const KeptFeature& kept : selected.kept) names.push_back(kept.feature);
  return names;
}

/// Trains on these columns, or on all where none are named.
Booster grow(const Dataset& data, std::span<const std::size_t> rows, const Recipe& recipe,
             std::span<const std::size_t> columns) {
  const FeatureMatrix matrix = gather(data.matrix, rows);
  std::vector<std::uint32_t> labels;
  labels.reserve(rows.size());
  for (const std::size_t row : rows) labels.push_back(data.labels[row]);
  const std::vector<float> weights = row_weights(data, rows, recipe.weights);
  const Booster::TrainingRows training{.matrix = matrix,
                                       .labels = labels,
                                       .weights = weights,
                                       .features = data.features,
                                       .classes = data.classes.size(),
                                       .columns = columns};
  return recipe.base == nullptr
             ? Booster::train(training, recipe.settings, recipe.seed)
             : Booster::grow_on(*recipe.base, training, recipe.settings, recipe.seed);
}

}  // namespace

std::string_view to_string(Algorithm algorithm) noexcept {
  return algorithm == Algorithm::forest ? "rf" : "gbdt";
}

std::string_view to_string(RowWeights weights) noexcept {
  return weights == RowWeights::balanced ? "balanced" : "none";
}

BoosterSettings settings_of(Algorithm algorithm, std::size_t features) noexcept {
  if (algorithm == Algorithm::forest) {
    return {.rounds = 1,
            .parallel_trees = 200,
            .depth = 8,
            .bins = 32,
            .learning_rate = 1,
            .row_share = 0.632,  // what a bootstrap sample holds of the rows
            .column_share = 1 / std::sqrt(static_cast<double>(std::max<std::size_t>(1, features))),
            .min_child_weight = 1,
            .lambda = 1};
  }
  return {.rounds = 130,
          .parallel_trees = 1,
          .depth = 4,
          .bins = 256,
          .learning_rate = 0.08,
          .row_share = 0.7,
          .column_share = 0.2,
          .min_child_weight = 2,
          .lambda = 3};
}

Recipe default_recipe(Algorithm algorithm, std::size_t features, std::uint64_t seed) {
  return {.algorithm = algorithm,
          .settings = settings_of(algorithm, features),
          .weights = RowWeights::balanced,
          .selection = {},
          .base = nullptr,
          .seed = seed};
}

std::vector<float> balanced_weights(const Dataset& data, std::span<const std::size_t> rows) {
  using Cell = std::pair<std::uint32_t, std::uint32_t>;  // class, group
  using Flow = std::pair<Cell, std::uint32_t>;
  const auto cell_of = [&](std::size_t row) {
    return Cell{data.labels[row], data.group_of_row.empty() ? 0 : data.group_of_row[row]};
  };
  // Where rows have no flow, each stands for itself.
  const auto flow_of = [&](std::size_t row) {
    return Flow{cell_of(row),
                data.flow_of_row.empty() ? static_cast<std::uint32_t>(row) : data.flow_of_row[row]};
  };
  const auto is_early = [&](std::size_t row) {
    return !data.identities.empty() && data.identities[row].provisional;
  };
  struct FlowRows {
    double early = 0;
    double final = 0;
  };
  std::map<Flow, FlowRows> rows_of;
  for (const std::size_t row : rows) {
    FlowRows& of_flow = rows_of[flow_of(row)];
    ++(is_early(row) ? of_flow.early : of_flow.final);
  }
  std::map<Cell, double> flows_of;
  for (const auto& [flow, count] : rows_of) ++flows_of[flow.first];
  std::map<std::uint32_t, double> groups_of;
  for (const auto& [cell, count] : flows_of) ++groups_of[cell.first];

  const double share = static_cast<double>(rows.size()) / static_cast<double>(groups_of.size());
  std::vector<float> weights;
  weights.reserve(rows.size());
  for (const std::size_t row : rows) {
    const Cell cell = cell_of(row);
    const FlowRows& of_flow = rows_of[flow_of(row)];
    const double kinds = of_flow.early > 0 && of_flow.final > 0 ? 2 : 1;
    const double alike = is_early(row) ? of_flow.early : of_flow.final;
    weights.push_back(
        static_cast<float>(share / groups_of[cell.first] / flows_of[cell] / kinds / alike));
  }
  return weights;
}

std::vector<float> row_weights(const Dataset& data, std::span<const std::size_t> rows,
                               RowWeights weights) {
  if (weights == RowWeights::equal) return std::vector<float>(rows.size(), 1.0F);
  return balanced_weights(data, rows);
}

Fitted select_and_fit(const Dataset& data, std::span<const std::size_t> rows,
                      const Recipe& recipe) {
  if (recipe.selection.method == SelectionMethod::none) return {grow(data, rows, recipe, {}), {}};
  Recipe on_all = recipe;
  on_all.selection = {};
  const auto train = [&](std::span<const std::size_t> some) { return fit(data, some, on_all); };
  SelectedFeatures selected = select_features(data, rows, recipe.selection, train, recipe.seed);
  const std::vector<std::size_t> columns = positions_of(data, names_of(selected));
  // A forest draws the root of the number of features for a split.
  if (recipe.algorithm == Algorithm::forest) {
    on_all.settings.column_share = settings_of(Algorithm::forest, columns.size()).column_share;
  }
  return {grow(data, rows, on_all, columns), std::move(selected)};
}

Booster fit(const Dataset& data, std::span<const std::size_t> rows, const Recipe& recipe) {
  return select_and_fit(data, rows, recipe).booster;
}

std::vector<Answer> answer(const Booster& booster, const Dataset& data,
                           std::span<const std::size_t> rows) {
  return most_probable(booster.predict(gather(data.matrix, rows).values), booster.classes());
}

}  // namespace weir
