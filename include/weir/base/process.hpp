// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Other programs run as child processes: started, watched, stopped and always waited for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// How a process ended.
struct ExitStatus {
  int code = 0;    ///< exit status; meaningless where a signal ended it
  int signal = 0;  ///< the signal that ended it; 0 = none

  bool succeeded() const noexcept { return code == 0 && signal == 0; }
};

/// "exit status 3", "killed by signal 9 (Killed)".
std::string to_string(const ExitStatus& status);

/// The command line as text that a shell reads back to the same words.
std::string shell_text(std::span<const std::string> command);

/// A running program. It reads nothing (/dev/null), writes where this process does, and has a
/// process group of its own, so that a Ctrl-C comes to it once: from here, not also from the
/// terminal.
class ChildProcess {
 public:
  /// Starts `command[0]`, looked up in PATH unless it has a slash. Throws Error that names it.
  explicit ChildProcess(const std::vector<std::string>& command);
  /// Interrupts the process where it still runs (and kills it where that does not help within five
  /// seconds), and waits for it.
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// Waits for the end for up to `timeout_ns`; nothing when the process still runs after it. Once
  /// stop_requested(), passes that on to the process as SIGINT. Throws Error.
  std::optional<ExitStatus> wait_for(std::int64_t timeout_ns);

  /// Waits for the end, however long it takes. Throws Error.
  ExitStatus wait();

  /// Sends SIGINT, once.
  void interrupt() noexcept;

 private:
  std::optional<ExitStatus> poll_for(std::int64_t timeout_ns);

  int pid_ = -1;
  int descriptor_ = -1;  // tells of the end
  bool interrupted_ = false;
  std::optional<ExitStatus> status_;
};

/// The program that is running. Throws Error.
std::string executable_path();

/// The folder of the program that is running, where the suite's other tools are. Throws Error.
std::string executable_folder();

}  // namespace weir
