// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From captured packets to those flows that get a row, with the account of every packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "packet_decoder.hpp"
#include "weir/feature/extractor.hpp"
#include "weir/flow/flow_table.hpp"

namespace weir {

/// Decoder and flow table of one source. decode() may run on one thread while add() runs on
/// another, ahead of it; each has to see the source's packets in the order of their arrival.
class FlowTracker {
 public:
  using Watch = std::function<void(const FlowHead&)>;

  /// Of flows, what the selected features need is remembered. `emit` gets each flow that has a row,
  /// ended or at a checkpoint.
  FlowTracker(const ExtractorSettings& settings, const FlowSelection& features,
              FlowTable::Emit emit);
  /// With a FlowTable of so many lanes.
  FlowTracker(const ExtractorSettings& settings, const FlowSelection& features, std::size_t lanes,
              FlowTable::Take take);
  FlowTracker(const FlowTracker&) = delete;
  FlowTracker& operator=(const FlowTracker&) = delete;

  /// Puts those of `raw` that belong to flows into the front of `packets`, which has room for all;
  /// returns how many.
  std::size_t decode(std::span<const RawPacket> raw, std::span<FlowArrival> packets);

  void add(std::span<const FlowArrival> packets) { table_.add(packets); }

  /// Both in turn, few packets at a time.
  void add(std::span<const RawPacket> raw);

  /// FlowTable::advance_to().
  void advance_to(std::int64_t time_ns) { table_.advance_to(time_ns); }

  /// FlowTable::visit().
  void visit(const Watch& show) const { table_.visit(show); }
  std::size_t open_flows() const noexcept { return table_.open_flows(); }

  /// From now on `ended` gets every flow that ends, before its row and also where it has none.
  void watch_ends(Watch ended) { ended_ = std::move(ended); }

  /// Ends all flows.
  void finish() { table_.finish(); }

  /// Of all packets so far; not while another thread is in decode().
  ExtractCounts counts() const;

 private:
  /// Packets between two updates of the flow table: few enough to stay in the first-level cache.
  static constexpr std::size_t kBatch = 128;

  FlowTableSettings asking(FlowTableSettings settings);
  bool has_row(const FlowHead& flow);

  std::uint64_t min_packets_;
  bool emit_at_end_;
  Watch ended_;
  PacketDecoder decoder_;
  ExtractCounts counts_;  // of flows and rows
  FlowTable table_;
};

/// Of a flow table that remembers what the selected features need.
FlowTableSettings flow_table_settings(const ExtractorSettings& settings,
                                      const FlowSelection& features);

}  // namespace weir
