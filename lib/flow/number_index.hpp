// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A hash table from keys that lie elsewhere to 32-bit numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "slab.hpp"
#include "table_memory.hpp"

namespace weir {

/// Open addressing with linear probing; eight slots fit into a cache line. Erasing moves later
/// slots back instead of leaving marks, so a table that lives for weeks stays as fast as a new one.
class NumberIndex {
 public:
  NumberIndex() : slots_(kFirstSlots) {}

  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[home(hash)]); }

  /// The number under this hash that `is_it(number)` accepts; kNoNumber when there is none.
  template <typename Accept>
  std::uint32_t find(std::uint64_t hash, const Accept& is_it) const noexcept {
    const auto part = static_cast<std::uint32_t>(hash);
    for (std::size_t at = home(hash); slots_[at].number != kNoNumber; at = next(at)) {
      if (slots_[at].hash == part && is_it(slots_[at].number)) return slots_[at].number;
    }
    return kNoNumber;
  }

  /// Adds a number whose key is not in the table.
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (8 * (size_ + 1) > 7 * slots_.size()) grow();
    place({static_cast<std::uint32_t>(hash), number});
    ++size_;
  }

  /// Puts `now` where `before` is.
  void replace(std::uint64_t hash, std::uint32_t before, std::uint32_t now) noexcept {
    slots_[slot_of(hash, before)].number = now;
  }

  /// Removes a number that is in the table.
  void erase(std::uint64_t hash, std::uint32_t number) noexcept {
    std::size_t hole = slot_of(hash, number);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = next(hole); slots_[at].number != kNoNumber; at = next(at)) {
      // A slot may move back to the hole unless that is before its home.
      if (((at - home(slots_[at].hash)) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    --size_;
  }

  std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNoNumber;
  };
  using Slots = std::vector<Slot, TableAllocator<Slot>>;
  static constexpr std::size_t kFirstSlots = 64;

  std::size_t home(std::uint64_t hash) const noexcept { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  std::size_t slot_of(std::uint64_t hash, std::uint32_t number) const noexcept {
    std::size_t at = home(hash);
    while (slots_[at].number != number) at = next(at);
    return at;
  }

  void place(const Slot& slot) noexcept {
    std::size_t at = home(slot.hash);
    while (slots_[at].number != kNoNumber) at = next(at);
    slots_[at] = slot;
  }

  void grow() {
    Slots old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNoNumber) place(slot);
    }
  }

  Slots slots_;  // a power of two (at most 2^32), at most 7/8 full
  std::size_t size_ = 0;
};

}  // namespace weir
