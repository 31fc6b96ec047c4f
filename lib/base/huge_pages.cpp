// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Advice on pages.
#include "weir/base/huge_pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <memory>

namespace weir {

void advise_huge_pages(const void* memory, std::size_t bytes) noexcept {
  void* first_page = const_cast<void*>(memory);
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (std::align(page_bytes, page_bytes, first_page, bytes) == nullptr) return;
  ::madvise(first_page, bytes, MADV_HUGEPAGE);
}

}  // namespace weir
