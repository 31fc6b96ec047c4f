// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The flows of a source while it goes on: what is behind FlowExtractor, and more for live sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "weir/feature/extractor.hpp"
#include "weir/flow/flow_table.hpp"

namespace weir {

/// A FlowExtractor for sources that may be silent, whose flows can be looked at between their rows.
class FlowStream {
 public:
  using Emit = FlowExtractor::Emit;
  /// Is shown flows, one after the other.
  using Watch = std::function<void(const FlowHead&)>;

  FlowStream(const ExtractorSettings& settings, FlowSelection selection, Emit emit);
  ~FlowStream();

  /// Adds packets in the order of their arrival.
  void add(std::span<const RawPacket> packets);

  /// Ends the flows that have expired by `time_ns`. Where no packet is added afterwards with an
  /// earlier time, the rows are the same as without this.
  void advance_to(std::int64_t time_ns);

  /// Ends all flows (forced_end), in the order of their first packets.
  void finish();

  /// Shows all open flows, in no order.
  void visit(const Watch& show) const;
  std::size_t open_flows() const noexcept;

  /// From now on `ended` gets every flow that ends, before its row and also where it has none.
  void watch_ends(Watch ended);

  /// What FlowRow::values are values of, in order.
  std::span<const Feature> features() const noexcept;

  ExtractCounts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
