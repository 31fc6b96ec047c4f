// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Folds of some rows, and a model for each.
#include "weir/model/cross_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "dealt_rows.hpp"
#include "weir/base/parallel.hpp"
#include "weir/model/split_units.hpp"

namespace weir {
namespace {

void drop_classes_not_trained(const Dataset& data, Split& part) {
  const std::vector<std::uint64_t> trained = count_classes(data, part.train);
  std::erase_if(part.test, [&](std::size_t row) { return trained[data.labels[row]] == 0; });
}

std::vector<Split> deal(const Dataset& data, std::span<const std::size_t> rows,
                        const SplitUnits& units, std::size_t count, std::uint64_t seed) {
  const DealtRows dealt(data, rows, units);
  std::vector<Split> parts;
  if (dealt.count < 2) return parts;
  for (const auto& fold :
       deal_folds({dealt.labels, dealt.units}, std::min(count, dealt.count), seed)) {
    Split part;
    for (const std::size_t position : fold) part.test.push_back(rows[position]);
    std::ranges::set_difference(rows, part.test, std::back_inserter(part.train));
    drop_classes_not_trained(data, part);
    if (!part.test.empty()) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace

Folds fold_rows(const Dataset& data, std::span<const std::size_t> rows, std::size_t count,
                std::uint64_t seed) {
  Folds folds{.kind = data.group_kind};
  if (data.groups.size() > 1) {
    folds.parts = deal(data, rows, units_of_groups(data), count, seed);
    if (!folds.parts.empty()) return folds;
    folds.instead_of = fmt::format("every class is in one {} only", data.group_kind);
  }
  const SplitUnits flows = units_of_rows(data);
  folds.kind = flows.kind;
  folds.parts = deal(data, rows, flows, count, seed);
  return folds;
}

std::string to_string(const Folds& folds) {
  const std::string text = fmt::format("{} folds by {}", folds.parts.size(), folds.kind);
  return folds.instead_of.empty() ? text : fmt::format("{}, as {},", text, folds.instead_of);
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
