// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The identity of a flow: its five-tuple, direction removed.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

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
};

/// A well-mixed hash, the same on every platform.
std::uint64_t hash(const FlowKey& key) noexcept;

}  // namespace weir
