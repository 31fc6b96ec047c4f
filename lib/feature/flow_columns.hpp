// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The table of flow features: name, unit, meaning and computation of each in one place.
#pragma once

#include <cstddef>
#include <vector>

#include "flow_summary.hpp"
#include "weir/feature/schema.hpp"

namespace weir {

/// One numeric behaviour column.
struct FlowColumn {
  using Value = double (*)(const FlowSummary& flow, Side side, std::size_t index);

  Feature feature;
  Value value;
  Side side;
  std::size_t index;  ///< of the bin, flag or packet that the column speaks of

  double operator()(const FlowSummary& flow) const { return value(flow, side, index); }
};

/// All of them, in the order of the table; `protocol` and `packets` come first.
std::vector<FlowColumn> flow_columns(unsigned first_packets);

}  // namespace weir
