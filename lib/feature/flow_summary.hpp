// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A flow's statistics as the feature table writes them, each computed when it is first asked for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "short_flow.hpp"
#include "weir/flow/flow_record.hpp"

namespace weir {

/// Whose packets a feature speaks of. The bigger direction is the one that carried more payload
/// bytes, then packets, then bytes; full ties go to the initiator.
enum class Side : std::uint8_t { forward, backward, both, bigger, smaller };

/// Bins of the feature table's histograms.
inline constexpr std::size_t kShareBins = 8;
/// Numbers of values in these bins.
using ShareCounts = std::array<std::uint64_t, kShareBins>;

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
  /// Which direction a side is; kBothSides of both.
  std::size_t index_of(Side side) noexcept;
  std::uint64_t direction_changes() noexcept;

  const Distribution& sizes(Side side) noexcept;
  const Distribution& gaps(Side side) noexcept;
  const Moments& messages(Side side) noexcept;
  /// As far as within the first kKeptPackets packets.
  const MessageList& opening() noexcept;
  const FlowStatistics::Bursts& bursts() noexcept;
  const Moments& active() noexcept;
  const Moments& idle() noexcept;

  /// Of a direction.
  ShareCounts size_shares(Side side) noexcept;
  ShareCounts gap_shares(Side side) noexcept;

 private:
  std::size_t bigger() noexcept;

  /// Each fills the members named after it, if they are not filled yet.
  void need_sizes() noexcept;
  void need_gaps() noexcept;
  void need_messages() noexcept;
  void need_activity() noexcept;

  const FlowRecord& flow_;
  const FlowStatistics* const statistics_;  // none: a short flow
  std::optional<ShortFlow> short_;          // none: a long flow

  BySide<SideTotals> totals_{};
  static constexpr std::size_t kUnknown = 3;
  std::size_t bigger_ = kUnknown;

  bool has_sizes_ = false;
  BySide<Moments> sizes_;
  BySide<bool> has_size_distribution_{};
  BySide<Distribution> size_distributions_;

  bool has_gaps_ = false;
  BySide<Moments> gaps_;
  BySide<bool> has_gap_distribution_{};
  BySide<Distribution> gap_distributions_;

  bool has_messages_ = false;
  BySide<Moments> messages_;
  std::optional<MessageList> opening_;

  bool has_activity_ = false;
  FlowStatistics::Bursts bursts_;
  Moments active_;
  Moments idle_;
};

}  // namespace weir
