// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Nested sets of groups, and models trained on each.
#include "weir/model/learning_curve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/parallel.hpp"
#include "weir/base/random.hpp"
#include "weir/model/metrics.hpp"
#include "weir/model/split.hpp"
#include "weir/model/split_units.hpp"
#include "weir/model/trainer.hpp"

namespace weir {
namespace {

constexpr std::size_t kLeastGroups = 8;
constexpr std::size_t kGroupsOfClass = 2;  // on average, at the first point
constexpr std::size_t kMostPoints = 8;

/// The classes of each group.
std::vector<std::vector<bool>> classes_of_groups(const Dataset& data) {
  std::vector<std::vector<bool>> classes(data.groups.size(),
                                         std::vector<bool>(data.classes.size()));
  for (std::size_t row = 0; row < data.rows(); ++row) {
    classes[data.group_of_row[row]][data.labels[row]] = true;
  }
  return classes;
}

/// These groups in an order of which every beginning has about the same share of each class's
/// groups, and at least one of each.
std::vector<std::uint32_t> spread_classes(const std::vector<std::vector<bool>>& classes,
                                          std::vector<std::uint32_t> groups, Random& random) {
  random.shuffle(std::span<std::uint32_t>(groups));
  std::vector<std::size_t> groups_with(classes.front().size());
  for (const std::uint32_t group : groups) {
    for (std::size_t c = 0; c < groups_with.size(); ++c) groups_with[c] += classes[group][c];
  }
  // A group of several classes stands for the rarest.
  const auto class_of = [&](std::uint32_t group) {
    std::size_t rarest = groups_with.size();
    for (std::size_t c = 0; c < groups_with.size(); ++c) {
      if (!classes[group][c]) continue;
      if (rarest == groups_with.size() || groups_with[c] < groups_with[rarest]) rarest = c;
    }
    return rarest;
  };
  std::vector<std::vector<std::uint32_t>> of_class(groups_with.size());
  for (const std::uint32_t group : groups) of_class[class_of(group)].push_back(group);
  std::vector<std::pair<double, std::uint32_t>> place;
  for (const auto& members : of_class) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      place.emplace_back(static_cast<double>(i) / static_cast<double>(members.size()), members[i]);
    }
  }
  std::ranges::stable_sort(place, {}, &std::pair<double, std::uint32_t>::first);
  for (std::size_t i = 0; i < place.size(); ++i) groups[i] = place[i].second;
  return groups;
}

/// One fold of one seed.
struct Trial {
  std::size_t seed_index;
  std::vector<std::size_t> tested;            // rows
  std::vector<std::uint32_t> training_order;  // groups
};

std::vector<Trial> plan(const Dataset& data, const LearningCurveOptions& options) {
  const auto classes = classes_of_groups(data);
  std::vector<Trial> trials;
  for (std::size_t s = 0; s < options.seeds; ++s) {
    const std::uint64_t seed = options.seed + s;
    Random random(seed);
    for (auto& tested : deal_folds({data.labels, data.group_of_row}, options.folds, seed)) {
      std::vector<bool> is_tested(data.groups.size());
      for (const std::size_t row : tested) is_tested[data.group_of_row[row]] = true;
      std::vector<std::uint32_t> rest;
      for (std::uint32_t group = 0; group < data.groups.size(); ++group) {
        if (!is_tested[group]) rest.push_back(group);
      }
      trials.push_back({s, std::move(tested), spread_classes(classes, std::move(rest), random)});
    }
  }
  return trials;
}

/// How many points there are: all groups, half of them, and so on.
std::size_t count_points(const Dataset& data, const std::vector<Trial>& trials) {
  const auto fewest =
      std::ranges::min(trials, {}, [](const Trial& t) { return t.training_order.size(); });
  const std::size_t least = kGroupsOfClass * data.classes.size();
  std::size_t points = 1;
  for (std::size_t groups = fewest.training_order.size() / 2;
       groups >= least && points < kMostPoints; groups /= 2) {
    ++points;
  }
  return points;
}

std::size_t groups_at(const Trial& trial, std::size_t halvings) {
  const double groups =
      std::ldexp(static_cast<double>(trial.training_order.size()), -static_cast<int>(halvings));
  return static_cast<std::size_t>(std::lround(groups));
}

