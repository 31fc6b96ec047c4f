// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Writes while the next bytes are made.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace weir {

/// Writes all of it. Throws Error with `name` in it.
void write_fully(int descriptor, std::string_view bytes, const std::string& name);

/// A thread that writes blocks to a descriptor, one after the other. It takes no signals.
class WriteBehind {
 public:
  WriteBehind(int descriptor, std::string name);
  /// Waits for a block that is being written.
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  /// Has `block` written, and leaves it empty, with room for as much: waits for the block before.
  /// Throws Error where that could not be written.
  void submit(std::vector<char>& block);

  /// Waits until all is written. Throws Error where it could not be.
  void drain();

 private:
  void run();

  const int descriptor_;
  const std::string name_;
  std::mutex mutex_;  // over what follows
  std::condition_variable changed_;
  std::vector<char> block_;
  bool is_pending_ = false;  // block_ is to be written, or being written
  bool is_ending_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace weir
