// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What the packets of open flows add up to.
#pragma once

#include <functional>
#include <memory>

#include "weir/flow/flow_record.hpp"
#include "weir/flow/flow_steps.hpp"
#include "weir/flow/flow_table.hpp"

namespace weir {

/// The packets of the flows of one lane: the first ones themselves, then their statistics.
class FlowContents {
 public:
  using Emit = FlowTable::Emit;

  /// `settings` of the table whose steps will come.
  explicit FlowContents(const FlowTableSettings& settings);
  ~FlowContents();
  FlowContents(FlowContents&&) noexcept;
  FlowContents& operator=(FlowContents&&) noexcept;

  /// Adds, shows and forgets as the steps say, which continue those of the call before.
  void follow(const FlowLane& lane, const Emit& emit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
