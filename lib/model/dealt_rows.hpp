// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Some rows of a table, made ready to be dealt to folds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/split_units.hpp"

namespace weir {

/// What folds are dealt from: SplitInput of these rows, in their order.
struct DealtRows {
  DealtRows(const Dataset& data, std::span<const std::size_t> rows, const SplitUnits& of_table);

  std::vector<std::uint32_t> labels;
  std::vector<std::uint32_t> units;  ///< empty: each row is its own
  std::size_t count = 0;             ///< of the units
};

}  // namespace weir
