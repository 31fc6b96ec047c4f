// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Integers out of packet and file bytes of either byte order.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace weir {

static_assert(std::endian::native == std::endian::little, "byte swaps below assume it");

template <typename Integer>
Integer load_little(const std::uint8_t* at) noexcept {
  Integer value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

inline std::uint16_t load_big16(const std::uint8_t* at) noexcept {
  return __builtin_bswap16(load_little<std::uint16_t>(at));
}

inline std::uint32_t load_big32(const std::uint8_t* at) noexcept {
  return __builtin_bswap32(load_little<std::uint32_t>(at));
}

}  // namespace weir
