// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Objects of one type from slabs that are reused and never move.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace weir {

template <typename T>
class Pool {
 public:
  /// An object in its initial state.
  T* acquire() {
    if (free_.empty()) grow();
    T* const object = free_.back();
    free_.pop_back();
    return object;
  }

  /// Takes back an object of acquire().
  void release(T* object) {
    *object = T{};
    free_.push_back(object);
  }

 private:
  // Small at first: most captures hold few flows, and there may be hundreds of captures.
  static constexpr std::size_t kFirstSlab = 16;
  static constexpr std::size_t kDoublings = 6;

  void grow() {
    const std::size_t count = kFirstSlab << std::min<std::size_t>(slabs_.size(), kDoublings);
    slabs_.push_back(std::make_unique<T[]>(count));
    for (std::size_t i = count; i > 0; --i) free_.push_back(&slabs_.back()[i - 1]);
  }

  std::vector<std::unique_ptr<T[]>> slabs_;
  std::vector<T*> free_;
};

}  // namespace weir