std::vector<std::size_t> rows_of_first(const Dataset& data, const Trial& trial,
                                       std::size_t groups) {
  std::vector<bool> taken(data.groups.size());
  for (std::size_t i = 0; i < groups; ++i) taken[trial.training_order[i]] = true;
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    if (taken[data.group_of_row[row]]) rows.push_back(row);
  }
  return rows;
}

void set_mean_and_deviation(LearningPoint& point) {
  const auto count = static_cast<double>(point.macro_f1.size());
  point.mean = std::accumulate(point.macro_f1.begin(), point.macro_f1.end(), 0.0) / count;
  double squares = 0;
  for (const double value : point.macro_f1) {
    squares += (value - point.mean) * (value - point.mean);
  }
  point.deviation = point.macro_f1.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
}

void compare_last_two(LearningCurve& curve) {
  if (curve.points.size() < 2) return;
  LearningPoint gain;
  const LearningPoint& half = curve.points[curve.points.size() - 2];
  const LearningPoint& all = curve.points.back();
  for (std::size_t s = 0; s < all.macro_f1.size(); ++s) {
    gain.macro_f1.push_back(all.macro_f1[s] - half.macro_f1[s]);
  }
  set_mean_and_deviation(gain);
  curve.last_doubling = gain.mean;
  curve.last_doubling_error = gain.deviation / std::sqrt(static_cast<double>(gain.macro_f1.size()));
}

}  // namespace

LearningCurve measure_learning_curve(const Dataset& data, const LearningCurveOptions& options,
                                     const TrainOnRows& train) {
  if (data.groups.size() < std::max(kLeastGroups, options.folds)) {
    throw UsageError(fmt::format("{}: a learning curve needs {} {} or more, and there are {}",
                                 fmt::join(data.files, ", "), std::max(kLeastGroups, options.folds),
                                 plural(data.group_kind), data.groups.size()));
  }
  const std::vector<Trial> trials = plan(data, options);
  const std::size_t points = count_points(data, trials);
  LearningCurve curve;
  curve.groups_name = plural(data.group_kind);
  curve.folds = options.folds;
  curve.points.resize(points);
  std::vector<std::vector<ConfusionMatrix>> matrices(
      points, std::vector<ConfusionMatrix>(options.seeds, ConfusionMatrix(data.classes)));

  struct Outcome {
    std::size_t rows;
    std::vector<Answer> answers;
  };
  const auto run = [&](std::size_t job) {
    const Trial& trial = trials[job / points];
    const std::vector<std::size_t> rows =
        rows_of_first(data, trial, groups_at(trial, job % points));
    const Booster booster = train(rows, options.seed + trial.seed_index);
    return Outcome{rows.size(), answer(booster, data, trial.tested)};
  };
  const auto take = [&](std::size_t job, const Outcome& outcome) {
    const Trial& trial = trials[job / points];
    const std::size_t index = points - 1 - job % points;
    LearningPoint& point = curve.points[index];
    point.rows += static_cast<double>(outcome.rows);
    point.groups += static_cast<double>(groups_at(trial, job % points));
    for (std::size_t i = 0; i < trial.tested.size(); ++i) {
      matrices[index][trial.seed_index].add(data.labels[trial.tested[i]],
                                            outcome.answers[i].class_index);
    }
  };
  parallel_ordered(trials.size() * points, options.threads, run, take);

  for (std::size_t i = 0; i < points; ++i) {
    for (const ConfusionMatrix& matrix : matrices[i]) {
      curve.points[i].macro_f1.push_back(score(matrix).macro.f1);
    }
    set_mean_and_deviation(curve.points[i]);
    curve.points[i].rows /= static_cast<double>(trials.size());
    curve.points[i].groups /= static_cast<double>(trials.size());
  }
  compare_last_two(curve);
  return curve;
}

std::string advice(const LearningCurve& curve) {
  const std::string& groups = curve.groups_name;
  if (curve.points.size() < 2) {
    return fmt::format("Too few {} to see what more would bring", groups);
  }
  const std::string gain = fmt::format("Twice as many {} brought {:+.3f} (standard error {:.3f})",
                                       groups, curve.last_doubling, curve.last_doubling_error);
  const bool seen = curve.last_doubling > 2 * curve.last_doubling_error;
  return gain + (seen ? ": more would help" : ": within the noise, more of the same may not help");
}

}  // namespace weir
