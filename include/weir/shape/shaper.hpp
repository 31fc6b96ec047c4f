// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A policy at work on an interface, from start to stop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "weir/base/stop_alarm.hpp"
#include "weir/shape/kernel.hpp"
#include "weir/shape/marker.hpp"

namespace weir {

/// What the rules do with flows, for people who watch.
struct RulesState {
  struct Use {
    std::string band;
    std::uint64_t flows = 0;  ///< whose verdict the kernel has
  };
  std::map<std::string, Use, std::less<>> classes;  ///< of the policy
  std::string default_band;
  std::string demoted_band;
  std::uint64_t demoted = 0;  ///< flows that their guard took out of their band
  MarkerCounts marks;
};

/// What a live classifier owns: it starts the shaping, hands over verdicts as they come and ticks.
/// Any thread may call it. Once the shaping has stopped, verdicts and ticks do nothing.
class Shaper {
 public:
  /// Throws UsageError where the policy does not fit the target. Changes nothing yet.
  Shaper(Policy policy, const ShapingTarget& target, std::unique_ptr<Kernel> kernel);
  /// Stops where stop() was not called.
  ~Shaper();
  Shaper(const Shaper&) = delete;
  Shaper& operator=(const Shaper&) = delete;

  const ShapingPlan& plan() const noexcept { return plan_; }

  /// Throws Error; then nothing has changed. The shaping stops by itself when the program is asked
  /// to stop, and after `for_ns` (0 = never): whoever feeds it may be stuck in a write then.
  void start(std::int64_t for_ns = 0);

  /// A verdict on a flow (see Marker). Needs start().
  void verdict(const FiveTuple& flow, std::string_view class_name, double confidence,
               VerdictStage stage);
  void ended(const FiveTuple& flow);

  /// To be called often: sends what has gathered every 50 ms, and brings back the queues of an
  /// interface that went away and came back. `now_ns`: any clock that goes forward.
  void tick(std::int64_t now_ns);

  /// Takes everything back, unless the target says to keep it. May be called again. Throws Error.
  void stop();

  /// Between start() and stop(), whoever stopped it.
  bool is_shaping() const;

  /// Flows that their guard has demoted, up to stop(). Throws Error.
  std::uint64_t demoted();

  /// Where things stand. Throws Error.
  RulesState rules();

  /// Of the marker; zeros before start().
  MarkerCounts counts() const;

 private:
  void stop_by_itself() noexcept;

  mutable std::mutex mutex_;  // of all that follows but the alarm
  Policy policy_;
  ShapingPlan plan_;
  std::unique_ptr<Kernel> kernel_;
  std::optional<Marker> marker_;
  bool is_shaping_ = false;
  std::uint64_t demoted_ = 0;  // what the kernel said last
  std::int64_t next_renewal_ns_ = 0;
  std::optional<StopAlarm> alarm_;
};

}  // namespace weir
