// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tells the suite's own tables from others by their columns.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "weir/model/dataset.hpp"

namespace weir {

/// Which of the suite's tables has these columns.
TableSchema recognise(const std::vector<std::string>& header);

/// The columns of one of the suite's own tables that hold words, not numbers.
std::set<std::string> text_columns(const TableSchema& schema);

}  // namespace weir
