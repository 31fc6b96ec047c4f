// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What is computed from the kept packets of a flow, one by one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "weir/flow/flow_record.hpp"

namespace weir {

/// What a part speaks of: the directions by their number, then both.
template <typename T>
using BySide = std::array<T, 3>;
inline constexpr std::size_t kForward = 0;
inline constexpr std::size_t kBackward = 1;
inline constexpr std::size_t kBothSides = 2;

/// One side's packets.
struct SideTotals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< IP lengths
  std::uint64_t payload_bytes = 0;
  std::uint64_t data_packets = 0;  ///< with payload
};

/// Values of a short flow, one by one.
struct Series {
  std::array<std::uint64_t, kKeptPackets> values;
  std::size_t count = 0;

  std::span<const std::uint64_t> all() const noexcept { return {values.data(), count}; }
  Moments moments() const noexcept;
  /// Ascending, in place.
  void sort() noexcept;
};

/// The packets of a flow without FlowStatistics, as series of numbers.
struct ShortFlow {
  explicit ShortFlow(const FlowRecord& flow) noexcept;

  BySide<SideTotals> totals{};
  std::uint64_t direction_changes = 0;
  BySide<Series> sizes;  ///< IP lengths
  BySide<Series> gaps;   ///< nanoseconds
};

/// Runs of packets with payload from one end, ended by payload from the other end. The directions
/// take turns.
struct MessageList {
  /// Of the first kKeptPackets packets at most.
  explicit MessageList(const FlowRecord& flow) noexcept;

  std::size_t direction_of(std::size_t message) const noexcept { return (first + message) % 2; }

  std::array<std::uint64_t, kKeptPackets> bytes;  ///< of payload, in order
  std::size_t count = 0;
  std::size_t first = kForward;  ///< direction of the first
};

/// Runs of a short flow's packets.
struct ShortActivity {
  explicit ShortActivity(const FlowRecord& flow) noexcept;

  FlowStatistics::Bursts bursts;
  Moments active;
  Moments idle;
};

}  // namespace weir
