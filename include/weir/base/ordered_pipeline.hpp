// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Work on one long stream spread over threads: what must happen in order does, the rest runs
// beside.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "weir/base/parallel.hpp"

namespace weir {

/// Four stages. `read` fills input blocks, one call at a time, ahead of the calling thread. The
/// calling thread takes the blocks in their order by next(), and puts what it makes of them into
/// output blocks: block(), then submit(). `work` finishes output blocks, each in so many lanes:
/// those of one block run side by side, and each lane takes the blocks in order, one after the
/// other. `deliver` gets finished blocks on the calling thread, in the order of submit().
///
/// The calling thread never idles while there is something to read or to work on, so one thread
/// suffices. Blocks are reused: memory is bounded, and blocks keep theirs.
template <typename Input, typename Output>
class OrderedPipeline {
 public:
  struct Stages {
    std::function<bool(Input&)> read;  ///< false at the end: the block is not used then
    /// Called by several threads at once, each with another lane.
    std::function<void(Output&, std::size_t lane)> work;
    std::function<void(Output&)> deliver;  ///< must leave the block ready to be filled again
  };

  /// `threads`: the calling one among them; 0 = one for each core. `make_block` makes the output
  /// blocks.
  OrderedPipeline(unsigned threads, std::size_t lanes, const std::function<Output()>& make_block,
                  Stages stages)
      : stages_(std::move(stages)), inputs_(kInputs), lanes_(lanes) {
    for (std::size_t i = 0; i < kOutputs; ++i) outputs_.push_back(make_block());
    lanes_left_.resize(outputs_.size());
    threads = resolve_threads(threads);
    for (unsigned t = 1; t < threads; ++t) {
      workers_.emplace_back([this] { run_worker(); });
    }
  }

  ~OrderedPipeline() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
  }
  OrderedPipeline(const OrderedPipeline&) = delete;
  OrderedPipeline& operator=(const OrderedPipeline&) = delete;

  /// The next input block, valid until the next call; nothing at the end. Rethrows what a stage
  /// threw.
  Input* next() {
    std::unique_lock lock(mutex_);
    if (holds_input_) {
      holds_input_ = false;
      ++inputs_released_;
      changed_.notify_one();
    }
    for (;;) {
      rethrow();
      if (inputs_read_ > inputs_released_) {
        holds_input_ = true;
        return &inputs_[inputs_released_ % inputs_.size()];
      }
      if (can_read()) {
        run_read(lock);
      } else if (at_end_) {
        return nullptr;
      } else if (Lane* const lane = next_lane()) {
        run_work(lock, *lane);
      } else {
        changed_.wait(lock);
      }
    }
  }

  /// The output block to fill.
  Output& block() { return outputs_[submitted_ % outputs_.size()]; }

  /// Hands block() over and makes room for the next. Rethrows what a stage threw.
  void submit() {
    std::unique_lock lock(mutex_);
    lanes_left_[submitted_ % outputs_.size()] = lanes_.size();
    ++submitted_;
    changed_.notify_all();
    deliver_until(lock, submitted_ - (outputs_.size() - 1));
  }

  /// Delivers all that was submitted. Rethrows what a stage threw.
  void finish() {
    std::unique_lock lock(mutex_);
    deliver_until(lock, submitted_);
  }

 private:
  static constexpr std::size_t kInputs = 4;
  static constexpr std::size_t kOutputs = 8;

  struct Lane {
    std::uint64_t worked = 0;  // blocks, counted when they are begun
    bool is_busy = false;
  };

  bool can_read() const noexcept {
    return !is_reading_ && !at_end_ && inputs_read_ - inputs_released_ < inputs_.size();
  }
  /// The lane that is furthest behind of those that wait for a thread; nullptr where none does.
  Lane* next_lane() noexcept {
    Lane* next = nullptr;
    for (Lane& lane : lanes_) {
      if (lane.is_busy || lane.worked == submitted_) continue;
      if (next == nullptr || lane.worked < next->worked) next = &lane;
    }
    return next;
  }

  /// Runs a stage without the lock; what it throws is kept for the calling thread.
  template <typename Stage>
  void run_unlocked(std::unique_lock<std::mutex>& lock, Stage stage) {
    lock.unlock();
    std::exception_ptr error;
    try {
      stage();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && !error_) error_ = error;
  }

  void run_read(std::unique_lock<std::mutex>& lock) {
    is_reading_ = true;
    Input& input = inputs_[inputs_read_ % inputs_.size()];
    bool more = false;
    run_unlocked(lock, [&] { more = stages_.read(input); });
    is_reading_ = false;
    if (more) {
      ++inputs_read_;
    } else {
      at_end_ = true;
    }
    changed_.notify_all();
  }

  void run_work(std::unique_lock<std::mutex>& lock, Lane& lane) {
    const std::size_t slot = lane.worked++ % outputs_.size();
    lane.is_busy = true;
    run_unlocked(lock, [&] {
      stages_.work(outputs_[slot], static_cast<std::size_t>(&lane - lanes_.data()));
    });
    lane.is_busy = false;
    --lanes_left_[slot];
    changed_.notify_all();
  }

  void run_worker() {
    std::unique_lock lock(mutex_);
    while (!stop_ && !error_) {
      // The calling thread lives on input; rows can wait while it has none to spare.
      const bool is_input_short = inputs_read_ - inputs_released_ < kInputs / 2;
      Lane* const lane = next_lane();
      if (can_read() && (is_input_short || lane == nullptr)) {
        run_read(lock);
      } else if (lane != nullptr) {
        run_work(lock, *lane);
      } else {
        changed_.wait(lock);
      }
    }
  }

  /// Delivers blocks until `count` were in all.
  void deliver_until(std::unique_lock<std::mutex>& lock, std::uint64_t count) {
    for (;;) {
      rethrow();
      const std::size_t slot = delivered_ % outputs_.size();
      if (delivered_ < submitted_ && lanes_left_[slot] == 0) {
        run_unlocked(lock, [&] { stages_.deliver(outputs_[slot]); });
        ++delivered_;
      } else if (static_cast<std::int64_t>(count - delivered_) <= 0) {
        return;
      } else if (Lane* const lane = next_lane()) {
        run_work(lock, *lane);
      } else {
        changed_.wait(lock);
      }
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  Stages stages_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr error_;
  bool stop_ = false;

  // Blocks in rings; the counts only grow.
  std::vector<Input> inputs_;
  std::uint64_t inputs_read_ = 0;
  std::uint64_t inputs_released_ = 0;
  bool is_reading_ = false;
  bool at_end_ = false;
  bool holds_input_ = false;

  std::vector<Output> outputs_;
  std::vector<std::size_t> lanes_left_;  // by slot: lanes that are not through with it
  std::vector<Lane> lanes_;
  std::uint64_t submitted_ = 0;
  std::uint64_t delivered_ = 0;

  std::vector<std::jthread> workers_;  // last: they end before the rest does
};

}  // namespace weir
