// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Work spread over threads with results taken in order, so that output never depends on threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace weir {

/// The number of threads for an option where 0 means "as many as the machine has".
unsigned resolve_threads(unsigned requested) noexcept;

/// Calls `produce(i)` for i in [0, count) on up to `threads` threads and `consume(i, result)` on
/// the calling thread in the order of i. At most 2 x `threads` results wait at a time. The first
/// exception, in the order of i, is rethrown after all threads have ended.
template <typename Produce, typename Consume>
void parallel_ordered(std::size_t count, unsigned threads, Produce produce, Consume consume) {
  using Result = decltype(produce(std::size_t{}));
  threads = resolve_threads(threads);
  if (threads < 2 || count < 2) {
    for (std::size_t i = 0; i < count; ++i) consume(i, produce(i));
    return;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::size_t, Result> ready;
  std::map<std::size_t, std::exception_ptr> failed;
  std::size_t next_to_start = 0;
  std::size_t next_to_consume = 0;
  bool stop = false;
  const std::size_t window = 2 * static_cast<std::size_t>(threads);

  auto work = [&] {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] {
        return stop || next_to_start >= count || next_to_start < next_to_consume + window;
      });
      if (stop || next_to_start >= count) return;
      const std::size_t i = next_to_start++;
      lock.unlock();
      std::exception_ptr error;
      try {
        Result result = produce(i);
        lock.lock();
        ready.emplace(i, std::move(result));
      } catch (...) {
        error = std::current_exception();
        lock.lock();
        failed.emplace(i, error);
      }
      changed.notify_all();
    }
  };

  std::vector<std::jthread> workers;
  for (unsigned t = 0; t < threads; ++t) workers.emplace_back(work);

  std::exception_ptr first_error;
  for (std::size_t i = 0; i < count && !first_error; ++i) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ready.contains(i) || failed.contains(i); });
    if (auto error = failed.find(i); error != failed.end()) {
      first_error = error->second;
      break;
    }
    auto node = ready.extract(i);
    next_to_consume = i + 1;
    lock.unlock();
    changed.notify_all();
    try {
      consume(i, std::move(node.mapped()));
    } catch (...) {
      first_error = std::current_exception();
    }
  }
  {
    const std::lock_guard lock(mutex);
    stop = true;
  }
  changed.notify_all();
  workers.clear();
  if (first_error) std::rethrow_exception(first_error);
}

}  // namespace weir
