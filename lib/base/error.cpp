// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Error messages made from errno.
#include "weir/base/error.hpp"

#include <system_error>

namespace weir {

Error system_error(const std::string& what, int errno_value) {
  return Error(what + ": " + std::generic_category().message(errno_value));
}

}  // namespace weir
