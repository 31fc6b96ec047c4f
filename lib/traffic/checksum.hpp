// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The Internet checksum (RFC 1071), over words as they lie in memory: its result does not depend on
// the byte order (section 2(B)), so nothing is swapped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

/// Adds the 16-bit words at `at` to `sum`, an odd last byte as if a zero followed it.
inline std::uint64_t add_words(std::uint64_t sum, const std::uint8_t* at,
                               std::size_t bytes) noexcept {
  // Four bytes at a time: 2^16 is 1 in one's complement, so the halves may be added up later.
  for (; bytes >= 4; bytes -= 4, at += 4) {
    std::uint32_t words = 0;
    std::memcpy(&words, at, sizeof words);
    sum += words;
  }
  std::uint32_t rest = 0;
  std::memcpy(&rest, at, bytes);
  return sum + rest;
}

/// The sum in 16 bits, carries added.
inline std::uint16_t fold(std::uint64_t sum) noexcept {
  sum = (sum & 0xffffffffU) + (sum >> 32U);
  sum = (sum & 0xffffU) + (sum >> 16U);
  sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>((sum & 0xffffU) + (sum >> 16U));
}

}  // namespace weir
