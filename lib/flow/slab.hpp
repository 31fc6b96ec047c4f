// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Objects of one type that are known by 32-bit numbers and never move.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>
#include <vector>

#include "table_memory.hpp"

namespace weir {

/// No object of a slab.
inline constexpr std::uint32_t kNoNumber = 0xffffffffU;

/// Memory is taken in blocks of about 64 KB and not touched before it is used; released objects are
/// used again, the latest first.
template <typename T>
class Slab {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  static_assert(sizeof(T) >= sizeof(std::uint32_t));

 public:
  /// The number of an object in its initial state.
  std::uint32_t acquire() {
    const std::uint32_t number = free_ != kNoNumber ? free_ : fresh();
    if (number == free_) std::memcpy(&free_, address(number), sizeof free_);
    new (address(number)) T{};
    return number;
  }

  /// Takes back an object of acquire().
  void release(std::uint32_t number) noexcept {
    std::memcpy(address(number), &free_, sizeof free_);
    free_ = number;
  }

  /// Numbers from here on were never given out.
  std::uint32_t used() const noexcept { return used_; }

  T& operator[](std::uint32_t number) const noexcept {
    return *std::launder(reinterpret_cast<T*>(address(number)));
  }

 private:
  static constexpr std::uint32_t kPerBlock =
      static_cast<std::uint32_t>(std::bit_floor((std::size_t{64} << 10U) / sizeof(T)));

  std::byte* address(std::uint32_t number) const noexcept {
    return blocks_[number / kPerBlock] + number % kPerBlock * sizeof(T);
  }

  std::uint32_t fresh() {
    if (used_ % kPerBlock == 0) blocks_.push_back(memory_.take());
    return used_++;
  }

  TableBlocks<kPerBlock * sizeof(T)> memory_;
  std::vector<std::byte*> blocks_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNoNumber;  // the first of a chain through the released objects
};

}  // namespace weir
