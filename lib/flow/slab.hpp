// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Objects of one type that are known by 32-bit numbers and never move.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

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
  struct Free {
    void operator()(std::byte* block) const noexcept {
      ::operator delete (block, std::align_val_t{alignof(T)});
    }
  };

  std::byte* address(std::uint32_t number) const noexcept {
    return blocks_[number / kPerBlock].get() + number % kPerBlock * sizeof(T);
  }

  std::uint32_t fresh() {
    if (used_ % kPerBlock == 0) {
      void* const block = ::operator new (kPerBlock * sizeof(T), std::align_val_t{alignof(T)});
      blocks_.emplace_back(static_cast<std::byte*>(block));
    }
    return used_++;
  }

  std::vector<std::unique_ptr<std::byte, Free>> blocks_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNoNumber;  // the first of a chain through the released objects
};

}  // namespace weir
