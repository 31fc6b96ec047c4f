// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Memory for text that is written a million times.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace weir {

/// Grows like a string, but is filled through a pointer: reserve once, write many fields, commit.
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept { *this = std::move(other); }
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  ~TextBuffer() = default;

  /// Where the next `room` bytes may be written; valid until the next call of anything.
  char* reserve(std::size_t room) {
    if (capacity_ - size_ < room) grow(room);
    return memory_.get() + size_;
  }
  /// `end` of what was written behind reserve()'s answer.
  void commit(const char* end) noexcept { size_ = static_cast<std::size_t>(end - memory_.get()); }

  void append(std::string_view text) {
    char* const out = reserve(text.size());
    commit(std::copy(text.begin(), text.end(), out));
  }

  std::string_view view() const noexcept { return {memory_.get(), size_}; }
  void clear() noexcept { size_ = 0; }

 private:
  void grow(std::size_t room) {
    const std::size_t capacity = std::max(2 * capacity_, size_ + room);
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
    memory_ = std::move(memory);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> memory_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace weir
