// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Three ways to rank features.
#include "weir/model/feature_selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "dealt_rows.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/random.hpp"
#include "weir/model/split.hpp"
#include "weir/model/split_units.hpp"
#include "weir/model/trainer.hpp"

namespace weir {
namespace {

/// Two features whose ranks correlate more than this say the same.
constexpr double kSame = 0.9;
constexpr std::size_t kPermutationFolds = 3;
constexpr std::size_t kShuffles = 3;

constexpr std::array kMethods{std::pair{SelectionMethod::correlation, "correlation"},
                              std::pair{SelectionMethod::gain, "gain"},
                              std::pair{SelectionMethod::permutation, "permutation"}};

void sort_by_score(std::vector<KeptFeature>& features) {
  std::ranges::stable_sort(features, std::greater(), &KeptFeature::score);
}

/// The ranks of a column's values, equal values sharing theirs; absent values come first. The
/// weighted mean is taken off, so that sums of products are covariances.
std::vector<double> centred_ranks(const Dataset& data, std::span<const std::size_t> rows,
                                  std::size_t column, std::span<const float> weights) {
  const auto value = [&](std::size_t i) { return data.matrix.row(rows[i])[column]; };
  const auto before = [&](std::size_t a, std::size_t b) {
    if (std::isnan(value(b))) return false;
    return std::isnan(value(a)) || value(a) < value(b);
  };
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, before);
  std::vector<double> ranks(rows.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && !before(order[begin], order[end])) ++end;
    const double shared = static_cast<double>(begin + end - 1) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = shared;
  }
  double sum = 0;
  double total = 0;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    sum += weights[i] * ranks[i];
    total += weights[i];
  }
  for (double& rank : ranks) rank -= sum / total;
  return ranks;
}

double covariance(std::span<const double> a, std::span<const double> b,
                  std::span<const float> weights) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += weights[i] * a[i] * b[i];
  return sum;
}

/// The root of the share of the variance that lies between the classes: what Pearson's r is to two
/// numbers, for a number and a class.
double correlation_ratio(const Dataset& data, std::span<const std::size_t> rows,
                         std::span<const double> ranks, std::span<const float> weights,
                         double variance) {
  std::vector<double> sums(data.classes.size());
  std::vector<double> totals(data.classes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sums[data.labels[rows[i]]] += weights[i] * ranks[i];
    totals[data.labels[rows[i]]] += weights[i];
  }
  double between = 0;
  for (std::size_t c = 0; c < sums.size(); ++c) {
    if (totals[c] > 0) between += sums[c] * sums[c] / totals[c];
  }
  return std::sqrt(between / variance);
}

std::vector<KeptFeature> by_correlation(const Dataset& data, std::span<const std::size_t> rows,
                                        std::size_t most) {
  struct Candidate {
    std::size_t column;
    double score;
    double variance;
  };
  const std::vector<float> weights = balanced_weights(data, rows);
  std::vector<Candidate> candidates;
  for (std::size_t column = 0; column < data.features.size(); ++column) {
    check_interrupted();
    const std::vector<double> ranks = centred_ranks(data, rows, column, weights);
    const double variance = covariance(ranks, ranks, weights);
    if (variance <= 0) continue;
    candidates.push_back(
        {column, correlation_ratio(data, rows, ranks, weights, variance), variance});
  }
  std::ranges::stable_sort(candidates, std::greater(), &Candidate::score);

  struct Ranks {
    std::vector<double> values;
    double variance;
  };
  std::vector<Ranks> taken;
  std::vector<KeptFeature> kept;
  for (const Candidate& candidate : candidates) {
    if (kept.size() == most) break;
    check_interrupted();
    std::vector<double> ranks = centred_ranks(data, rows, candidate.column, weights);
    const bool said = std::ranges::any_of(taken, [&](const Ranks& other) {
      const double product = covariance(ranks, other.values, weights);
      return std::abs(product) > kSame * std::sqrt(candidate.variance * other.variance);
    });
    if (said) continue;
    kept.push_back({data.features[candidate.column], candidate.score});
    taken.push_back({std::move(ranks), candidate.variance});
  }
  return kept;
}

std::vector<KeptFeature> by_gain(std::span<const std::size_t> rows, const TrainOnAll& train) {
  std::vector<KeptFeature> features;
  for (const FeatureImportance& entry : train(rows).importance()) {
    features.push_back({entry.feature, entry.share});
  }
  return features;
}

/// Rows of the table dealt to folds that keep its groups whole, or else its flows.
std::vector<std::vector<std::size_t>> fold(const Dataset& data, std::span<const std::size_t> rows,
                                           std::uint64_t seed) {
  DealtRows dealt(data, rows, units_of_groups(data));
  if (data.group_of_row.empty() || dealt.count < kPermutationFolds) {
    dealt = DealtRows(data, rows, units_of_rows(data));
  }
  return deal_folds({dealt.labels, dealt.units}, kPermutationFolds, seed);
}

