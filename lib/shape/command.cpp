// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Child processes whose input and answers are files in memory: no pipe can fill up.
#include "command.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "capability.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr int kNoNamespace = 125;  // exit status; tc and ip have 0, 1 and 2, a shell 126 and 127
constexpr int kNotStarted = 127;

/// An anonymous file that no other program inherits by itself.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content = {})
      : descriptor_(::memfd_create("weir", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw system_error("cannot make a file in memory", errno);
    while (!content.empty()) {
      const ssize_t written = ::write(descriptor_, content.data(), content.size());
      if (written < 0) {
        const int error = errno;
        ::close(descriptor_);
        throw system_error("cannot write to a file in memory", error);
      }
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(descriptor_, 0, SEEK_SET);
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const noexcept { return descriptor_; }

  std::string content() const {
    std::string text;
    char block[4096];
    ::lseek(descriptor_, 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(descriptor_, block, sizeof block)) > 0;) {
      text.append(block, static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  int descriptor_;
};

struct Streams {
  explicit Streams(std::string_view text) : input(text) {}
  MemoryFile input;
  MemoryFile output;
  MemoryFile errors;
};

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw system_error("cannot wait for a process", errno);
  }
  return status;
}

CommandResult result_of(int status, const Streams& streams) {
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, streams.output.content(),
          streams.errors.content()};
}

std::vector<char*> argument_list(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  return arguments;
}

char* const kNoEnvironment[] = {nullptr};

}  // namespace

std::string iproute_program(std::string_view name) {
  for (const std::string_view folder : {"/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/"}) {
    std::string path = std::string(folder) + std::string(name);
    if (::access(path.c_str(), X_OK) == 0) return path;
  }
  throw Error(fmt::format("no program {} in /usr/sbin; install the package iproute2", name));
}

CommandResult run_command(const std::vector<std::string>& command, std::string_view input) {
  share_net_admin();
  const Streams streams(input);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, streams.input.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, streams.output.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, streams.errors.descriptor(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A process group of its own: Ctrl-C must not stop it half way.
  posix_spawnattr_setpgroup(&attributes, 0);
  // It may be started by a thread that takes no signals.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t child = -1;
  const int error = ::posix_spawn(&child, command.front().c_str(), &files, &attributes,
                                  argument_list(command).data(), kNoEnvironment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw system_error("cannot start " + command.front(), error);
  return result_of(wait_for(child), streams);
}

std::optional<CommandResult> run_in_scratch_namespace(const std::vector<std::string>& command,
                                                      std::string_view input) {
  const Streams streams(input);
  const std::vector<char*> arguments = argument_list(command);
  const pid_t child = ::fork();
  if (child < 0) throw system_error("cannot start a process", errno);
  if (child == 0) {  // only async-signal-safe calls from here on
    // The second way gives a user without privileges all of them, but in there only.
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
      ::_exit(kNoNamespace);
    }
    share_net_admin();
    ::dup2(streams.input.descriptor(), STDIN_FILENO);
    ::dup2(streams.output.descriptor(), STDOUT_FILENO);
    ::dup2(streams.errors.descriptor(), STDERR_FILENO);
    ::execve(arguments.front(), arguments.data(), kNoEnvironment);
    ::_exit(kNotStarted);
  }
  const int status = wait_for(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoNamespace) return std::nullopt;
  return result_of(status, streams);
}

std::string first_complaint(const CommandResult& result, std::string_view batch) {
  const std::string_view errors = result.errors;
  std::string_view line = errors.substr(0, errors.find('\n'));
  if (line.starts_with("Error: ")) line.remove_prefix(7);
  while (line.ends_with('.') || line.ends_with(' ')) line.remove_suffix(1);
  if (line.empty()) line = "it failed without a word";
  const std::string_view remedy =
      line.find("qdisc kind is unknown") == line.npos ? "" : ", the kernel does not have it";

  constexpr std::string_view kWhere = "Command failed -:";
  const std::size_t where = errors.find(kWhere);
  if (where == errors.npos) return std::string(line).append(remedy);
  std::size_t number = 0;
  const std::string_view rest = errors.substr(where + kWhere.size());
  std::from_chars(rest.data(), rest.data() + rest.size(), number);
  for (std::size_t i = 1; i < number && !batch.empty(); ++i) {
    batch.remove_prefix(std::min(batch.size(), batch.find('\n') + 1));
  }
  return fmt::format("{}{} (at: {})", line, remedy, batch.substr(0, batch.find('\n')));
}

}  // namespace weir
