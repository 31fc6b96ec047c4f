// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Memory of tables that are read in no order, where each access may miss a page and a cache line.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <numeric>
#include <utility>
#include <vector>

#include "weir/base/huge_pages.hpp"

namespace weir {

inline constexpr std::size_t kCacheLineBytes = 64;
inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20U;

/// For std::free(), not touched yet, on whole cache lines; what is a multiple of kHugePageBytes, on
/// whole huge pages. Throws std::bad_alloc.
inline std::byte* allocate_table_memory(std::size_t bytes) {
  const bool is_large = bytes % kHugePageBytes == 0;
  void* const memory = std::aligned_alloc(is_large ? kHugePageBytes : kCacheLineBytes, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<std::byte*>(memory);
}

/// Of a std::vector whose size is a power of two and which is filled at once.
template <typename T>
struct TableAllocator {
  using value_type = T;

  TableAllocator() = default;
  template <typename U>
  explicit TableAllocator(const TableAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    std::byte* const memory = allocate_table_memory(bytes);
    if (bytes % kHugePageBytes == 0) advise_huge_pages(memory, bytes);
    return reinterpret_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) noexcept { std::free(memory); }

  bool operator==(const TableAllocator&) const = default;
};

/// Blocks of kBytes each, which is a multiple of cache lines; all are freed together. As soon as
/// the blocks of a huge page are all in use it is made one: before, it would take memory that the
/// table may never need.
template <std::size_t kBytes>
class TableBlocks {
  static_assert(kBytes % kCacheLineBytes == 0);

 public:
  /// One more, not touched yet. Those before it are taken to be in use from the first byte to the
  /// last.
  std::byte* take() {
    if (page_ != nullptr && next_ >= page_ + kHugePageBytes) {
      collapse(page_);
      page_ += kHugePageBytes;
    }
    if (left_ == 0) {
      const bool is_large = pieces_.size() >= kFewBlocks;
      left_ = is_large ? kPieceBytes / kBytes : 1;
      pieces_.emplace_back(allocate_table_memory(left_ * kBytes));
      next_ = pieces_.back().get();
      page_ = is_large ? next_ : nullptr;
    }
    --left_;
    return std::exchange(next_, next_ + kBytes);
  }

 private:
  static constexpr std::size_t kFewBlocks = kHugePageBytes / kBytes;
  static constexpr std::size_t kPieceBytes = std::lcm(kBytes, kHugePageBytes);
  struct Free {
    void operator()(std::byte* piece) const noexcept { std::free(piece); }
  };

  /// Linux before 6.1 cannot, and leaves it as it is.
  static void collapse(std::byte* page) noexcept {
    constexpr int kCollapse = 25;  // MADV_COLLAPSE, which <sys/mman.h> of glibc 2.36 does not have
    ::madvise(page, kHugePageBytes, kCollapse);
  }

  std::vector<std::unique_ptr<std::byte, Free>> pieces_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;       // blocks of the latest piece from next_ on
  std::byte* page_ = nullptr;  // the first of its huge pages that is not one yet
};

}  // namespace weir
