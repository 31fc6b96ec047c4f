// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decode, table, and which flows get a row.
#include "flow_tracker.hpp"

#include <algorithm>
#include <utility>

#include "flow_rows.hpp"

namespace weir {

FlowTracker::FlowTracker(const ExtractorSettings& settings, const FlowSelection& features,
                         Emit emit)
    : min_packets_(settings.min_packets),
      emit_at_end_(settings.emit_at_end),
      emit_(std::move(emit)),
      decoder_(settings.tunnel),
      table_({.idle_timeout_ns = settings.idle_timeout_ns,
              .active_timeout_ns = settings.active_timeout_ns,
              .checkpoints = settings.emit_at,
              .kept_packets = features.first_packets(),
              .keeps_packets = needs_packets(features),
              .max_flows = settings.max_flows},
             [this](const FlowRecord& flow) { take(flow); }) {}

std::size_t FlowTracker::decode(std::span<const RawPacket> raw, std::span<Packet> packets) {
  std::size_t count = 0;
  for (const RawPacket& packet : raw) {
    bytes_ += packet.original_length;
    if (decoder_.decode(packet, packets[count]) == DecodeStatus::decoded) ++count;
  }
  return count;
}

void FlowTracker::add(std::span<const RawPacket> raw) {
  while (!raw.empty()) {
    const auto some = raw.first(std::min(raw.size(), kBatch));
    table_.add({batch_.data(), decode(some, batch_)});
    raw = raw.subspan(some.size());
  }
}

ExtractCounts FlowTracker::counts() const {
  ExtractCounts counts = counts_;
  counts.decode = decoder_.counts();
  counts.bytes = bytes_;
  return counts;
}

void FlowTracker::take(const FlowRecord& flow) {
  if (flow.reason() != FlowEndReason::none) {
    ++counts_.flows;
    if (flow.reason() == FlowEndReason::lack_of_resources) ++counts_.evicted;
    if (!emit_at_end_ || flow.packets() < min_packets_) return;
  }
  ++counts_.rows;
  emit_(flow);
}

}  // namespace weir
