// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The version, as the build knows it.
#include "weir/base/version.hpp"

namespace weir {

std::string_view version() noexcept {
  return WEIR_VERSION;
}

}  // namespace weir
