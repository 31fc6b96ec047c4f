// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Memory in pages of 2 MB.
#pragma once

#include <cstddef>

namespace weir {

/// Asks the kernel for huge pages in this part of memory, which is to be filled: 2 MB are then got
/// at once, and need one entry of its tables. Advice only: where there are none, all works the
/// same.
void advise_huge_pages(const void* memory, std::size_t bytes) noexcept;

}  // namespace weir
