// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows of the flow table: from a flow to values, from values to text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flow_columns.hpp"
#include "weir/feature/extractor.hpp"
#include "weir/feature/flow_selection.hpp"
#include "weir/feature/table_row.hpp"

namespace weir {

/// Computes the selected features of one flow after the other. Each thread has its own.
class FlowRowMaker {
 public:
  explicit FlowRowMaker(const FlowSelection& selection);

  /// The row's values are valid until the next call.
  FlowRow make(const FlowRecord& flow);

 private:
  /// Columns of which at least one is selected.
  struct Step {
    FlowColumns::Write write;
    Side side;
    std::size_t first;  // of its values in computed_
    std::size_t count;
    // Columns of the bigger or the smaller direction: copied from those of the directions, by
    // their number, which are computed before.
    bool is_copy;
    std::array<std::size_t, 2> same;  // as first
  };
  Step make_step(const FlowColumns& columns, std::size_t first) const;

  std::vector<Step> steps_;
  std::vector<std::int64_t> computed_;
  std::vector<std::size_t> picked_;   // where the selected values stand in computed_
  std::vector<std::int64_t> values_;  // the picked ones; empty where all are
  std::vector<std::uint8_t> decimals_;
  std::vector<DecimalRun> runs_;
};

/// False where a flow table that keeps no packets will do.
bool needs_packets(const FlowSelection& selection);

/// Names of the columns of a flow table: identity, selected features, label. What add_flow_row()
/// writes, in the same order.
std::vector<std::string> flow_table_columns(const FlowSelection& selection);

void add_flow_row(TableRow& out, std::string_view capture, const FlowRow& flow,
                  std::string_view label);

}  // namespace weir
