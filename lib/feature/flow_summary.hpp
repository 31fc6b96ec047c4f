// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A flow's statistics as the feature table writes them, each computed when it is first asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "weir/flow/flow_record.hpp"

namespace weir {

/// Whose packets a feature speaks of. The bigger direction is the one that carried more payload
/// bytes, then packets, then bytes; full ties go to the initiator.
enum class Side : std::uint8_t { forward, backward, both, bigger, smaller };

/// Bins of the feature table's histograms.
inline constexpr std::size_t kShareBins = 8;
/// Numbers of values in these bins.
using ShareCounts = std::array<std::uint64_t, kShareBins>;

/// One side's packets.
struct SideTotals {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< IP lengths
  std::uint64_t payload_bytes = 0;
  std::uint64_t data_packets = 0;  ///< with payload
};

/// Of a series of sizes (min and max in bytes, the rest with 3 decimals) or of gaps (nanoseconds,
/// that is seconds with 9 decimals), in the order of their columns; all absent where the series is
/// empty.
struct Distribution {
  std::int64_t min, max, mean, std, q25, q50, q75;
};

/// What a short flow's kept packets, or a long flow's FlowStatistics, add up to. A short flow's
/// quartiles are exact, and computed from its sorted values. Speaks of a flow that must not change
/// meanwhile.
class FlowSummary {
 public:
  explicit FlowSummary(const FlowRecord& flow) noexcept;

  const FlowRecord& flow() const noexcept { return flow_; }
  std::uint64_t duration_ns() const noexcept {
    return static_cast<std::uint64_t>(flow_.last_ns() - flow_.start_ns());
  }
  const SideTotals& totals(Side side) noexcept { return totals_[index_of(side)]; }
  std::uint64_t direction_changes() noexcept;

  const Distribution& sizes(Side side) noexcept;
  const Distribution& gaps(Side side) noexcept;
  const Moments& messages(Side side) noexcept;
  const FlowStatistics::Bursts& bursts() noexcept;
  const Moments& active() noexcept;
  const Moments& idle() noexcept;

  /// Of a direction.
  ShareCounts size_shares(Side side) noexcept;
  ShareCounts gap_shares(Side side) noexcept;

 private:
  /// Values of a short flow, one by one.
  struct Values {
    std::array<std::uint64_t, kKeptPackets> values;
    std::size_t count = 0;

    void add(std::uint64_t value) noexcept { values[count++] = value; }
  };
  /// What a part speaks of: the directions by their number, then both.
  template <typename T>
  using BySide = std::array<T, 3>;
  static constexpr std::size_t kBoth = 2;

  std::size_t index_of(Side side) noexcept;
  std::size_t bigger() noexcept;

  void add_totals() noexcept;
  /// Each fills the members named after it, if they are not filled yet.
  void need_sizes() noexcept;
  void need_gaps() noexcept;
  void need_messages() noexcept;
  void need_activity() noexcept;

  const FlowRecord& flow_;
  const FlowStatistics* const statistics_;  // none: a short flow

  BySide<SideTotals> totals_{};
  static constexpr std::size_t kUnknown = 3;
  std::size_t bigger_ = kUnknown;

  bool has_sizes_ = false;
  BySide<Moments> sizes_;
  BySide<Values> size_values_;
  BySide<bool> has_size_distribution_{};
  BySide<Distribution> size_distributions_;

  bool has_gaps_ = false;
  BySide<Moments> gaps_;
  BySide<Values> gap_values_;
  BySide<bool> has_gap_distribution_{};
  BySide<Distribution> gap_distributions_;

  bool has_messages_ = false;
  BySide<Moments> messages_;

  bool has_activity_ = false;
  FlowStatistics::Bursts bursts_;
  Moments active_;
  Moments idle_;
};

}  // namespace weir
