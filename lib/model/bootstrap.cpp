// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Groups drawn with replacement, and the spread of the figures that they give.
#include "weir/model/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "weir/base/interrupt.hpp"
#include "weir/base/random.hpp"

namespace weir {
namespace {

constexpr std::size_t kDraws = 1000;
constexpr double kTail = 0.025;

/// Rows of a group in one cell of the confusion matrix.
struct CellCount {
  std::uint32_t actual = 0;
  std::uint32_t predicted = 0;
  std::uint32_t rows = 0;
};

/// The confusion matrix of each group, only the cells that have rows.
using GroupCells = std::vector<std::vector<CellCount>>;

GroupCells cells_of_groups(std::span<const Outcome> outcomes) {
  std::map<std::uint32_t, std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>> counts;
  for (const Outcome& outcome : outcomes) {
    ++counts[outcome.group][{outcome.actual, outcome.predicted}];
  }
  GroupCells groups;
  for (const auto& [group, cells] : counts) {
    groups.emplace_back();
    for (const auto& [cell, rows] : cells) groups.back().push_back({cell.first, cell.second, rows});
  }
  return groups;
}

/// The values of one figure in all draws.
class Draws {
 public:
  void add(double value) { values_.push_back(value); }
  Interval interval() {
    if (values_.empty()) return {};
    return {quantile(values_, kTail), quantile(values_, 1 - kTail)};
  }

 private:
  std::vector<double> values_;
};

struct RateDraws {
  Draws precision;
  Draws recall;
  Draws f1;
};

/// The figures of all draws.
struct AllDraws {
  explicit AllDraws(const Scores& measured) : overall(measured), classes(measured.classes.size()) {}

  void add(const Scores& scores) {
    accuracy.add(scores.accuracy);
    macro_f1.add(macro_f1_of(scores));
    weighted_f1.add(scores.weighted.f1);
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const ClassScores& of_class = scores.classes[c];
      if (of_class.support == 0) continue;
      classes[c].precision.add(of_class.rates.precision);
      classes[c].recall.add(of_class.rates.recall);
      classes[c].f1.add(of_class.rates.f1);
    }
  }

  ScoreIntervals intervals() {
    ScoreIntervals result{.accuracy = accuracy.interval(),
                          .macro_f1 = macro_f1.interval(),
                          .weighted_f1 = weighted_f1.interval(),
                          .classes = {},
                          .groups = 0};
    for (RateDraws& draws : classes) {
      result.classes.push_back(
          {draws.precision.interval(), draws.recall.interval(), draws.f1.interval()});
    }
    return result;
  }

  /// Over the same classes in every draw: those that a draw lacks count as they did overall.
  double macro_f1_of(const Scores& scores) const {
    double sum = 0;
    double occurring = 0;
    for (std::size_t c = 0; c < classes.size(); ++c) {
      if (overall.classes[c].support == 0) continue;
      const bool drawn = scores.classes[c].support > 0;
      sum += (drawn ? scores : overall).classes[c].rates.f1;
      ++occurring;
    }
    return occurring > 0 ? sum / occurring : 0;
  }

  const Scores& overall;
  Draws accuracy;
  Draws macro_f1;
  Draws weighted_f1;
  std::vector<RateDraws> classes;
};

std::vector<std::uint32_t> draw_times(std::size_t groups, Random& random) {
  std::vector<std::uint32_t> times(groups);
  for (std::size_t i = 0; i < groups; ++i) ++times[random.below(groups)];
  return times;
}

ConfusionMatrix matrix_of(const std::vector<std::string>& classes, const GroupCells& groups,
                          std::span<const std::uint32_t> times) {
  ConfusionMatrix matrix(classes);
  for (std::size_t group = 0; group < groups.size(); ++group) {
    if (times[group] == 0) continue;
    for (const CellCount& cell : groups[group]) {
      matrix.add(cell.actual, cell.predicted, std::uint64_t{cell.rows} * times[group]);
    }
  }
  return matrix;
}

}  // namespace

double quantile(std::vector<double>& values, double share) {
  std::ranges::sort(values);
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

std::optional<ScoreIntervals> bootstrap_scores(const std::vector<std::string>& classes,
                                               std::span<const Outcome> outcomes,
                                               std::uint64_t seed) {
  const GroupCells groups = cells_of_groups(outcomes);
  if (groups.size() < kFewestGroups) return std::nullopt;
  Random random(seed);
  const Scores overall =
      score(matrix_of(classes, groups, std::vector<std::uint32_t>(groups.size(), 1)));
  AllDraws draws(overall);
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    check_interrupted();
    draws.add(score(matrix_of(classes, groups, draw_times(groups.size(), random))));
  }
  ScoreIntervals intervals = draws.intervals();
  intervals.groups = groups.size();
  return intervals;
}

}  // namespace weir
