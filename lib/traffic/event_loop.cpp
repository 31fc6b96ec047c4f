// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// epoll with timers.
#include "event_loop.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include "weir/base/error.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

std::int64_t clock_ns(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kNanosPerSecond + now.tv_nsec;
}

}  // namespace

EventLoop::EventLoop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      origin_ns_(clock_ns(CLOCK_MONOTONIC)),
      epoch_ns_(clock_ns(CLOCK_REALTIME)) {
  if (!epoll_.is_open()) throw system_error("cannot wait for sockets", errno);
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // the default, 50 us, is more than a fast sender's interval
}

std::int64_t EventLoop::now_ns() const noexcept {
  return clock_ns(CLOCK_MONOTONIC) - origin_ns_;
}

void EventLoop::watch(const Descriptor& socket, std::uint64_t key, bool for_writing) {
  epoll_event event{};
  event.events = EPOLLIN | (for_writing ? EPOLLOUT : 0U);
  event.data.u64 = key;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, socket.get(), &event) == 0) return;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket.get(), &event) != 0) {
    throw system_error("cannot wait for a socket", errno);
  }
}

void EventLoop::forget(const Descriptor& socket) noexcept {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket.get(), nullptr);
}

void EventLoop::run_once(std::int64_t until_ns,
                         const std::function<void(std::uint64_t, std::int64_t)>& on_timer,
                         const std::function<void(std::uint64_t, std::uint32_t)>& on_socket) {
  // Those that are due now, and no others: what they set anew waits until the sockets had their
  // turn, even if it is overdue.
  due_.clear();
  for (const std::int64_t now = now_ns(); !timers_.empty() && timers_.top().time_ns <= now;) {
    due_.push_back(timers_.top());
    timers_.pop();
  }
  for (const Timer& timer : due_) on_timer(timer.key, timer.time_ns);
  if (!timers_.empty()) until_ns = std::min(until_ns, timers_.top().time_ns);
  const std::int64_t wait_ns = std::max<std::int64_t>(0, until_ns - now_ns());
  const timespec wait{wait_ns / kNanosPerSecond, wait_ns % kNanosPerSecond};
  std::array<epoll_event, 256> events;
  const int count =
      ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &wait, nullptr);
  if (count < 0 && errno != EINTR) throw system_error("cannot wait for sockets", errno);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    on_socket(event.data.u64, event.events);
  }
}

}  // namespace weir
