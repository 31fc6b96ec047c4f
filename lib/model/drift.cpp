// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sketches of training rows, and distances from them.
#include "weir/model/drift.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace weir {
namespace {

constexpr std::size_t kQuantiles = 10;

std::vector<float> present_values(const FeatureMatrix& matrix, std::size_t column) {
  std::vector<float> values;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    if (const float value = matrix.row(row)[column]; !std::isnan(value)) values.push_back(value);
  }
  std::ranges::sort(values);
  return values;
}

/// The bin of a value, see FeatureSketch::counts.
std::size_t bin_of(std::span<const float> edges, float value) {
  if (std::isnan(value)) return edges.size() + 1;
  return static_cast<std::size_t>(std::ranges::lower_bound(edges, value) - edges.begin());
}

FeatureSketch sketch(const FeatureMatrix& matrix, std::size_t column) {
  const std::vector<float> values = present_values(matrix, column);
  FeatureSketch result;
  for (std::size_t i = 0; i <= kQuantiles && !values.empty(); ++i) {
    const float edge = values[i * (values.size() - 1) / kQuantiles];
    if (result.edges.empty() || result.edges.back() != edge) result.edges.push_back(edge);
  }
  result.counts.resize(result.edges.size() + 2);
  for (const float value : values) ++result.counts[bin_of(result.edges, value)];
  result.counts.back() = matrix.rows() - values.size();
  return result;
}

std::uint64_t sum(std::span<const std::uint64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// The greatest distance between cumulative shares at the bins' edges, absent values apart.
double binned_distance(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  a = a.first(a.size() - 1);
  b = b.first(b.size() - 1);
  const auto all_a = static_cast<double>(sum(a));
  const auto all_b = static_cast<double>(sum(b));
  if (all_a == 0 || all_b == 0) return 0;
  double distance = 0;
  double below_a = 0;
  double below_b = 0;
  for (std::size_t bin = 0; bin < a.size(); ++bin) {
    below_a += static_cast<double>(a[bin]);
    below_b += static_cast<double>(b[bin]);
    distance = std::max(distance, std::abs(below_a / all_a - below_b / all_b));
  }
  return distance;
}

FeatureShift shift_between(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  return {.feature = {},
          .psi = population_stability(a, b),
          .by_chance = stability_by_chance(a, b),
          .ks = binned_distance(a, b),
          .gain_share = 0};
}

void finish(Drift& drift, std::span<const std::string> features,
            std::span<const FeatureImportance> importance) {
  std::map<std::string, double> gain;
  for (const FeatureImportance& entry : importance) gain[entry.feature] = entry.share;
  for (std::size_t i = 0; i < features.size(); ++i) {
    drift.features[i].feature = features[i];
    drift.features[i].gain_share = gain[features[i]];
  }
  std::ranges::stable_sort(drift.features, std::ranges::greater{}, &FeatureShift::psi);
}

}  // namespace

std::vector<FeatureSketch> sketch_features(const FeatureMatrix& matrix) {
  std::vector<FeatureSketch> sketches;
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    sketches.push_back(sketch(matrix, column));
  }
  return sketches;
}

double population_stability(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  constexpr double kAdded = 0.5;
  const double more = kAdded * static_cast<double>(a.size());
  const double all_a = static_cast<double>(sum(a)) + more;
  const double all_b = static_cast<double>(sum(b)) + more;
  double index = 0;
  for (std::size_t bin = 0; bin < a.size(); ++bin) {
    const double share_a = (static_cast<double>(a[bin]) + kAdded) / all_a;
    const double share_b = (static_cast<double>(b[bin]) + kAdded) / all_b;
    index += (share_b - share_a) * std::log(share_b / share_a);
  }
  return index;
}

double stability_by_chance(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  std::size_t filled = 0;
  for (std::size_t bin = 0; bin < a.size(); ++bin) filled += a[bin] + b[bin] > 0 ? 1 : 0;
  const std::uint64_t all_a = sum(a);
  const std::uint64_t all_b = sum(b);
  if (filled < 2 || all_a == 0 || all_b == 0) return 0;
  return static_cast<double>(filled - 1) *
         (1 / static_cast<double>(all_a) + 1 / static_cast<double>(all_b));
}

double kolmogorov_smirnov(std::span<const float> a, std::span<const float> b) {
  const auto sorted = [](std::span<const float> values) {
    std::vector<float> present;
    std::ranges::copy_if(values, std::back_inserter(present),
                         [](float v) { return !std::isnan(v); });
    std::ranges::sort(present);
    return present;
  };
  const std::vector<float> first = sorted(a);
  const std::vector<float> second = sorted(b);
  if (first.empty() || second.empty()) return 0;
  double distance = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < first.size() && j < second.size()) {
    const float value = std::min(first[i], second[j]);
    while (i < first.size() && first[i] == value) ++i;
    while (j < second.size() && second[j] == value) ++j;
    distance =
        std::max(distance, std::abs(static_cast<double>(i) / static_cast<double>(first.size()) -
                                    static_cast<double>(j) / static_cast<double>(second.size())));
  }
  return distance;
}

std::size_t Drift::shifted() const {
  return static_cast<std::size_t>(std::ranges::count_if(features, &FeatureShift::is_shifted));
}

bool Drift::is_far() const {
  constexpr std::uint64_t kEnoughRows = 50;
  return rows >= kEnoughRows && 2 * shifted() > features.size();
}

DriftMeter::DriftMeter(std::span<const FeatureSketch> sketches) : sketches_(sketches) {
  for (const FeatureSketch& sketch : sketches) counts_.emplace_back(sketch.counts.size());
}

void DriftMeter::add(std::span<const float> rows) {
  if (sketches_.empty()) return;
  for (std::size_t begin = 0; begin < rows.size(); begin += sketches_.size()) {
    for (std::size_t i = 0; i < sketches_.size(); ++i) {
      ++counts_[i][bin_of(sketches_[i].edges, rows[begin + i])];
    }
    ++rows_;
  }
}

void DriftMeter::add(const DriftMeter& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    std::ranges::transform(counts_[i], other.counts_[i], counts_[i].begin(), std::plus{});
  }
  rows_ += other.rows_;
}

std::span<const std::uint64_t> DriftMeter::counts(std::size_t feature) const {
  return counts_.at(feature);
}

Drift DriftMeter::drift(std::span<const std::string> features,
                        std::span<const FeatureImportance> importance) const {
  Drift drift{.rows = rows_, .features = {}};
  for (std::size_t i = 0; i < sketches_.size(); ++i) {
    drift.features.push_back(shift_between(sketches_[i].counts, counts_[i]));
  }
  finish(drift, features, importance);
  return drift;
}

Drift drift_between(std::span<const FeatureSketch> sketches, const FeatureMatrix& a,
                    const FeatureMatrix& b, std::span<const std::string> features,
                    std::span<const FeatureImportance> importance) {
  DriftMeter meter_a(sketches);
  DriftMeter meter_b(sketches);
  meter_a.add(a.values);
  meter_b.add(b.values);
  Drift drift{.rows = b.rows(), .features = {}};
  for (std::size_t i = 0; i < sketches.size(); ++i) {
    drift.features.push_back(shift_between(meter_a.counts(i), meter_b.counts(i)));
    drift.features.back().ks = kolmogorov_smirnov(present_values(a, i), present_values(b, i));
  }
  finish(drift, features, importance);
  return drift;
}

}  // namespace weir
