// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Random bytes to send: drawn once, handed out from random places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checksum.hpp"
#include "weir/base/random.hpp"
#include "weir/traffic/craft.hpp"

namespace weir {

/// Looks like encrypted content, costs no generator call per byte and no pass over the bytes for
/// their checksum.
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
    sums_.push_back(0);
    for (std::size_t start = 0; start < bytes_.size(); start += kStep) {
      bytes_[start] = static_cast<std::uint8_t>(0x40U | (bytes_[start] & 0x3fU));
      bytes_[start + 1] |= 0xc0U;
      sums_.push_back(sums_.back() + fold(add_words(0, &bytes_[start], kStep)));
    }
  }

  /// `count` bytes, at most kMaxTake; valid as long as the pool. The first two are in [0x40, 0x80)
  /// and [0xc0, 0x100): what begins otherwise is now and then taken for RTCP, SigComp, TLS or CLTP
  /// by analysers that guess the protocol, and reported as malformed.
  PacketPayload take(std::size_t count) {
    const std::size_t step = random_.below((bytes_.size() - count) / kStep + 1);
    const std::size_t steps = count / kStep;
    const std::span<const std::uint8_t> bytes = std::span(bytes_).subspan(step * kStep, count);
    const std::uint32_t whole = sums_[step + steps] - sums_[step];
    return {bytes, add_words(whole, bytes.data() + steps * kStep, count % kStep)};
  }

 private:
  /// Payloads start at multiples of it.
  static constexpr std::size_t kStep = 64;

  Random random_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint32_t> sums_;  // of all bytes before a step
};

}  // namespace weir
