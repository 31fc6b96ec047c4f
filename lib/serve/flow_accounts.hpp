// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The accounting of flows that are being classified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "weir/model/flow_classifier.hpp"
#include "weir/shape/accounting.hpp"

namespace weir {

/// Brings verdicts, ends and open flows to an Accounting in an order in which each packet counts
/// once and nothing is remembered of flows that are over. Classes are those of the model, then
/// Unknown, then that of flows before their first verdict.
class FlowAccounts {
 public:
  /// `flows` and `manifest` have to outlive this.
  FlowAccounts(FlowClassifier& flows, const Manifest& manifest, UserSide users);
  FlowAccounts(const FlowAccounts&) = delete;
  FlowAccounts& operator=(const FlowAccounts&) = delete;

  /// In the order in which the classifier hands them out.
  void verdict(const Verdict& verdict);
  /// To be called when all verdicts that were due have come: at the end of each round.
  void settle();
  /// The usage since the last call with this series (of Accounting). After settle().
  std::vector<Usage> take(std::size_t series);

  /// Flows of which something is remembered: after settle() open ones only.
  std::size_t flows() const noexcept { return accounting_.flows(); }

 private:
  bool has_final_verdict(const FlowHead& flow) const noexcept;

  FlowClassifier& flows_;
  const Manifest& manifest_;
  Accounting accounting_;
  std::vector<FlowTotals> ended_;  // without a final verdict; an early one may be due still
};

}  // namespace weir
