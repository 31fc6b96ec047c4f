// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows to rows, and what decides which rows come out as text.
#include "weir/feature/extractor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "weir/base/error.hpp"
#include "weir/feature/flow_stream.hpp"

namespace weir {

ExtractCounts& ExtractCounts::operator+=(const ExtractCounts& other) noexcept {
  decode += other.decode;
  bytes += other.bytes;
  flows += other.flows;
  rows += other.rows;
  evicted += other.evicted;
  return *this;
}

struct FlowExtractor::State {
  FlowStream flows;
};

FlowExtractor::FlowExtractor(const ExtractorSettings& settings, Emit emit)
    : FlowExtractor(settings, FlowSelection(settings.first_packets), std::move(emit)) {}

FlowExtractor::FlowExtractor(const ExtractorSettings& settings, FlowSelection selection, Emit emit)
    : state_(new State{{settings, std::move(selection), std::move(emit)}}) {}

FlowExtractor::~FlowExtractor() = default;

void FlowExtractor::add(std::span<const RawPacket> packets) {
  state_->flows.add(packets);
}

void FlowExtractor::finish() {
  state_->flows.finish();
}

std::span<const Feature> FlowExtractor::features() const noexcept {
  return state_->flows.features();
}

ExtractCounts FlowExtractor::counts() const {
  return state_->flows.counts();
}

void parse_emit_at(std::string_view text, ExtractorSettings& settings) {
  settings.emit_at.clear();
  settings.emit_at_end = false;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), count);
    if (item == "end") {
      settings.emit_at_end = true;
    } else if (error == std::errc{} && end == item.data() + item.size() && count > 0) {
      settings.emit_at.push_back(count);
    } else {
      throw UsageError(
          fmt::format("not a packet count: '{}' (write counts and 'end', like 5,10,20,end)", item));
    }
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  std::ranges::sort(settings.emit_at);
  settings.emit_at.erase(std::unique(settings.emit_at.begin(), settings.emit_at.end()),
                         settings.emit_at.end());
}

std::string format_emit_at(const ExtractorSettings& settings) {
  std::string text;
  for (const std::uint32_t count : settings.emit_at) {
    text += (text.empty() ? "" : ",") + std::to_string(count);
  }
  if (settings.emit_at_end) text += text.empty() ? "end" : ",end";
  return text;
}

}  // namespace weir
