// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Labels and units of some rows.
#include "dealt_rows.hpp"

#include <set>

namespace weir {

DealtRows::DealtRows(const Dataset& data, std::span<const std::size_t> rows,
                     const SplitUnits& of_table) {
  for (const std::size_t row : rows) {
    labels.push_back(data.labels[row]);
    if (!of_table.of_row.empty()) units.push_back(of_table.of_row[row]);
  }
  const std::set<std::uint32_t> different(units.begin(), units.end());
  count = of_table.of_row.empty() ? rows.size() : different.size();
}

}  // namespace weir
