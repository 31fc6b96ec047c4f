// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The accounting of flows that are being classified.
#pragma once

#include <cstddef>
#include <vector>

#include "weir/model/flow_classifier.hpp"
#include "weir/shape/accounting.hpp"

namespace weir {

/// Brings verdicts, ends and open flows to an Accounting: each packet counts once, and nothing is
/// remembered of flows that are over. Classes are those of the model, then Unknown, then that of
/// flows before their first verdict.
class FlowAccounts {
 public:
  /// `manifest` has to outlive this.
  FlowAccounts(const Manifest& manifest, UserSide users);

  /// In the order in which the classifier hands them out.
  void verdict(const Verdict& verdict);
  /// A flow without a final verdict is over, and all its verdicts have come.
  void ended(const FlowTotals& flow);
  /// The usage since the last call with this series (of Accounting), open flows included.
  std::vector<Usage> take(std::size_t series, const FlowStream& open);

  /// Flows of which something is remembered.
  std::size_t flows() const noexcept { return accounting_.flows(); }

 private:
  const Manifest& manifest_;
  Accounting accounting_;
};

}  // namespace weir
