// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// How many threads "all of them" is.
#include "weir/base/parallel.hpp"

#include <algorithm>

namespace weir {

unsigned resolve_threads(unsigned requested) noexcept {
  return requested > 0 ? requested : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace weir
