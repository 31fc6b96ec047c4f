// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A table that is easy to learn.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "weir/base/random.hpp"
#include "weir/model/dataset.hpp"

namespace weir::test {

/// Three classes told apart by "size" alone; "noise" is noise and "absent" mostly not there.
inline Dataset three_bands(std::uint64_t seed, std::size_t rows) {
  Random random(seed);
  Dataset data;
  data.files = {"bands.csv"};
  data.features = {"noise", "size", "absent"};
  data.classes = {"large", "medium", "small"};
  data.matrix.columns = 3;
  for (std::size_t i = 0; i < rows; ++i) {
    const double size = random.uniform(0, 300);
    data.matrix.values.push_back(static_cast<float>(random.normal(0, 1)));
    data.matrix.values.push_back(static_cast<float>(size));
    data.matrix.values.push_back(random.chance(0.1) ? 1.0F
                                                    : std::numeric_limits<float>::quiet_NaN());
    data.labels.push_back(size > 200 ? 0 : size > 100 ? 1 : 2);
  }
  return data;
}

inline std::vector<std::size_t> all_rows(const Dataset& data) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < data.rows(); ++row) rows.push_back(row);
  return rows;
}

}  // namespace weir::test
