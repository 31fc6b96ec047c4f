// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Qdiscs and devices outlive the process that made them; this makes sure they do not.
#pragma once

#include <sys/types.h>

#include <string>

namespace weir {

/// A process that waits for the end of this one, however it comes, and then runs the undo texts. It
/// holds nothing but the end of a pipe and is deaf to signals for a terminal's whole group.
class TcGuard {
 public:
  /// Forks. The guard does nothing until it is armed. Throws Error.
  TcGuard();
  /// Lets the guard undo, if it was armed, and waits for it.
  ~TcGuard();
  TcGuard(const TcGuard&) = delete;
  TcGuard& operator=(const TcGuard&) = delete;

  /// From now on the end of this process means undoing: "tc -batch -" with `undo_tc`, then, unless
  /// empty, "ip -batch -" with `undo_ip`. Throws Error.
  void arm(const std::string& undo_tc, const std::string& undo_ip);

 private:
  int pipe_ = -1;
  pid_t guard_ = -1;
};

}  // namespace weir
