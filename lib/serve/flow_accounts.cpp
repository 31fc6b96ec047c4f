// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Verdicts and ends as the accounting knows them.
#include "flow_accounts.hpp"

#include <optional>
#include <utility>

namespace weir {

FlowAccounts::FlowAccounts(const Manifest& manifest, UserSide users)
    : manifest_(manifest),
      accounting_(std::move(users), static_cast<std::uint32_t>(manifest.classes.size() + 1)) {}

void FlowAccounts::verdict(const Verdict& verdict) {
  const auto unknown = static_cast<std::uint32_t>(manifest_.classes.size());
  const std::uint32_t index = verdict.answer.known ? verdict.answer.class_index : unknown;
  if (verdict.provisional()) {
    accounting_.classify(verdict.flow_id, index);
  } else {
    accounting_.end({verdict.flow_id, verdict.tuple, verdict.packets, verdict.bytes}, index);
  }
}

void FlowAccounts::ended(const FlowTotals& flow) {
  accounting_.end(flow, std::nullopt);
}

std::vector<Usage> FlowAccounts::take(std::size_t series, const FlowStream& open) {
  open.visit([this](const FlowHead& flow) { accounting_.add(FlowTotals::of(flow)); });
  return accounting_.take(series);
}

}  // namespace weir
