// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which rows a model is trained on and which it is measured on. Rows of one group (capture) never
// stand on both sides: neighbours in a capture are too alike to measure anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir {

/// What a split is decided from, per row. Without groups every row stands for itself.
struct SplitInput {
  std::span<const std::uint32_t> labels;
  std::span<const std::uint32_t> groups;  ///< empty, or one index per row
};

/// Row indexes, ascending.
struct Split {
  std::vector<std::size_t> train;
  std::vector<std::size_t> test;
};

/// Holds out about `test_share` (between 0 and 1) of the rows of every class, in whole groups;
/// every class keeps at least one group for training, and has one in the test part where it has
/// two or more. The same input and seed give the same split. The test part is empty when no group
/// can be spared.
Split hold_out(const SplitInput& input, double test_share, std::uint64_t seed);

/// Deals the groups to `count` folds of about equal size and class shares and returns the rows of
/// each; every row is in exactly one. There have to be at least `count` groups.
std::vector<std::vector<std::size_t>> deal_folds(const SplitInput& input, std::size_t count,
                                                 std::uint64_t seed);

/// All rows that are not in `held_out` (ascending), out of `rows`.
std::vector<std::size_t> all_but(std::span<const std::size_t> held_out, std::size_t rows);

}  // namespace weir
