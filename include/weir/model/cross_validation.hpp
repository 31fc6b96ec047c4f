// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What models say of rows of groups that they have not seen: the ground for every choice that is
// made in training.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"
#include "weir/model/split.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// Deals these rows to at most `count` folds: each part tests one and trains on the others. Where
/// the table names groups and there are two or more, no group is in two folds. No parts when there
/// is one row or group only.
std::vector<Split> fold_rows(const Dataset& data, std::span<const std::size_t> rows,
                             std::size_t count, std::uint64_t seed);

/// How many rows the parts test together.
std::size_t count_tested(std::span<const Split> parts);

/// Trains a model for each part, `threads` at a time, and asks it about the rows to test. Throws
/// Error, Interrupted.
RowAnswers cross_validate(const Dataset& data, std::span<const Split> parts, const Recipe& recipe,
                          unsigned threads);

}  // namespace weir
