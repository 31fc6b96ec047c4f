// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Block-wise reading of capture files.
#include "record_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

// read(2) in blocks of this size is faster than mapping the file: no page faults.
constexpr std::size_t kBlockBytes = 256U << 10U;

}  // namespace

RecordBuffer::RecordBuffer(InputFile file) : file_(std::move(file)), bytes_(kBlockBytes) {}

/// Reads more behind what is there; false at the end of the file.
bool RecordBuffer::fill() {
  check_interrupted();
  const std::size_t count = file_.read({bytes_.data() + end_, bytes_.size() - end_});
  end_ += count;
  return count > 0;
}

bool RecordBuffer::request(std::size_t bytes) {
  if (holds(bytes)) return true;
  if (begin_ > 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (bytes > bytes_.size()) bytes_.resize(bytes);
  while (!holds(bytes)) {
    if (!fill()) return false;
  }
  return true;
}

std::size_t RecordBuffer::skip(std::size_t bytes) {
  std::size_t skipped = 0;
  for (;;) {
    const std::size_t step = std::min(bytes - skipped, available());
    begin_ += step;
    skipped += step;
    if (skipped == bytes) return skipped;
    begin_ = end_ = 0;
    if (!fill()) return skipped;
  }
}

std::uint64_t RecordBuffer::drain() {
  std::uint64_t bytes = 0;
  do {
    bytes += available();
    begin_ = end_ = 0;
  } while (fill());
  return bytes;
}

}  // namespace weir
