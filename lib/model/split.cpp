// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Stratified splits of whole groups.
#include "weir/model/split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "weir/base/random.hpp"

namespace weir {
namespace {

/// Random orders in which the groups are offered; the best result is taken.
constexpr int kAttempts = 40;

std::size_t class_count(std::span<const std::uint32_t> labels) {
  return labels.empty() ? 0 : std::size_t{*std::ranges::max_element(labels)} + 1;
}

/// Rows per class of each group, groups in the order of their indexes.
struct Groups {
  explicit Groups(const SplitInput& input)
      : classes(class_count(input.labels)), of_row(input.groups) {
    const std::size_t count =
        of_row.empty() ? 0 : std::size_t{*std::ranges::max_element(of_row)} + 1;
    rows.assign(count, std::vector<double>(classes));
    totals.assign(classes, 0);
    for (std::size_t row = 0; row < of_row.size(); ++row) {
      rows[of_row[row]][input.labels[row]] += 1;
      totals[input.labels[row]] += 1;
    }
    groups_with.assign(classes, 0);
    for (const auto& group : rows) {
      for (std::size_t c = 0; c < classes; ++c) groups_with[c] += group[c] > 0 ? 1 : 0;
    }
  }

  std::size_t classes;
  std::span<const std::uint32_t> of_row;
  std::vector<std::vector<double>> rows;  // group x class
  std::vector<double> totals;             // per class
  std::vector<std::size_t> groups_with;   // per class
};

std::vector<std::size_t> shuffled_groups(const Groups& groups, Random& random) {
  std::vector<std::size_t> order(groups.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(std::span<std::size_t>(order));
  return order;
}

/// A test part being filled group by group.
class TestPart {
 public:
  TestPart(const Groups& groups, double share)
      : groups_(groups),
        share_(share),
        taken_(groups.rows.size()),
        rows_(groups.classes),
        taken_groups_(groups.classes) {}

  /// Takes the group if that brings the part nearer to its share and every class of the group
  /// keeps another one.
  void offer(std::size_t group) {
    const std::vector<double>& added = groups_.rows[group];
    double change = 0;
    for (std::size_t c = 0; c < groups_.classes; ++c) {
      if (added[c] == 0) continue;
      if (taken_groups_[c] + 1 >= groups_.groups_with[c]) return;
      change += distance(c, rows_[c] + added[c], taken_groups_[c] + 1) -
                distance(c, rows_[c], taken_groups_[c]);
    }
    if (change >= 0) return;
    taken_[group] = true;
    for (std::size_t c = 0; c < groups_.classes; ++c) {
      rows_[c] += added[c];
      if (added[c] > 0) ++taken_groups_[c];
    }
  }

  double distance() const {
    double sum = 0;
    for (std::size_t c = 0; c < groups_.classes; ++c) {
      sum += distance(c, rows_[c], taken_groups_[c]);
    }
    return sum;
  }

  const std::vector<bool>& taken() const { return taken_; }

 private:
  /// How far the class is from its share; a class that could be tested and is not is worse than
  /// any imbalance.
  double distance(std::size_t c, double rows, std::size_t taken_groups) const {
    if (groups_.totals[c] == 0) return 0;
    const double off = rows / groups_.totals[c] - share_;
    const bool untested = taken_groups == 0 && groups_.groups_with[c] > 1;
    return off * off + (untested ? 1.0 : 0.0);
  }

  const Groups& groups_;
  double share_;
  std::vector<bool> taken_;                // per group
  std::vector<double> rows_;               // per class
  std::vector<std::size_t> taken_groups_;  // per class
};

/// Groups whose classes are the least even first: they have the fewest places to go.
std::vector<std::size_t> most_uneven_first(const Groups& groups, Random& random) {
  std::vector<std::size_t> order = shuffled_groups(groups, random);
  std::vector<double> unevenness(groups.rows.size());
  for (std::size_t g = 0; g < groups.rows.size(); ++g) {
    const auto& rows = groups.rows[g];
    const double mean = std::accumulate(rows.begin(), rows.end(), 0.0) /
                        static_cast<double>(std::max<std::size_t>(1, rows.size()));
    for (const double count : rows) unevenness[g] += (count - mean) * (count - mean);
  }
  std::ranges::stable_sort(
      order, [&](std::size_t a, std::size_t b) { return unevenness[a] > unevenness[b]; });
  return order;
}

/// What is dealt to each fold so far.
class Hands {
 public:
  Hands(const Groups& groups, std::size_t count)
      : groups_(groups), rows_(count, std::vector<double>(groups.classes)), sizes_(count) {}

  /// The fold that leaves all folds the most alike; the smallest of equals.
  std::size_t best_fold(std::size_t group) const {
    constexpr double kEqual = 1e-9;
    std::size_t best = 0;
    double best_spread = spread_with(group, 0);
    for (std::size_t fold = 1; fold < rows_.size(); ++fold) {
      const double spread = spread_with(group, fold);
      if (spread < best_spread - kEqual ||
          (spread < best_spread + kEqual && sizes_[fold] < sizes_[best])) {
        best = fold;
        best_spread = spread;
      }
    }
    return best;
  }

  void deal(std::size_t group, std::size_t fold) {
    for (std::size_t c = 0; c < groups_.classes; ++c) {
      rows_[fold][c] += groups_.rows[group][c];
      sizes_[fold] += groups_.rows[group][c];
    }
  }

 private:
  /// Sum over the classes of the variance of the folds' shares if `group` went to `fold`.
  double spread_with(std::size_t group, std::size_t fold) const {
    const auto count = static_cast<double>(rows_.size());
    double spread = 0;
    for (std::size_t c = 0; c < groups_.classes; ++c) {
      if (groups_.totals[c] == 0) continue;
      double sum = 0;
      double squares = 0;
      for (std::size_t f = 0; f < rows_.size(); ++f) {
        const double share =
            (rows_[f][c] + (f == fold ? groups_.rows[group][c] : 0)) / groups_.totals[c];
        sum += share;
        squares += share * share;
      }
      spread += squares / count - (sum / count) * (sum / count);
    }
    return spread;
  }

  const Groups& groups_;
  std::vector<std::vector<double>> rows_;  // fold x class
  std::vector<double> sizes_;              // per fold
};

Split hold_out_groups(const SplitInput& input, double test_share, Random& random) {
  const Groups groups(input);
  double best = std::numeric_limits<double>::infinity();
  std::vector<bool> taken;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    TestPart part(groups, test_share);
    for (const std::size_t group : shuffled_groups(groups, random)) part.offer(group);
    if (part.distance() < best) {
      best = part.distance();
      taken = part.taken();
    }
  }
  Split split;
  for (std::size_t row = 0; row < groups.of_row.size(); ++row) {
    (taken[groups.of_row[row]] ? split.test : split.train).push_back(row);
  }
  return split;
}

std::vector<std::vector<std::size_t>> deal_groups(const SplitInput& input, std::size_t count,
                                                  Random& random) {
  const Groups groups(input);
  Hands hands(groups, count);
  std::vector<std::size_t> fold_of_group(groups.rows.size());
  for (const std::size_t group : most_uneven_first(groups, random)) {
    const std::size_t fold = hands.best_fold(group);
    hands.deal(group, fold);
    fold_of_group[group] = fold;
  }
  std::vector<std::vector<std::size_t>> folds(count);
  for (std::size_t row = 0; row < groups.of_row.size(); ++row) {
    folds[fold_of_group[groups.of_row[row]]].push_back(row);
  }
  return folds;
}

/// The rows of each class, shuffled.
std::vector<std::vector<std::size_t>> shuffled_rows(std::span<const std::uint32_t> labels,
                                                    Random& random) {
  std::vector<std::vector<std::size_t>> rows(class_count(labels));
  for (std::size_t row = 0; row < labels.size(); ++row) rows[labels[row]].push_back(row);
  for (auto& of_class : rows) random.shuffle(std::span<std::size_t>(of_class));
  return rows;
}

Split hold_out_rows(std::span<const std::uint32_t> labels, double test_share, Random& random) {
  Split split;
  for (const std::vector<std::size_t>& rows : shuffled_rows(labels, random)) {
    if (rows.empty()) continue;
    const std::size_t most = rows.size() - 1;  // one stays for training
    const auto share =
        static_cast<std::size_t>(std::lround(test_share * static_cast<double>(rows.size())));
    const auto tested = static_cast<std::ptrdiff_t>(
        std::clamp<std::size_t>(share, std::min<std::size_t>(1, most), most));
    split.test.insert(split.test.end(), rows.begin(), rows.begin() + tested);
    split.train.insert(split.train.end(), rows.begin() + tested, rows.end());
  }
  std::ranges::sort(split.train);
  std::ranges::sort(split.test);
  return split;
}

std::vector<std::vector<std::size_t>> deal_rows(std::span<const std::uint32_t> labels,
                                                std::size_t count, Random& random) {
  std::vector<std::vector<std::size_t>> folds(count);
  std::size_t next = 0;
  for (const std::vector<std::size_t>& rows : shuffled_rows(labels, random)) {
    for (const std::size_t row : rows) folds[next++ % count].push_back(row);
  }
  for (auto& fold : folds) std::ranges::sort(fold);
  return folds;
}

}  // namespace

Split hold_out(const SplitInput& input, double test_share, std::uint64_t seed) {
  Random random(seed);
  return input.groups.empty() ? hold_out_rows(input.labels, test_share, random)
                              : hold_out_groups(input, test_share, random);
}

std::vector<std::vector<std::size_t>> deal_folds(const SplitInput& input, std::size_t count,
                                                 std::uint64_t seed) {
  Random random(seed);
  return input.groups.empty() ? deal_rows(input.labels, count, random)
                              : deal_groups(input, count, random);
}

std::vector<std::size_t> all_but(std::span<const std::size_t> held_out, std::size_t rows) {
  std::vector<std::size_t> rest;
  rest.reserve(rows - held_out.size());
  auto next = held_out.begin();
  for (std::size_t row = 0; row < rows; ++row) {
    if (next != held_out.end() && *next == row) {
      ++next;
    } else {
      rest.push_back(row);
    }
  }
  return rest;
}

}  // namespace weir
