// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Canonical five-tuples, their hash, and the names of flow end reasons.
#include "weir/flow/flow_key.hpp"

#include <bit>
#include <cstring>
#include <tuple>

#include "weir/flow/flow_record.hpp"

namespace weir {

namespace {

std::uint64_t half(const IpAddress& address, std::size_t offset) noexcept {
  std::uint64_t value = 0;
  std::memcpy(&value, address.bytes.data() + offset, sizeof value);
  // The hash must not depend on the machine: bytes are taken as little-endian everywhere.
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

/// Address, then port, as their bytes are ordered.
auto rank(const IpAddress& address, std::uint16_t port) noexcept {
  return std::tuple(__builtin_bswap64(half(address, 0)), __builtin_bswap64(half(address, 8)), port);
}

/// Folds the 128-bit product of two words: one multiplication mixes all bits (Wang Yi's wyhash).
std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace

FlowKey FlowKey::of(const FiveTuple& tuple) noexcept {
  if (rank(tuple.src, tuple.src_port) <= rank(tuple.dst, tuple.dst_port)) {
    return {tuple.src, tuple.dst, tuple.src_port, tuple.dst_port, tuple.protocol};
  }
  return {tuple.dst, tuple.src, tuple.dst_port, tuple.src_port, tuple.protocol};
}

std::uint64_t hash(const FlowKey& key) noexcept {
  constexpr std::uint64_t k0 = 0xa0761d6478bd642fU;
  constexpr std::uint64_t k1 = 0xe7037ed1a0b428dbU;
  constexpr std::uint64_t k2 = 0x8ebc6af09c88c6e3U;
  const std::uint64_t rest = std::uint64_t{key.low_port} | std::uint64_t{key.high_port} << 16U |
                             std::uint64_t{key.protocol} << 32U;
  const std::uint64_t low = mix(half(key.low, 0) ^ k0, half(key.low, 8) ^ k1);
  const std::uint64_t high = mix(half(key.high, 0) ^ k1, half(key.high, 8) ^ k2);
  return mix(low ^ rest ^ k2, high ^ k0);
}

std::string_view to_string(FlowEndReason reason) noexcept {
  switch (reason) {
    case FlowEndReason::none:
      return "none";
    case FlowEndReason::idle_timeout:
      return "idle_timeout";
    case FlowEndReason::active_timeout:
      return "active_timeout";
    case FlowEndReason::end_of_flow:
      return "end_of_flow";
    case FlowEndReason::forced_end:
      return "forced_end";
    case FlowEndReason::lack_of_resources:
      return "lack_of_resources";
  }
  return "none";
}

}  // namespace weir
