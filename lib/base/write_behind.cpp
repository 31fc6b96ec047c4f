// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// One block in the making, one on its way.
#include "write_behind.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "blocked_signals.hpp"
#include "weir/base/error.hpp"

namespace weir {

void write_fully(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      throw system_error("cannot write to " + name, errno);
    }
  }
}

WriteBehind::WriteBehind(int descriptor, std::string name)
    : descriptor_(descriptor), name_(std::move(name)) {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { run(); });
}

WriteBehind::~WriteBehind() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void WriteBehind::submit(std::vector<char>& block) {
  drain();
  const std::size_t room = block.capacity();
  {
    const std::lock_guard lock(mutex_);
    block_.swap(block);
    is_pending_ = true;
  }
  changed_.notify_all();
  block.clear();
  block.reserve(room);
}

void WriteBehind::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !is_pending_; });
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void WriteBehind::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_pending_ || is_ending_; });
    if (!is_pending_) return;
    lock.unlock();
    std::exception_ptr failure;
    try {
      write_fully(descriptor_, {block_.data(), block_.size()}, name_);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    is_pending_ = false;
    changed_.notify_all();
  }
}

}  // namespace weir
