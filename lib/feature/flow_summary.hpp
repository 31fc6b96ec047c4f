// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A flow's statistics in the units of the feature table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "weir/flow/flow_record.hpp"

namespace weir {

/// Whose packets a feature speaks of. The bigger direction is the one that carried more payload
/// bytes, then packets, then bytes; full ties go to the initiator.
enum class Side : std::uint8_t { forward, backward, both, bigger, smaller };

/// Bins of the feature table's histograms.
inline constexpr std::size_t kShareBins = 8;

/// Of a series of sizes (bytes) or gaps (seconds); all NaN where the series is empty.
struct Distribution {
  double min, max, mean, std, q25, q50, q75;
};

/// One side's packets.
struct SideSummary {
  double packets, bytes, payload_bytes, data_packets;
  Distribution sizes;
  Distribution iats;
  double message_count;
  Distribution messages;  ///< quartiles are not kept: NaN
};

struct FlowSummary {
  explicit FlowSummary(const FlowRecord& flow);

  const SideSummary& of(Side side) const noexcept;
  /// Forward or backward.
  std::size_t direction_of(Side side) const noexcept;

  /// Histograms of the feature table, 8 bins: shares of the direction's packets, or gaps.
  double size_share(std::size_t direction, std::size_t bin) const noexcept;
  double iat_share(std::size_t direction, std::size_t bin) const noexcept;

  /// The n-th packet of the flow, from 0, if it has so many and they were kept.
  std::optional<FlowPacket> packet(std::size_t n) const noexcept;

  const FlowRecord& flow;
  const FlowContext& context;
  double duration_s;
  FlowStatistics::Bursts bursts;
  Moments active;
  Moments idle() const noexcept { return statistics_->idle(); }
  double direction_changes() const noexcept {
    return static_cast<double>(statistics_->direction_changes());
  }

 private:
  const FlowStatistics* statistics_;
  std::optional<FlowStatistics> replayed_;
  std::array<SideSummary, 3> sides_;
  std::size_t bigger_;
};

}  // namespace weir
