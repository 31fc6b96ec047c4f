// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Random bytes to send: drawn once, handed out from random places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weir/base/random.hpp"

namespace weir {

/// Looks like encrypted content, costs no generator call per byte.
class PayloadPool {
 public:
  static constexpr std::size_t kMaxTake = 128U << 10U;

  explicit PayloadPool(Random random) : random_(random), bytes_(2 * kMaxTake) {
    for (std::size_t i = 0; i < bytes_.size(); i += sizeof(std::uint64_t)) {
      const std::uint64_t word = random_.next();
      for (std::size_t b = 0; b < sizeof word; ++b) {
        bytes_[i + b] = static_cast<std::uint8_t>(word >> (8 * b));
      }
    }
  }

  /// `count` bytes, at most kMaxTake; valid as long as the pool. The first two are in [0x40, 0x80)
  /// and [0xc0, 0x100): what begins otherwise is now and then taken for RTCP, SigComp, TLS or CLTP
  /// by analysers that guess the protocol, and reported as malformed.
  std::span<const std::uint8_t> take(std::size_t count) {
    const std::size_t last = bytes_.size() - count - 2;
    std::size_t offset = random_.below(last + 1);
    while (bytes_[offset] >> 6U != 1 || bytes_[offset + 1] >> 6U != 3) {
      offset = offset < last ? offset + 1 : 0;
    }
    return std::span(bytes_).subspan(offset, count);
  }

 private:
  Random random_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace weir
