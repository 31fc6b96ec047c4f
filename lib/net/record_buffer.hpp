// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The window through which capture files are read: whole records, without copying them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "weir/base/file.hpp"

namespace weir {

/// A buffer over an InputFile. Pointers into it live until the next request() that has to read.
class RecordBuffer {
 public:
  explicit RecordBuffer(InputFile file);

  /// True when `bytes` bytes are at data() without reading.
  bool holds(std::size_t bytes) const noexcept { return end_ - begin_ >= bytes; }

  /// Reads until `bytes` bytes are at data(); false when the file ends before. Throws Error, and
  /// Interrupted.
  bool request(std::size_t bytes);

  const std::uint8_t* data() const noexcept { return bytes_.data() + begin_; }
  std::size_t available() const noexcept { return end_ - begin_; }

  /// Goes on to the next record.
  void consume(std::size_t bytes) noexcept { begin_ += bytes; }

  /// Skips `bytes` bytes, which need not fit into the buffer; fewer when the file ends before.
  /// Returns how many.
  std::size_t skip(std::size_t bytes);

  /// Reads to the end of the file; how many bytes that were, those in the buffer included.
  std::uint64_t drain();

  const std::string& name() const noexcept { return file_.name(); }

 private:
  bool fill();

  InputFile file_;
  std::vector<std::uint8_t> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace weir
