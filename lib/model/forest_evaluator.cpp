// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Walks trees: many at once for one row, one at once for many rows.
#include "weir/model/forest_evaluator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "forest_layout.hpp"

namespace weir {
namespace {

/// Rows that walk a tree together.
constexpr std::size_t kRowsTogether = 8;
/// Each tree goes over a block of rows before the next one does, so that all of them pay its way
/// into the cache: this much of the forest for a row is little beside walking it.
constexpr std::size_t kForestBytesPerRow = std::size_t{8} << 10U;
/// The cells of a block stay in the second-level cache.
constexpr std::size_t kMostBlockBytes = std::size_t{512} << 10U;

/// Lays out one row; its cells are Lanes apart.
template <std::size_t Lanes>
void lay_out(std::span<const float> row, float* cells) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  float* const absent_right = cells;
  float* const absent_left = cells + row.size() * Lanes;
  for (std::size_t f = 0; f < row.size(); ++f) {
    const bool absent = std::isnan(row[f]);
    absent_right[f * Lanes] = absent ? kInfinity : row[f];
    absent_left[f * Lanes] = absent ? -kInfinity : row[f];
  }
  cells[2 * row.size() * Lanes] = std::numeric_limits<float>::quiet_NaN();
}

/// Walking a forest, with what it takes in one place for the compiler.
class Walker {
 public:
  explicit Walker(const ForestLayout& forest)
      : nodes_(forest.nodes.data()),
        cell_bits_(forest.cell_bits),
        cell_mask_((1U << forest.cell_bits) - 1) {}

  /// From a node to the next one; `cells` are those of the row, Lanes apart.
  template <std::size_t Lanes>
  std::uint32_t step(std::uint32_t at, const float* cells) const {
    const ForestLayout::Node node = nodes_[at];
    const float value = cells[(node.path & cell_mask_) * Lanes];
    return at + (node.path >> cell_bits_) + (value >= node.threshold ? 1U : 0U);
  }

  float leaf(std::uint32_t at) const { return nodes_[at].threshold; }

 private:
  const ForestLayout::Node* nodes_;
  unsigned cell_bits_;
  std::uint32_t cell_mask_;
};

/// Adds the first `trees` to the sums of one row.
void add_row(const ForestLayout& forest, std::size_t trees, const float* cells, float* sums) {
  const Walker walker(forest);
  std::array<std::uint32_t, kTreesTogether> at{};
  for (std::size_t first = 0; first < trees; first += kTreesTogether) {
    const std::size_t count = std::min(kTreesTogether, trees - first);
    const ForestLayout::Tree* const group = forest.trees.data() + first;
    for (std::size_t i = 0; i < kTreesTogether; ++i) at[i] = group[i < count ? i : 0].root;
    for (std::uint32_t depth = forest.depth[first / kTreesTogether]; depth > 0; --depth) {
#pragma GCC unroll 16
      for (std::size_t i = 0; i < kTreesTogether; ++i) at[i] = walker.step<1>(at[i], cells);
    }
    for (std::size_t i = 0; i < count; ++i) sums[group[i].class_index] += walker.leaf(at[i]);
  }
}

/// Adds a tree to the sums of kRowsTogether rows.
void add_tree(const ForestLayout& forest, const ForestLayout::Tree& tree, const float* cells,
              float* sums) {
  const Walker walker(forest);
  std::array<std::uint32_t, kRowsTogether> at;
  at.fill(tree.root);
  for (std::uint32_t depth = tree.depth; depth > 0; --depth) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < kRowsTogether; ++i) {
      at[i] = walker.step<kRowsTogether>(at[i], cells + i);
    }
  }
  for (std::size_t i = 0; i < kRowsTogether; ++i) {
    sums[i * forest.classes + tree.class_index] += walker.leaf(at[i]);
  }
}

/// Groups of rows in a block.
std::size_t block_groups(const ForestLayout& forest) {
  const std::size_t rows = forest.nodes.size() * sizeof(ForestLayout::Node) / kForestBytesPerRow;
  const std::size_t most = kMostBlockBytes / (forest.cells() * kRowsTogether * sizeof(float));
  return std::max<std::size_t>(1, std::min(rows / kRowsTogether, most));
}

/// As XGBoost does it (src/common/math.h), in the same order and precision.
void softmax(std::span<float> sums) {
  const float largest = *std::ranges::max_element(sums);
  double total = 0;
  for (float& value : sums) {
    value = std::exp(value - largest);
    total += value;
  }
  for (float& value : sums) value /= static_cast<float>(total);
}

}  // namespace

ForestEvaluator ForestEvaluator::parse(std::string_view ubj) {
  return ForestEvaluator(std::make_unique<const ForestLayout>(read_forest(ubj)));
}

ForestEvaluator::ForestEvaluator(std::unique_ptr<const ForestLayout> forest)
    : forest_(std::move(forest)) {}
ForestEvaluator::~ForestEvaluator() = default;
ForestEvaluator::ForestEvaluator(ForestEvaluator&&) noexcept = default;
ForestEvaluator& ForestEvaluator::operator=(ForestEvaluator&&) noexcept = default;

std::size_t ForestEvaluator::columns() const noexcept {
  return forest_->columns;
}

std::size_t ForestEvaluator::classes() const noexcept {
  return forest_->classes;
}

std::vector<float> ForestEvaluator::evaluate(std::span<const float> rows, unsigned rounds) const {
  const ForestLayout& forest = *forest_;
  const std::size_t count = rows.size() / forest.columns;
  const std::size_t trees = rounds == 0
                                ? forest.trees.size()
                                : std::min(rounds * forest.trees_per_round, forest.trees.size());
  std::vector<float> sums(count * forest.classes, forest.base_score);

  // Whole groups, a block of them at a time, every tree over a block before the next tree.
  const std::size_t group_cells = forest.cells() * kRowsTogether;
  const std::size_t groups = count / kRowsTogether;
  const std::size_t block = std::min(block_groups(forest), groups);
  std::vector<float> cells(std::max(block * group_cells, forest.cells()));
  const auto row = [&](std::size_t i) { return rows.subspan(i * forest.columns, forest.columns); };
  for (std::size_t first = 0; first < groups; first += block) {
    const std::size_t here = std::min(block, groups - first);
    for (std::size_t i = 0; i < here * kRowsTogether; ++i) {
      lay_out<kRowsTogether>(row(first * kRowsTogether + i),
                             cells.data() + i / kRowsTogether * group_cells + i % kRowsTogether);
    }
    for (std::size_t tree = 0; tree < trees; ++tree) {
      for (std::size_t group = 0; group < here; ++group) {
        add_tree(forest, forest.trees[tree], cells.data() + group * group_cells,
                 sums.data() + (first + group) * kRowsTogether * forest.classes);
      }
    }
  }
  // What is left is fewer than a group.
  for (std::size_t i = groups * kRowsTogether; i < count; ++i) {
    lay_out<1>(row(i), cells.data());
    add_row(forest, trees, cells.data(), sums.data() + i * forest.classes);
  }
  for (std::size_t i = 0; i < count; ++i) {
    softmax(std::span(sums).subspan(i * forest.classes, forest.classes));
  }
  return sums;
}

}  // namespace weir
