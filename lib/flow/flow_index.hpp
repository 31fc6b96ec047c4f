// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The hash table of open flows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "open_flow.hpp"

namespace weir {

/// Open addressing with linear probing; four slots fit into a cache line. Erasing moves later slots
/// back instead of leaving marks, so a table that lives for weeks stays as fast as a new one.
class FlowIndex {
 public:
  FlowIndex() : slots_(kFirstSlots) {}

  void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  }

  /// Nothing when no flow has this key.
  OpenFlow* find(std::uint64_t hash, const FlowKey& key) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].record != nullptr; at = (at + 1) & mask) {
      if (slots_[at].hash == hash && slots_[at].record->key == key) return slots_[at].record;
    }
    return nullptr;
  }

  /// The first record whose hash agrees: nearly always the one that find() gives, without touching
  /// it.
  OpenFlow* guess(std::uint64_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at].record != nullptr; at = (at + 1) & mask) {
      if (slots_[at].hash == hash) return slots_[at].record;
    }
    return nullptr;
  }

  /// Adds a record whose key is not in the table.
  void insert(std::uint64_t hash, OpenFlow* record) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    place({hash, record});
    ++size_;
  }

  /// Removes a record that is in the table.
  void erase(std::uint64_t hash, const OpenFlow* record) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t hole = hash & mask;
    while (slots_[hole].record != record) hole = (hole + 1) & mask;
    for (std::size_t at = (hole + 1) & mask; slots_[at].record != nullptr; at = (at + 1) & mask) {
      // A slot may move back to the hole unless that is before its home.
      const std::size_t home = slots_[at].hash & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    --size_;
  }

  std::size_t size() const noexcept { return size_; }

  /// All records, in no order.
  std::vector<OpenFlow*> records() const {
    std::vector<OpenFlow*> all;
    all.reserve(size_);
    for (const Slot& slot : slots_) {
      if (slot.record != nullptr) all.push_back(slot.record);
    }
    return all;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    OpenFlow* record = nullptr;
  };
  static constexpr std::size_t kFirstSlots = 64;

  void place(const Slot& slot) noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.hash & mask;
    while (slots_[at].record != nullptr) at = (at + 1) & mask;
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.record != nullptr) place(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace weir
