// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The table of flow features: name, unit, meaning and computation of each in one place.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flow_summary.hpp"
#include "weir/feature/schema.hpp"

namespace weir {

/// Columns that are computed together: all or none.
struct FlowColumns {
  /// Writes the columns' values, decimals as their features say, to out[0], out[1] and so on.
  using Write = void (*)(FlowSummary& flow, Side side, std::span<std::int64_t> out);

  std::vector<Feature> features;
  Write write;
  Side side;
  bool needs_packets = true;  ///< false: FlowRecord::counts() and the flow's own times suffice
};

/// All of them, in the order of the table.
std::vector<FlowColumns> flow_columns(unsigned first_packets);

}  // namespace weir
