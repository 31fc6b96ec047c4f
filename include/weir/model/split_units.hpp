// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a split must not take apart: the rows of a capture, of a family, of hosts that talk to each
// other, of a flow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/split.hpp"

namespace weir {

/// By what rows are told apart into those to train on and those to measure on.
enum class SplitBy : std::uint8_t {
  group,  ///< the table's groups: captures, or families of captures
  host,   ///< no address is on both sides
  time,   ///< the earlier rows to train on, the later ones to measure on
  row,    ///< any row; those of one flow stay together
};

/// Rows that stay together.
struct SplitUnits {
  std::string kind = {};  ///< "capture", "family", "set of hosts", "flow", "row"
  std::vector<std::uint32_t> of_row =
      {};  ///< per row, from 0 without gaps; empty: each row is its own
  std::size_t count = 0;
};

/// "captures" of "capture", "families" of "family", "sets of hosts" of "set of hosts".
std::string plural(std::string_view kind);

/// The table's own groups; rows where it has none.
SplitUnits units_of_groups(const Dataset& data);

/// Hosts that are connected, directly or by way of others, with all their rows: the finest division
/// in which no address is on both sides. Group and broadcast addresses connect nobody, but the rows
/// of a flow between them stay together. Needs identities; throws UsageError when the rows name no
/// addresses.
SplitUnits units_of_hosts(const Dataset& data);

/// Flows with several rows (one at each of some packet counts) stay whole; otherwise single rows.
SplitUnits units_of_rows(const Dataset& data);

/// The later rows, about `test_share` of all, to measure on, and those that had ended before the
/// first of them began to train on; neither holds rows that were under way at that moment, so the
/// parts may be less than the whole. Needs identities; throws UsageError when the rows have no
/// times, Error when one part would be empty.
Split split_by_time(const Dataset& data, double test_share);

}  // namespace weir
