// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// An end that comes whatever the rest of the program is doing.
#pragma once

#include <cstdint>
#include <functional>
#include <thread>

namespace weir {

/// Calls a function once, when the program is asked to stop or a time is over: within 50 ms, and
/// from a thread of its own, for what must not wait for a loop that may be stuck in a write.
class StopAlarm {
 public:
  /// `after_ns` from now; 0 = only when the program is asked to stop. `ring` must not throw.
  StopAlarm(std::int64_t after_ns, std::function<void()> ring);
  /// Does not ring any more; where it rings just now, waits for the end of that.
  ~StopAlarm();
  StopAlarm(const StopAlarm&) = delete;
  StopAlarm& operator=(const StopAlarm&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace weir
