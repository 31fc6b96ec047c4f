// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets in, feature rows out: the one extractor behind every tool, offline and live.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/decimal.hpp"
#include "weir/base/units.hpp"
#include "weir/feature/flow_selection.hpp"
#include "weir/flow/flow_key.hpp"
#include "weir/flow/flow_record.hpp"
#include "weir/net/decode.hpp"
#include "weir/net/source.hpp"

namespace weir {

/// What decides which rows come out. A model's manifest carries these.
struct ExtractorSettings {
  std::int64_t idle_timeout_ns = 120 * kNanosPerSecond;
  std::int64_t active_timeout_ns = 1800 * kNanosPerSecond;
  unsigned first_packets = 20;  ///< packets whose size and inter-arrival time get a column each
  std::vector<std::uint32_t>
      emit_at;              ///< packet counts at which a provisional row is emitted, ascending
  bool emit_at_end = true;  ///< a row when the flow ends
  std::uint64_t min_packets = 1;  ///< final rows of smaller flows are not emitted
  TunnelView tunnel = TunnelView::inner;
  /// Flows open at once, 0 = no bound; one more ends the flow that is idle longest. What this
  /// machine can afford (at most 1 KB a flow), not what a feature means: models do not remember it.
  std::size_t max_flows = 1'000'000;

  bool operator==(const ExtractorSettings&) const = default;
};

/// Parses "5,10,20,end" into emit_at and emit_at_end. Throws UsageError.
void parse_emit_at(std::string_view text, ExtractorSettings& settings);
/// Inverse of parse_emit_at().
std::string format_emit_at(const ExtractorSettings& settings);

/// One emitted row; the views are valid during the call that delivers it.
struct FlowRow {
  std::uint64_t flow_id = 0;  ///< numbered from 1 in the order of first packets
  FiveTuple tuple;            ///< initiator first
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;  ///< time of the last packet so far
  FlowEndReason end_reason = FlowEndReason::none;
  std::uint64_t packets = 0;
  std::optional<TunnelEnds> outer;       ///< of a flow inside a tunnel
  std::uint64_t bytes = 0;               ///< frames on the wire
  std::span<const std::int64_t> values;  ///< of the selected features: decimals (base/decimal.hpp)
  std::span<const std::uint8_t> decimals;  ///< of each value
  std::span<const DecimalRun> runs;        ///< the same, for loops over all values

  /// A value as a model sees it, and as it comes back from a CSV; NaN = absent.
  float number(std::size_t feature) const {
    return static_cast<float>(decimal_to_double(values[feature], decimals[feature]));
  }
};

/// What became of the packets of one source.
struct ExtractCounts {
  DecodeCounts decode;        ///< every packet read
  std::uint64_t bytes = 0;    ///< original lengths of all packets read
  std::uint64_t flows = 0;    ///< final rows, also those below min_packets
  std::uint64_t rows = 0;     ///< rows emitted
  std::uint64_t evicted = 0;  ///< flows ended early to keep to max_flows

  ExtractCounts& operator+=(const ExtractCounts& other) noexcept;
};

/// Turns the packets of one source into flow rows. The same packets give the same rows, bit for
/// bit, whatever their batches and wherever they come from.
class FlowExtractor {
 public:
  using Emit = std::function<void(const FlowRow&)>;

  /// Rows of all features.
  FlowExtractor(const ExtractorSettings& settings, Emit emit);
  /// Rows of some; `selection` decides how many first packets have columns.
  FlowExtractor(const ExtractorSettings& settings, FlowSelection selection, Emit emit);
  ~FlowExtractor();

  /// Adds packets in the order of their arrival.
  void add(std::span<const RawPacket> packets);

  /// Ends all flows (forced_end), in the order of their first packets.
  void finish();

  /// What FlowRow::values are values of, in order.
  std::span<const Feature> features() const noexcept;

  ExtractCounts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
