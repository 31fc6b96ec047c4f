// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The guard process. It was forked, maybe from a process with threads: only async-signal-safe
// calls.
#include "tc_guard.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include "capability.hpp"
#include "command.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kTextRoom =
    4'096;  // below PIPE_BUF: a text fits into a pipe, and in one write

/// What arm() sends.
struct Orders {
  std::uint32_t tc_bytes = 0;
  std::uint32_t ip_bytes = 0;
  std::array<char, kTextRoom / 2 - 8> tc{};
  std::array<char, kTextRoom / 2 - 8> ip{};
};
static_assert(sizeof(Orders) <= 4096);

/// The whole message; false at the end of the pipe.
bool receive(int pipe, Orders& orders) {
  auto* at = reinterpret_cast<char*>(&orders);
  std::size_t left = sizeof orders;
  while (left > 0) {
    const ssize_t n = ::read(pipe, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  return true;
}

/// "PROGRAM -force -batch -": what is gone already must not stop the rest.
void run_batch(const char* program, const char* text, std::size_t size) {
  if (size == 0) return;
  int ends[2];
  if (::pipe(ends) != 0) return;
  if (::write(ends[1], text, size) < 0) return;
  ::close(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[0], STDIN_FILENO);
    const char* const arguments[] = {program, "-force", "-batch", "-", nullptr};
    char* const no_environment[] = {nullptr};
    ::execve(program, const_cast<char* const*>(arguments), no_environment);
    ::_exit(127);
  }
  ::close(ends[0]);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void guard(int pipe, const char* tc, const char* ip) {
  // Descriptors of the process that it guards must not stay open: sockets above all.
  ::dup2(pipe, STDIN_FILENO);
  ::syscall(SYS_close_range, 1U, ~0U, 0U);
  ::open("/dev/null", O_WRONLY);
  ::open("/dev/null", O_WRONLY);
  // A group of its own, but no session: that would be another share of the processors to wait for.
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "weir-guard");
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(signal, SIG_IGN);
  share_net_admin();

  Orders orders;
  if (!receive(STDIN_FILENO, orders)) ::_exit(0);
  Orders no_more;
  if (receive(STDIN_FILENO, no_more)) ::_exit(1);
  run_batch(tc, orders.tc.data(), orders.tc_bytes);
  run_batch(ip, orders.ip.data(), orders.ip_bytes);
  ::_exit(0);
}

template <std::size_t Room>
std::uint32_t fill(std::array<char, Room>& room, const std::string& text) {
  if (text.size() > Room) throw Error("too long a text to undo the qdiscs with");
  text.copy(room.data(), text.size());
  return static_cast<std::uint32_t>(text.size());
}

}  // namespace

TcGuard::TcGuard() {
  // Found while there is somebody to complain to.
  const std::string tc = iproute_program("tc");
  const std::string ip = iproute_program("ip");
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error("cannot make a pipe", errno);
  guard_ = ::fork();
  if (guard_ < 0) {
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    throw system_error("cannot start the guard process", error);
  }
  if (guard_ == 0) guard(ends[0], tc.c_str(), ip.c_str());
  ::close(ends[0]);
  pipe_ = ends[1];
}

TcGuard::~TcGuard() {
  if (pipe_ >= 0) ::close(pipe_);
  while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void TcGuard::arm(const std::string& undo_tc, const std::string& undo_ip) {
  Orders orders;
  orders.tc_bytes = fill(orders.tc, undo_tc);
  orders.ip_bytes = fill(orders.ip, undo_ip);
  if (::write(pipe_, &orders, sizeof orders) != static_cast<ssize_t>(sizeof orders)) {
    throw system_error("cannot tell the guard process what to undo", errno);
  }
}

}  // namespace weir
