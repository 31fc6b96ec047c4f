// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decode, table, and which flows get a row.
#include "flow_tracker.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "flow_rows.hpp"

namespace weir {

FlowTracker::FlowTracker(const ExtractorSettings& settings, const FlowSelection& features,
                         FlowTable::Emit emit)
    : min_packets_(settings.min_packets),
      emit_at_end_(settings.emit_at_end),
      decoder_(settings.tunnel),
      table_(asking(flow_table_settings(settings, features)), std::move(emit)) {}

FlowTracker::FlowTracker(const ExtractorSettings& settings, const FlowSelection& features,
                         std::size_t lanes, FlowTable::Take take)
    : min_packets_(settings.min_packets),
      emit_at_end_(settings.emit_at_end),
      decoder_(settings.tunnel),
      table_(asking(flow_table_settings(settings, features)), lanes, std::move(take)) {}

std::size_t FlowTracker::decode(std::span<const RawPacket> raw, std::span<FlowArrival> packets) {
  std::size_t count = 0;
  decoder_.decode(raw, [&](const Packet& packet) { packets[count++] = FlowArrival::of(packet); });
  return count;
}

void FlowTracker::add(std::span<const RawPacket> raw) {
  std::array<FlowArrival, kBatch> batch;
  while (!raw.empty()) {
    const auto some = raw.first(std::min(raw.size(), kBatch));
    table_.add(std::span<const FlowArrival>(batch.data(), decode(some, batch)));
    raw = raw.subspan(some.size());
  }
}

ExtractCounts FlowTracker::counts() const {
  ExtractCounts counts = counts_;
  decoder_.count_in(counts);
  return counts;
}

/// Has the table ask which flows get a row.
FlowTableSettings FlowTracker::asking(FlowTableSettings settings) {
  settings.shows = [this](const FlowHead& flow) { return has_row(flow); };
  return settings;
}

bool FlowTracker::has_row(const FlowHead& flow) {
  if (flow.reason != FlowEndReason::none) {
    ++counts_.flows;
    if (ended_) ended_(flow);
    if (flow.reason == FlowEndReason::lack_of_resources) ++counts_.evicted;
    if (!emit_at_end_ || flow.packets < min_packets_) return false;
  }
  ++counts_.rows;
  return true;
}

FlowTableSettings flow_table_settings(const ExtractorSettings& settings,
                                      const FlowSelection& features) {
  FlowTableSettings table;
  table.idle_timeout_ns = settings.idle_timeout_ns;
  table.active_timeout_ns = settings.active_timeout_ns;
  table.checkpoints = settings.emit_at;
  table.kept_packets = features.first_packets();
  table.keeps_packets = needs_packets(features);
  table.max_flows = settings.max_flows;
  return table;
}

}  // namespace weir