/// The mean logarithmic loss of the balanced rows.
double log_loss(const Booster& booster, const FeatureMatrix& matrix,
                std::span<const std::uint32_t> labels, std::span<const float> weights) {
  constexpr double kLeast = 1e-6;
  const std::vector<float> probabilities = booster.predict(matrix.values);
  double loss = 0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double right = probabilities[row * booster.classes() + labels[row]];
    loss -= weights[row] * std::log(std::max(kLeast, right));
  }
  return loss / static_cast<double>(labels.size());
}

/// Adds to each feature's score what the loss of the held-out rows grows by without its values.
void add_losses(std::vector<KeptFeature>& features, const Dataset& data, const Booster& booster,
                std::span<const std::size_t> held_out, Random& random) {
  FeatureMatrix matrix = gather(data.matrix, held_out);
  const std::vector<float> weights = balanced_weights(data, held_out);
  std::vector<std::uint32_t> labels;
  for (const std::size_t row : held_out) labels.push_back(data.labels[row]);
  const double as_it_is = log_loss(booster, matrix, labels, weights);
  std::map<std::string, std::size_t> columns;
  for (std::size_t c = 0; c < data.features.size(); ++c) columns[data.features[c]] = c;
  // What no tree reads, makes no difference.
  for (const FeatureImportance& used : booster.importance()) {
    check_interrupted();
    const std::size_t column = columns.at(used.feature);
    std::vector<float> values;
    for (std::size_t row = 0; row < labels.size(); ++row) values.push_back(matrix.row(row)[column]);
    const auto put = [&](std::span<const float> in_order) {
      for (std::size_t row = 0; row < labels.size(); ++row) {
        matrix.values[row * matrix.columns + column] = in_order[row];
      }
    };
    std::vector<float> shuffled = values;
    for (std::size_t i = 0; i < kShuffles; ++i) {
      random.shuffle(std::span<float>(shuffled));
      put(shuffled);
      features[column].score +=
          (log_loss(booster, matrix, labels, weights) - as_it_is) / (kShuffles * kPermutationFolds);
    }
    put(values);
  }
}

std::vector<KeptFeature> by_permutation(const Dataset& data, std::span<const std::size_t> rows,
                                        const TrainOnAll& train, std::uint64_t seed) {
  std::vector<KeptFeature> features;
  for (const std::string& name : data.features) features.push_back({name, 0});
  Random random(seed);
  for (const std::vector<std::size_t>& held_out : fold(data, rows, seed)) {
    std::vector<std::size_t> inside;
    std::vector<std::size_t> outside;
    for (const std::size_t position : held_out) outside.push_back(rows[position]);
    for (const std::size_t position : all_but(held_out, rows.size())) {
      inside.push_back(rows[position]);
    }
    if (inside.empty() || outside.empty()) continue;
    add_losses(features, data, train(inside), outside, random);
  }
  sort_by_score(features);
  return features;
}

std::vector<KeptFeature> rank(const Dataset& data, std::span<const std::size_t> rows,
                              const FeatureSelection& selection, const TrainOnAll& train,
                              std::uint64_t seed) {
  switch (selection.method) {
    case SelectionMethod::correlation:
      return by_correlation(data, rows, selection.most);
    case SelectionMethod::gain:
      return by_gain(rows, train);
    case SelectionMethod::permutation:
      return by_permutation(data, rows, train, seed);
    case SelectionMethod::none:
      break;
  }
  std::vector<KeptFeature> all;
  for (const std::string& name : data.features) all.push_back({name, 0});
  return all;
}

}  // namespace

FeatureSelection parse_selection(const std::string& text) {
  if (text == "none") return {};
  for (const auto& [method, name] : kMethods) {
    const std::string prefix = fmt::format("{}:", name);
    if (!text.starts_with(prefix)) continue;
    FeatureSelection selection{.method = method, .most = 0};
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + prefix.size(), end, selection.most);
    if (error == std::errc() && stop == end && selection.most > 0) return selection;
  }
  throw UsageError(fmt::format(
      "--select {}: not one of none, correlation:K, gain:K, permutation:K with K from 1", text));
}

std::string to_string(const FeatureSelection& selection) {
  for (const auto& [method, name] : kMethods) {
    if (method == selection.method) return fmt::format("{}:{}", name, selection.most);
  }
  return "none";
}

SelectedFeatures select_features(const Dataset& data, std::span<const std::size_t> rows,
                                 const FeatureSelection& selection, const TrainOnAll& train,
                                 std::uint64_t seed) {
  SelectedFeatures selected{.by = selection,
                            .candidates = data.features.size(),
                            .kept = rank(data, rows, selection, train, seed)};
  if (selection.method == SelectionMethod::none) return selected;
  std::erase_if(selected.kept, [](const KeptFeature& feature) { return feature.score <= 0; });
  if (selected.kept.size() > selection.most) selected.kept.resize(selection.most);
  if (selected.kept.empty()) {
    throw Error(fmt::format("{}: no feature tells the classes apart, so --select {} keeps none",
                            fmt::join(data.files, ", "), to_string(selection)));
  }
  return selected;
}

}  // namespace weir
