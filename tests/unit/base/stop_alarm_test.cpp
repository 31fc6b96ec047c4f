// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The alarm rings when its time is over, once, and not after it was taken back. (That a signal
// makes it ring is for the tests that send signals.)
#include "weir/base/stop_alarm.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

using weir::StopAlarm;

namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Waits for it, but not for ever.
bool becomes(const std::atomic<int>& value, int wanted) {
  for (int i = 0; i < 2000 && value != wanted; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return value == wanted;
}

}  // namespace

TEST_CASE("an alarm rings once, after its time, while its owner does something else") {
  std::atomic<int> rung{0};
  const auto start = std::chrono::steady_clock::now();
  const StopAlarm alarm(120 * kMs, [&] { ++rung; });
  CHECK(becomes(rung, 1));
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(120));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  CHECK(rung == 1);
}

TEST_CASE("an alarm that was taken back, or has no time, does not ring") {
  std::atomic<int> rung{0};
  const auto start = std::chrono::steady_clock::now();
  {
    const StopAlarm alarm(3'600'000 * kMs, [&] { ++rung; });
  }
  {
    const StopAlarm alarm(0, [&] { ++rung; });
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
  CHECK(rung == 0);
}

TEST_CASE("an alarm that is ringing is waited for") {
  std::atomic<int> rung{0};
  {
    const StopAlarm alarm(1, [&] {
      rung = 1;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      rung = 2;
    });
    REQUIRE(becomes(rung, 1));
  }
  CHECK(rung == 2);
}
