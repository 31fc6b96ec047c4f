// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ends of flows that no verdict tells of.
#pragma once

#include <utility>
#include <vector>

#include "weir/model/flow_classifier.hpp"
#include "weir/shape/accounting.hpp"

namespace weir {

/// Flows that ended without a final verdict: the model gives none, or they were too short. They are
/// kept until take(), because an early verdict on them may be due still.
class UnansweredEnds {
 public:
  struct End {
    FlowTotals flow;
    FlowEndReason reason;
  };

  /// `flows` has to outlive this; nobody else may watch its ends.
  UnansweredEnds(FlowClassifier& flows, const ExtractorSettings& settings)
      : is_answered_at_end_(settings.emit_at_end), min_packets_(settings.min_packets) {
    flows.flows().watch_ends([this](const FlowHead& flow) {
      if (!is_answered_at_end_ || flow.packets < min_packets_)
        ended_.push_back({FlowTotals::of(flow), flow.reason});
    });
  }
  UnansweredEnds(const UnansweredEnds&) = delete;
  UnansweredEnds& operator=(const UnansweredEnds&) = delete;

  /// Those since the last call. To be called when all verdicts that were due have been handed out.
  std::vector<End> take() { return std::exchange(ended_, {}); }

 private:
  bool is_answered_at_end_;
  std::uint64_t min_packets_;
  std::vector<End> ended_;
};

}  // namespace weir
