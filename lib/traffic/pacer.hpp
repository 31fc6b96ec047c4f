// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Keeps an application's messages below its rate.
#pragma once

#include <algorithm>
#include <cstdint>

namespace weir {

/// Gives out the times at which the messages of an application may start, so that there are never
/// more than its rate allows.
class MessagePacer {
 public:
  explicit MessagePacer(double messages_per_s) : interval_ns_(1e9 / messages_per_s) {}

  /// The first free time at or after `now_ns`, which is then taken. Calls come in order of time.
  std::int64_t reserve(std::int64_t now_ns) {
    const double slot = std::max(next_ns_, static_cast<double>(now_ns));
    next_ns_ = slot + interval_ns_;
    return static_cast<std::int64_t>(slot);
  }

 private:
  double interval_ns_;
  double next_ns_ = 0;
};

}  // namespace weir
