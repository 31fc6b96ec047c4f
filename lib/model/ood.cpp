// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Distances from the centres of classes.
#include "weir/model/ood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir {
namespace {

using Scale = OodDetector::Scale;

/// One wild value does not make a row strange.
constexpr float kMostDeviations = 6;
/// More rows do not make percentiles better.
constexpr std::size_t kMostRows = 20'000;
constexpr std::size_t kPercentiles = 100;

/// In double, because a large value over a small unit is more than a float holds.
double logarithm(const Scale& scale, float value) {
  return std::copysign(std::log1p(std::abs(double{value}) / scale.unit), value);
}

/// The value in standard deviations.
float scaled(const Scale& scale, float value) {
  if (std::isnan(value) || scale.deviation == 0) return 0;
  const double deviations = (logarithm(scale, value) - scale.mean) / scale.deviation;
  return std::clamp(static_cast<float>(deviations), -kMostDeviations, kMostDeviations);
}

/// 1, or less where a tenth of the values that are not 0 are smaller: seconds are often
/// microseconds, while packets and bytes start at 1.
float unit_of(std::vector<float> values) {
  std::erase(values, 0.0F);
  if (values.empty()) return 1;
  for (float& value : values) value = std::abs(value);
  const auto tenth = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
  std::ranges::nth_element(values, tenth);
  return std::min(1.0F, *tenth);
}

Scale scale_of(const FeatureMatrix& matrix, std::size_t column) {
  std::vector<float> values;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    if (const float value = matrix.row(row)[column]; !std::isnan(value)) values.push_back(value);
  }
  Scale scale{.unit = unit_of(values)};
  if (values.empty()) return scale;
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    const double log = logarithm(scale, value);
    sum += log;
    squares += log * log;
  }
  const auto count = static_cast<double>(values.size());
  const double mean = sum / count;
  const double variance = squares / count - mean * mean;
  scale.mean = static_cast<float>(mean);
  // What rounding leaves of a constant is no spread.
  constexpr double kLeastVariance = 1e-9;
  if (variance > kLeastVariance * std::max(1.0, mean * mean)) {
    scale.deviation = static_cast<float>(std::sqrt(variance));
  }
  return scale;
}

std::vector<float> scale_rows(std::span<const Scale> scales, std::span<const float> rows) {
  std::vector<float> values(rows.begin(), rows.end());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = scaled(scales[i % scales.size()], values[i]);
  }
  return values;
}

double distance(std::span<const float> row, std::span<const float> centre) {
  double sum = 0;
  for (std::size_t i = 0; i < row.size(); ++i) sum += std::abs(row[i] - centre[i]);
  return sum / static_cast<double>(row.size());
}

double nearest(std::span<const float> row, std::span<const float> centres) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t begin = 0; begin < centres.size(); begin += row.size()) {
    least = std::min(least, distance(row, centres.subspan(begin, row.size())));
  }
  return least;
}

/// Sums of rows by class.
struct ClassSums {
  ClassSums(std::size_t classes, std::size_t width)
      : columns(width), sums(classes * width), rows(classes) {}

  void add(std::size_t of_class, std::span<const float> row) {
    for (std::size_t i = 0; i < columns; ++i) sums[of_class * columns + i] += row[i];
    ++rows[of_class];
  }

  /// Centres of the classes that have rows besides those of `other`.
  std::vector<float> centres_without(const ClassSums& other) const {
    std::vector<float> centres;
    for (std::size_t c = 0; c < rows.size(); ++c) {
      if (rows[c] == other.rows[c]) continue;
      const auto count = static_cast<double>(rows[c] - other.rows[c]);
      for (std::size_t i = c * columns; i < (c + 1) * columns; ++i) {
        centres.push_back(static_cast<float>((sums[i] - other.sums[i]) / count));
      }
    }
    return centres;
  }

  std::size_t columns;
  std::vector<double> sums;  // classes x columns
  std::vector<std::uint64_t> rows;
};

std::vector<float> percentiles(std::vector<double> values) {
  std::ranges::sort(values);
  std::vector<float> result;
  for (std::size_t i = 0; i <= kPercentiles; ++i) {
    result.push_back(static_cast<float>(values[i * (values.size() - 1) / kPercentiles]));
  }
  return result;
}

}  // namespace

std::vector<double> OodDetector::distances(std::span<const float> rows) const {
  std::vector<double> result;
  if (scales.empty()) return result;
  result.reserve(rows.size() / scales.size());
  for (std::size_t begin = 0; begin < rows.size(); begin += scales.size()) {
    result.push_back(nearest(scale_rows(scales, rows.subspan(begin, scales.size())), centres));
  }
  return result;
}

double OodDetector::score(double distance) const {
  const auto above = std::ranges::upper_bound(usual, distance) - usual.begin();
  if (above == 0) return 0;
  const auto index = static_cast<std::size_t>(above);
  if (index == usual.size()) return 1;
  const double low = usual[index - 1];
  const double part = (distance - low) / (usual[index] - low);
  return (static_cast<double>(index - 1) + part) / kPercentiles;
}

OodDetector learn_ood(const FeatureMatrix& matrix, std::span<const std::uint32_t> labels,
                      std::span<const std::uint32_t> groups, std::size_t classes) {
  OodDetector detector;
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    detector.scales.push_back(scale_of(matrix, column));
  }
  const std::vector<float> rows = scale_rows(detector.scales, matrix.values);
  const auto row = [&](std::size_t i) {
    return std::span(rows).subspan(i * matrix.columns, matrix.columns);
  };
  const std::size_t group_count = groups.empty() ? 0 : *std::ranges::max_element(groups) + 1;
  std::vector<std::vector<std::size_t>> rows_of_group(group_count);
  ClassSums all(classes, matrix.columns);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    all.add(labels[i], row(i));
    if (group_count > 0) rows_of_group[groups[i]].push_back(i);
  }
  detector.centres = all.centres_without(ClassSums(classes, matrix.columns));

  const std::size_t step = 1 + (labels.size() - 1) / kMostRows;
  std::vector<double> distances;
  if (group_count < 2) {
    for (std::size_t i = 0; i < labels.size(); i += step) {
      distances.push_back(nearest(row(i), detector.centres));
    }
  }
  for (std::size_t group = 0; group_count >= 2 && group < group_count; ++group) {
    ClassSums own(classes, matrix.columns);
    for (const std::size_t i : rows_of_group[group]) own.add(labels[i], row(i));
    const std::vector<float> others = all.centres_without(own);
    for (const std::size_t i : rows_of_group[group]) {
      if (i % step == 0) distances.push_back(nearest(row(i), others));
    }
  }
  detector.usual = percentiles(std::move(distances));
  return detector;
}

std::optional<double> area_under_roc(std::span<const double> low, std::span<const double> high) {
  if (low.empty() || high.empty()) return std::nullopt;
  std::vector<double> sorted(low.begin(), low.end());
  std::ranges::sort(sorted);
  double above = 0;
  for (const double value : high) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
    above += static_cast<double>(first - sorted.begin()) + static_cast<double>(last - first) / 2;
  }
  return above / static_cast<double>(low.size()) / static_cast<double>(high.size());
}

}  // namespace weir
