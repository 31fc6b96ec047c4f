// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The stop flag.
#include "weir/base/interrupt.hpp"

#include <atomic>

#include "weir/base/error.hpp"

namespace weir {
namespace {

std::atomic<bool> stop_flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

}  // namespace

void request_stop() noexcept {
  stop_flag.store(true, std::memory_order_relaxed);
}

bool stop_requested() noexcept {
  return stop_flag.load(std::memory_order_relaxed);
}

void check_interrupted() {
  if (stop_requested()) throw Interrupted();
}

}  // namespace weir
