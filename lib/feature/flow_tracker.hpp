// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From captured packets to those flows that get a row, with the account of every packet.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>

#include "weir/feature/extractor.hpp"
#include "weir/flow/flow_table.hpp"
#include "weir/net/fragments.hpp"

namespace weir {

/// Decoder and flow table of one source. decode() may run on one thread while add() runs on
/// another, ahead of it; each has to see the source's packets in the order of their arrival.
class FlowTracker {
 public:
  using Emit = std::function<void(const FlowRecord&)>;

  /// Of flows, what the selected features need is remembered. `emit` gets each flow that has a row,
  /// ended or at a checkpoint.
  FlowTracker(const ExtractorSettings& settings, const FlowSelection& features, Emit emit);
  FlowTracker(const FlowTracker&) = delete;
  FlowTracker& operator=(const FlowTracker&) = delete;

  /// Puts those of `raw` that belong to flows into the front of `packets`, which has room for all;
  /// returns how many.
  std::size_t decode(std::span<const RawPacket> raw, std::span<Packet> packets);

  void add(std::span<const Packet> packets) { table_.add(packets); }

  /// Both in turn, few packets at a time.
  void add(std::span<const RawPacket> raw);

  /// Ends all flows.
  void finish() { table_.finish(); }

  /// Of all packets so far; not while another thread is in decode().
  ExtractCounts counts() const;

 private:
  /// Packets between two updates of the flow table: few enough to stay in the first-level cache.
  static constexpr std::size_t kBatch = 32;

  void take(const FlowRecord& flow);

  std::uint64_t min_packets_;
  bool emit_at_end_;
  Emit emit_;
  Decoder decoder_;
  std::uint64_t bytes_ = 0;
  ExtractCounts counts_;  // of flows and rows
  FlowTable table_;
  std::array<Packet, kBatch> batch_;
};

}  // namespace weir
