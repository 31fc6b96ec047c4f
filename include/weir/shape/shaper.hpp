// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A policy at work on an interface, from start to stop.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "weir/shape/kernel.hpp"
#include "weir/shape/marker.hpp"

namespace weir {

/// What a live classifier owns: it starts the shaping, hands over verdicts as they come and ticks.
/// Not for several threads at once.
class Shaper {
 public:
  /// Throws UsageError where the policy does not fit the target. Changes nothing yet.
  Shaper(Policy policy, const ShapingTarget& target, std::unique_ptr<Kernel> kernel);
  /// Stops where stop() was not called.
  ~Shaper();
  Shaper(const Shaper&) = delete;
  Shaper& operator=(const Shaper&) = delete;

  const ShapingPlan& plan() const noexcept { return plan_; }

  /// Throws Error; then nothing has changed.
  void start();

  /// A verdict on a flow (see Marker). Needs start().
  void verdict(const FiveTuple& flow, std::string_view class_name, double confidence,
               VerdictStage stage);
  void ended(const FiveTuple& flow);

  /// To be called often: sends what has gathered every 50 ms.
  void tick(std::int64_t now_ns);

  /// Takes everything back, unless the target says to keep it. Throws Error.
  void stop();

  /// Flows that their guard has demoted, up to stop(). Throws Error.
  std::uint64_t demoted();

  /// Of the marker; zeros before start().
  MarkerCounts counts() const noexcept;

 private:
  Policy policy_;
  ShapingPlan plan_;
  std::unique_ptr<Kernel> kernel_;
  std::optional<Marker> marker_;
  std::uint64_t demoted_ = 0;  // what the kernel said last
};

}  // namespace weir
