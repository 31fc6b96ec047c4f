// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Streams of compressed bytes, told apart by their first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace weir {

/// Fed with blocks of compressed bytes, gives decompressed ones. Several compressed streams may
/// follow one another, as `cat a.gz b.gz` makes them.
class Decompressor {
 public:
  /// The one for data that starts like this; null for plain data.
  static std::unique_ptr<Decompressor> for_magic(std::span<const std::uint8_t> start);

  virtual ~Decompressor() = default;

  /// The next block; it has to live until take() gives 0.
  virtual void feed(std::span<const std::uint8_t> compressed) = 0;

  /// Decompresses into `buffer`; 0 when the block is used up, or damaged.
  virtual std::size_t take(std::span<std::uint8_t> buffer) = 0;

  virtual bool damaged() const noexcept = 0;

  /// True between two streams: the data may end here.
  virtual bool at_boundary() const noexcept = 0;
};

}  // namespace weir
