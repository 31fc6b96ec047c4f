// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Short cuts that packets may take past the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The flow tables that have `interface`, in what "nft list flowtables" prints; each as a warning.
std::vector<std::string> flow_table_bypasses(std::string_view listing, std::string_view interface);

}  // namespace weir
