// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The one privilege that shaping needs.
#pragma once

#include <string>

namespace weir {

bool has_net_admin() noexcept;

/// Throws Error "`what`: CAP_NET_ADMIN is missing" with the remedy, unless this process has it.
void require_net_admin(const std::string& what);

/// Lets programs that this process starts have CAP_NET_ADMIN too (an ambient capability,
/// Linux 4.3): with file capabilities on weir alone, tc would have none. Async-signal-safe.
void share_net_admin() noexcept;

}  // namespace weir
