// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Folds of some rows, and a model for each.
#include "weir/model/cross_validation.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "weir/base/parallel.hpp"
#include "weir/model/split.hpp"

namespace weir {

std::vector<std::size_t> FoldedRows::training_rows(std::size_t fold) const {
  std::vector<std::size_t> rest;
  std::ranges::set_difference(rows, folds[fold], std::back_inserter(rest));
  return rest;
}

FoldedRows fold_rows(const Dataset& data, std::vector<std::size_t> rows, std::size_t count,
                     std::uint64_t seed) {
  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> groups;
  for (const std::size_t row : rows) {
    labels.push_back(data.labels[row]);
    if (!data.group_of_row.empty()) groups.push_back(data.group_of_row[row]);
  }
  std::size_t units = std::set<std::uint32_t>(groups.begin(), groups.end()).size();
  if (units < 2) {
    groups.clear();
    units = rows.size();
  }
  FoldedRows folded{std::move(rows), {}};
  if (units < 2) return folded;
  folded.folds = deal_folds({labels, groups}, std::min(count, units), seed);
  for (auto& fold : folded.folds) {
    for (std::size_t& position : fold) position = folded.rows[position];
  }
  return folded;
}

OutOfFoldRows OutOfFoldRows::without(std::span<const std::size_t> left_out) const {
  OutOfFoldRows kept;
  kept.classes = classes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::ranges::binary_search(left_out, rows[i])) continue;
    kept.rows.push_back(rows[i]);
    kept.labels.push_back(labels[i]);
    kept.groups.push_back(groups[i]);
    kept.folds.push_back(folds[i]);
    const std::span<const float> row = probabilities().row(i);
    kept.values.insert(kept.values.end(), row.begin(), row.end());
  }
  return kept;
}

OutOfFoldRows start_out_of_fold(const Dataset& data, const FoldedRows& folded) {
  OutOfFoldRows out;
  out.rows = folded.rows;
  out.classes = data.classes.size();
  for (const std::size_t row : folded.rows) {
    out.labels.push_back(data.labels[row]);
    out.groups.push_back(data.group_of_row.empty() ? static_cast<std::uint32_t>(row)
                                                   : data.group_of_row[row]);
  }
  out.folds.resize(out.rows.size());
  out.values.resize(out.rows.size() * out.classes);
  return out;
}

void answer_fold(OutOfFoldRows& out, const Dataset& data, const FoldedRows& folded,
                 std::size_t fold, const Booster& booster) {
  const std::vector<std::size_t>& rows = folded.folds[fold];
  const std::vector<float> answers = booster.predict(gather(data.matrix, rows).values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto found = std::ranges::lower_bound(out.rows, rows[i]);
    const auto position = static_cast<std::size_t>(found - out.rows.begin());
    out.folds[position] = static_cast<std::uint32_t>(fold);
    std::copy_n(answers.begin() + static_cast<std::ptrdiff_t>(i * out.classes), out.classes,
                out.values.begin() + static_cast<std::ptrdiff_t>(position * out.classes));
  }
}

OutOfFoldRows cross_validate(const Dataset& data, const FoldedRows& folded, const Recipe& recipe,
                             unsigned threads) {
  OutOfFoldRows out = start_out_of_fold(data, folded);
  parallel_ordered(
      folded.folds.size(), threads,
      [&](std::size_t fold) { return fit(data, folded.training_rows(fold), recipe); },
      [&](std::size_t fold, const Booster& booster) {
        answer_fold(out, data, folded, fold, booster);
      });
  return out;
}

}  // namespace weir
