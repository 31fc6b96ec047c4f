// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The version of the suite.
#pragma once

#include <string_view>

namespace weir {

/// "MAJOR.MINOR.PATCH".
std::string_view version() noexcept;

}  // namespace weir
