// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Lists that may be long, in a line.
#pragma once

#include <string>
#include <vector>

namespace weir {

/// "a, b, c, d, e and 232 more".
std::string name_some(const std::vector<std::string>& names);

}  // namespace weir
