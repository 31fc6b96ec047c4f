// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A thread that looks at the stop flag and at the clock.
#include "weir/base/stop_alarm.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "blocked_signals.hpp"
#include "weir/base/interrupt.hpp"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookTime{50};  // at the stop flag, which nobody announces

void wait_and_ring(const std::stop_token& cancelled, Clock::time_point end,
                   const std::function<void()>& ring) {
  std::mutex mutex;
  std::condition_variable_any nothing;  // wakes up only to be cancelled
  std::unique_lock lock(mutex);
  while (!stop_requested() && Clock::now() < end) {
    const auto next = std::min(end, Clock::now() + kLookTime);
    nothing.wait_until(lock, cancelled, next, [] { return false; });
    if (cancelled.stop_requested()) return;
  }
  ring();
}

}  // namespace

StopAlarm::StopAlarm(std::int64_t after_ns, std::function<void()> ring) {
  const auto end =
      after_ns == 0 ? Clock::time_point::max() : Clock::now() + std::chrono::nanoseconds(after_ns);
  const BlockedSignals blocked;
  thread_ = std::jthread([end, ring = std::move(ring)](const std::stop_token& cancelled) {
    wait_and_ring(cancelled, end, ring);
  });
}

StopAlarm::~StopAlarm() = default;

}  // namespace weir
