// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tells the suite's own tables from others by their columns.
#pragma once

#include <string>
#include <vector>

#include "weir/model/dataset.hpp"

namespace weir {

/// Which of the suite's tables has these columns.
TableSchema recognise(const std::vector<std::string>& header);

/// True for columns of the suite's own tables that hold words.
bool is_text(const TableSchema& schema, const std::string& column);

}  // namespace weir
