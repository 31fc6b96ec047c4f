// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A tracker and what makes its flows rows.
#include "weir/feature/flow_stream.hpp"

#include <utility>

#include "flow_rows.hpp"
#include "flow_tracker.hpp"

namespace weir {

struct FlowStream::State {
  State(const ExtractorSettings& settings, FlowSelection features, Emit receiver)
      : selection(std::move(features)),
        emit(std::move(receiver)),
        rows(selection),
        tracker(settings, selection, [this](const FlowRecord& flow) { emit(rows.make(flow)); }) {}

  FlowSelection selection;
  Emit emit;
  FlowRowMaker rows;
  FlowTracker tracker;
};

FlowStream::FlowStream(const ExtractorSettings& settings, FlowSelection selection, Emit emit)
    : state_(std::make_unique<State>(settings, std::move(selection), std::move(emit))) {}

FlowStream::~FlowStream() = default;

void FlowStream::add(std::span<const RawPacket> packets) {
  state_->tracker.add(packets);
}

void FlowStream::advance_to(std::int64_t time_ns) {
  state_->tracker.advance_to(time_ns);
}

void FlowStream::finish() {
  state_->tracker.finish();
}

void FlowStream::visit(const Watch& show) const {
  state_->tracker.visit(show);
}

std::size_t FlowStream::open_flows() const noexcept {
  return state_->tracker.open_flows();
}

void FlowStream::watch_ends(Watch ended) {
  state_->tracker.watch_ends(std::move(ended));
}

std::span<const Feature> FlowStream::features() const noexcept {
  return state_->selection.features();
}

ExtractCounts FlowStream::counts() const {
  return state_->tracker.counts();
}

}  // namespace weir
