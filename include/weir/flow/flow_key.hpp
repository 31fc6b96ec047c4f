// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The identity of a flow: its five-tuple, direction removed.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "weir/net/packet.hpp"

namespace weir {

/// The two ends of a conversation in the order in which they were asked about.
struct FiveTuple {
  IpAddress src;
  IpAddress dst;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint8_t protocol = 0;

  auto operator<=>(const FiveTuple&) const = default;
};

/// A five-tuple whose lower end (address, then port) comes first, so that both directions of a flow
/// have the same key.
struct FlowKey {
  IpAddress low;
  IpAddress high;
  std::uint16_t low_port = 0;
  std::uint16_t high_port = 0;
  std::uint8_t protocol = 0;

  static FlowKey of(const FiveTuple& tuple) noexcept;

  auto operator<=>(const FlowKey&) const = default;
  /// Without a branch: nearly all comparisons are of equal keys.
  bool operator==(const FlowKey& other) const noexcept;
};

/// A well-mixed hash, the same on every platform.
std::uint64_t hash(const FlowKey& key) noexcept;

inline bool FlowKey::operator==(const FlowKey& other) const noexcept {
  const auto differ = [](const IpAddress& a, const IpAddress& b) {
    std::array<std::uint64_t, 2> x{};
    std::array<std::uint64_t, 2> y{};
    std::memcpy(x.data(), a.bytes.data(), sizeof x);
    std::memcpy(y.data(), b.bytes.data(), sizeof y);
    return (x[0] ^ y[0]) | (x[1] ^ y[1]);
  };
  const int rest =
      (low_port ^ other.low_port) | (high_port ^ other.high_port) | (protocol ^ other.protocol);
  return (differ(low, other.low) | differ(high, other.high) | static_cast<std::uint64_t>(rest)) ==
         0;
}

}  // namespace weir
