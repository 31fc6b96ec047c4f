// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Who tells the accounting of a flow's end: its final verdict, or where there is none, its end.
#include "flow_accounts.hpp"

#include <optional>
#include <utility>

namespace weir {

FlowAccounts::FlowAccounts(FlowClassifier& flows, const Manifest& manifest, UserSide users)
    : flows_(flows),
      manifest_(manifest),
      accounting_(std::move(users), static_cast<std::uint32_t>(manifest.classes.size() + 1)) {
  flows_.flows().watch_ends([this](const FlowHead& flow) {
    if (!has_final_verdict(flow)) ended_.push_back(FlowTotals::of(flow));
  });
}

void FlowAccounts::verdict(const Verdict& verdict) {
  const auto unknown = static_cast<std::uint32_t>(manifest_.classes.size());
  const std::uint32_t index = verdict.answer.known ? verdict.answer.class_index : unknown;
  if (verdict.provisional()) {
    accounting_.classify(verdict.flow_id, index);
  } else {
    accounting_.end({verdict.flow_id, verdict.tuple, verdict.packets, verdict.bytes}, index);
  }
}

void FlowAccounts::settle() {
  for (const FlowTotals& flow : ended_) accounting_.end(flow, std::nullopt);
  ended_.clear();
}

std::vector<Usage> FlowAccounts::take(std::size_t series) {
  flows_.flows().visit([this](const FlowHead& flow) { accounting_.add(FlowTotals::of(flow)); });
  return accounting_.take(series);
}

bool FlowAccounts::has_final_verdict(const FlowHead& flow) const noexcept {
  return manifest_.extractor.emit_at_end && flow.packets >= manifest_.extractor.min_packets;
}

}  // namespace weir
