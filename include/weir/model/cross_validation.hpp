// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What models say of rows of groups that they have not seen: the ground for every choice that is
// made in training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"
#include "weir/model/split.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// Rows dealt to folds: each part tests one fold and trains on the others.
struct Folds {
  std::string kind;             ///< what is in one fold only: "capture", "family", "flow", "row"
  std::string instead_of = {};  ///< why not the table's groups; empty where it is these or has none
  std::vector<Split> parts = {};
};

/// Deals these rows to at most `count` folds by the table's groups; by flows or rows where there
/// are not two groups, or none that has a class in common with another. Rows of a class that the
/// other folds lack are not tested: they would say nothing about a model. No parts where nothing is
/// left to test.
Folds fold_rows(const Dataset& data, std::span<const std::size_t> rows, std::size_t count,
                std::uint64_t seed);

/// "5 folds by family".
std::string to_string(const Folds& folds);

/// How many rows the parts test together.
std::size_t count_tested(std::span<const Split> parts);

/// Trains a model for each part, `threads` at a time, and asks it about the rows to test. Throws
/// Error, Interrupted.
RowAnswers cross_validate(const Dataset& data, std::span<const Split> parts, const Recipe& recipe,
                          unsigned threads);

}  // namespace weir
