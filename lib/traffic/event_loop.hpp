// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Waits for sockets and for points in time, whichever comes first.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "socket.hpp"

namespace weir {

/// epoll(7) with timers on the monotonic clock; time 0 is the construction.
class EventLoop {
 public:
  /// Throws Error.
  EventLoop();

  std::int64_t now_ns() const noexcept;
  /// Epoch time of time 0.
  std::int64_t epoch_ns() const noexcept { return epoch_ns_; }

  /// Reports `key` whenever the socket can be read, and with `for_writing` also when it can be
  /// written to; replaces what was said of the socket before. Throws Error.
  void watch(const Descriptor& socket, std::uint64_t key, bool for_writing = false);
  void forget(const Descriptor& socket) noexcept;

  /// Reports `key` once at `time_ns`.
  void set_timer(std::int64_t time_ns, std::uint64_t key) { timers_.push({time_ns, key}); }

  /// Reports all due timers, then waits for sockets until the next timer or `until_ns`, and reports
  /// those that are ready. Returns early when a signal comes. Throws Error.
  void run_once(std::int64_t until_ns,
                const std::function<void(std::uint64_t key, std::int64_t time_ns)>& on_timer,
                const std::function<void(std::uint64_t key, std::uint32_t events)>& on_socket);

 private:
  struct Timer {
    std::int64_t time_ns;
    std::uint64_t key;

    bool operator>(const Timer& timer) const noexcept { return time_ns > timer.time_ns; }
  };

  Descriptor epoll_;
  std::int64_t origin_ns_;
  std::int64_t epoch_ns_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<Timer> due_;
};

}  // namespace weir
