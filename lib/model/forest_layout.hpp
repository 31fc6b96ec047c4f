// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How trees lie in memory to be walked fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {

/// Trees that one row walks together, so that the processor waits for all of them at once.
inline constexpr std::size_t kTreesTogether = 16;

/// A forest in one array of nodes, tree after tree, each in breadth-first order.
///
/// Rows are compared in cells: cell f holds the value of feature f, or +infinity where that is
/// absent; cell columns + f the same with -infinity; the last one NaN. A node that sends absent
/// values left looks at the second kind, so that no step has to ask whether a value is there. A
/// leaf compares with the NaN, which is never true, and its left child is itself.
struct ForestLayout {
  struct Node {
    float threshold = 0;     ///< smaller values go left; of a leaf: what it adds to its class
    std::uint32_t path = 0;  ///< the cell in the low cell_bits; above, how many nodes on the left
                             ///< child lies, which the right one follows
  };
  struct Tree {
    std::uint32_t root = 0;
    std::uint32_t class_index = 0;
    std::uint32_t depth = 0;  ///< steps to its deepest leaf
  };

  std::size_t columns = 0;
  std::size_t classes = 0;
  std::size_t trees_per_round = 0;
  float base_score = 0;  ///< where the sum of each class starts
  unsigned cell_bits = 0;
  std::vector<Node> nodes;
  std::vector<Tree> trees;           ///< in XGBoost's order
  std::vector<std::uint32_t> depth;  ///< of the deepest of each kTreesTogether trees

  std::size_t cells() const noexcept { return 2 * columns + 1; }
};

/// Reads XGBoost's UBJ. Throws Error.
ForestLayout read_forest(std::string_view ubj);

}  // namespace weir
