// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Child processes by posix_spawn and pidfd.
#include "weir/base/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

constexpr std::int64_t kPatienceNs = 5 * kNanosPerSecond;  // with an interrupted process
constexpr std::int64_t kPollNs = kNanosPerSecond / 20;     // a stop request is seen within it

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./,:@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return std::string(word);
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += c;
    }
  }
  return text + "'";
}

/// posix_spawn's two option objects, released on every way out.
struct SpawnOptions {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  SpawnOptions() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
};

pid_t spawn(const std::vector<std::string>& command) {
  SpawnOptions options;
  posix_spawn_file_actions_addopen(&options.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // An ignored SIGPIPE would be inherited.
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  sigset_t unblocked;
  sigemptyset(&unblocked);
  posix_spawnattr_setsigdefault(&options.attributes, &defaults);
  posix_spawnattr_setsigmask(&options.attributes, &unblocked);
  posix_spawnattr_setpgroup(&options.attributes, 0);
  posix_spawnattr_setflags(&options.attributes,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments[0], &options.files, &options.attributes,
                                   arguments.data(), environ);
  if (error != 0) throw system_error("cannot run " + command[0], error);
  return pid;
}

ExitStatus reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw system_error("cannot wait for a process", errno);
  }
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.signal == 0) return fmt::format("exit status {}", status.code);
  return fmt::format("killed by signal {} ({})", status.signal, strsignal(status.signal));
}

std::string shell_text(std::span<const std::string> command) {
  std::string text;
  for (const std::string& word : command) {
    if (!text.empty()) text += ' ';
    text += shell_word(word);
  }
  return text;
}

ChildProcess::ChildProcess(const std::vector<std::string>& command) : pid_(spawn(command)) {
  // Not through <sys/pidfd.h>: glibc 2.36 declares it without C linkage.
  descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (descriptor_ < 0) {
    const int error = errno;
    ::kill(pid_, SIGKILL);
    reap(pid_);
    throw system_error("cannot watch " + command[0], error);
  }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(other.pid_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      interrupted_(other.interrupted_),
      status_(other.status_) {}

ChildProcess::~ChildProcess() {
  if (descriptor_ < 0) return;
  try {
    if (!status_) {
      interrupt();
      if (!poll_for(kPatienceNs)) ::kill(pid_, SIGKILL);
    }
    wait();
  } catch (const Error&) {
    // Nothing is left that could be done about it.
  }
  ::close(descriptor_);
}

std::optional<ExitStatus> ChildProcess::wait_for(std::int64_t timeout_ns) {
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    if (stop_requested()) interrupt();
    const std::int64_t passed_ns =
        std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
    const std::int64_t left_ns = timeout_ns - passed_ns;
    if (poll_for(std::clamp<std::int64_t>(left_ns, 0, kPollNs))) return status_;
    if (left_ns <= 0) return std::nullopt;
  }
}

ExitStatus ChildProcess::wait() {
  for (;;) {
    if (const auto status = wait_for(kNanosPerSecond)) return *status;
  }
}

void ChildProcess::interrupt() noexcept {
  if (!std::exchange(interrupted_, true) && !status_) ::kill(pid_, SIGINT);
}

/// Waits without a look at the stop flag.
std::optional<ExitStatus> ChildProcess::poll_for(std::int64_t timeout_ns) {
  if (status_) return status_;
  pollfd watched{descriptor_, POLLIN, 0};
  const timespec timeout{timeout_ns / kNanosPerSecond, timeout_ns % kNanosPerSecond};
  const int ready = ::ppoll(&watched, 1, &timeout, nullptr);
  if (ready < 0 && errno != EINTR) throw system_error("cannot wait for a process", errno);
  if (ready > 0) status_ = reap(pid_);
  return status_;
}

std::string executable_path() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw Error("cannot tell where this program is: " + error.message());
  return self.string();
}

std::string executable_folder() {
  return std::filesystem::path(executable_path()).parent_path().string();
}

}  // namespace weir
