// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Folds of some rows, and a model for each.
#include "weir/model/cross_validation.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "weir/base/parallel.hpp"

namespace weir {

std::vector<Split> fold_rows(const Dataset& data, std::span<const std::size_t> rows,
                             std::size_t count, std::uint64_t seed) {
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
  std::vector<Split> parts;
  if (units < 2) return parts;
  for (const auto& fold : deal_folds({labels, groups}, std::min(count, units), seed)) {
    Split part;
    for (const std::size_t position : fold) part.test.push_back(rows[position]);
    std::ranges::set_difference(rows, part.test, std::back_inserter(part.train));
    parts.push_back(std::move(part));
  }
  return parts;
}

std::size_t count_tested(std::span<const Split> parts) {
  std::size_t rows = 0;
  for (const Split& part : parts) rows += part.test.size();
  return rows;
}

RowAnswers cross_validate(const Dataset& data, std::span<const Split> parts, const Recipe& recipe,
                          unsigned threads) {
  RowAnswers answers = start_answers(data, data.classes);
  parallel_ordered(
      parts.size(), threads, [&](std::size_t part) { return fit(data, parts[part].train, recipe); },
      [&](std::size_t part, const Booster& booster) {
        add_answers(answers, data, parts[part].test, booster, static_cast<std::uint32_t>(part));
      });
  return answers;
}

}  // namespace weir
