// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sockets that are open and were open, and the programs behind them.
#include "weir/net/socket_watch.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "socket_diag.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

using ProgramPtr = std::shared_ptr<const Program>;

// How often the program behind a new socket is looked for: its descriptor may be on its way from
// one program to another.
constexpr int kAttempts = 3;
// What a socket's life, as it was seen, may miss of a flow's.
constexpr std::int64_t kSlack_ns = 1'000'000'000;

std::int64_t now_ns() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

bool is_any(const IpAddress& address) noexcept {
  return address == IpAddress{} || address == IpAddress::v4(std::uint32_t{0});
}

bool is_loopback(const IpAddress& address) noexcept {
  return address.is_v4() && address.bytes[12] == 127;
}

/// Empty where the file is not there, or not for us to read.
std::string read_proc(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string label_in(std::string_view environment) {
  constexpr std::string_view kVariable = "WEIR_LABEL=";
  while (!environment.empty()) {
    const std::size_t end = std::min(environment.find('\0'), environment.size());
    const std::string_view variable = environment.substr(0, end);
    if (variable.starts_with(kVariable)) return std::string(variable.substr(kVariable.size()));
    environment.remove_prefix(std::min(end + 1, environment.size()));
  }
  return {};
}

Program describe(std::int64_t pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  Program program;
  program.pid = pid;
  std::error_code error;
  const auto executable = std::filesystem::read_symlink(folder + "/exe", error);
  program.name = executable.filename().string();
  if (program.name.empty()) {  // not ours to see; the kernel's short name is for everyone
    program.name = read_proc(folder + "/comm");
    if (program.name.ends_with('\n')) program.name.pop_back();
  }
  program.command = read_proc(folder + "/cmdline");
  while (program.command.ends_with('\0')) program.command.pop_back();
  std::ranges::replace_if(
      program.command, [](char c) { return c >= 0 && c < ' '; }, ' ');
  program.label = label_in(read_proc(folder + "/environ"));
  return program;
}

/// The number in "socket:[NUMBER]", or 0.
std::uint32_t socket_inode(std::string_view link) noexcept {
  constexpr std::string_view kStart = "socket:[";
  std::uint32_t inode = 0;
  if (link.starts_with(kStart)) {
    link.remove_prefix(kStart.size());
    std::from_chars(link.data(), link.data() + link.size(), inode);
  }
  return inode;
}

std::vector<std::int64_t> process_ids() {
  std::vector<std::int64_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    std::int64_t pid = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure == std::errc{} && end == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

/// Takes the sockets of a process out of `wanted`, and says which they were.
std::vector<std::uint32_t> take_sockets_of(std::int64_t pid, std::set<std::uint32_t>& wanted) {
  std::vector<std::uint32_t> found;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::array<char, 64> link{};
    const ssize_t size = ::readlink(at->path().c_str(), link.data(), link.size());
    if (size <= 0) continue;
    const std::uint32_t inode = socket_inode({link.data(), static_cast<std::size_t>(size)});
    if (inode != 0 && wanted.erase(inode) > 0) found.push_back(inode);
  }
  return found;
}

std::set<IpAddress> own_addresses() {
  std::set<IpAddress> addresses;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return addresses;
  for (const ifaddrs* at = list; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    if (at->ifa_addr->sa_family == AF_INET) {
      sockaddr_in v4;
      std::memcpy(&v4, at->ifa_addr, sizeof v4);
      addresses.insert(IpAddress::v4(ntohl(v4.sin_addr.s_addr)));
    } else if (at->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 v6;
      std::memcpy(&v6, at->ifa_addr, sizeof v6);
      addresses.insert(IpAddress::v6(v6.sin6_addr.s6_addr));
    }
  }
  ::freeifaddrs(list);
  return addresses;
}

struct SeenSocket {
  SocketEnds ends;
  std::uint32_t inode = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  int attempts = 0;    ///< to find its program
  ProgramPtr program;  ///< null where it was not found
};

/// Protocol and local port.
using PortKey = std::pair<std::uint8_t, std::uint16_t>;

/// Whose program is to be found.
struct Wanted {
  PortKey key;
  std::uint32_t inode = 0;
};

/// How well a socket fits a conversation: 0 not at all, 2 where it is connected to the remote end.
int fit(const SeenSocket& socket, const SocketEnds& ends) noexcept {
  if (socket.ends.local != ends.local && !is_any(socket.ends.local)) return 0;
  if (socket.ends.remote_port == 0) return 1;
  return socket.ends.remote == ends.remote && socket.ends.remote_port == ends.remote_port ? 2 : 0;
}

}  // namespace

struct SocketWatch::State {
  void look();
  void run(std::chrono::milliseconds interval);

  SocketDiag diag;
  mutable std::mutex mutex;  // over what follows
  std::condition_variable wake;
  bool stopping = false;
  std::set<IpAddress> addresses;  // of this machine, those it had once among them
  std::map<PortKey, std::vector<SeenSocket>> sockets;     // lists are short but on a server
  std::unordered_map<std::int64_t, ProgramPtr> programs;  // by process, those that are running
  std::thread thread;

 private:
  std::vector<Wanted> note(const std::vector<KernelSocket>& open, std::int64_t time_ns);
  void find_programs(const std::vector<Wanted>& wanted);
  void forget(std::int64_t before_ns);
};

/// Enters what is open into the table, and says whose programs are not known.
std::vector<Wanted> SocketWatch::State::note(const std::vector<KernelSocket>& open,
                                             std::int64_t time_ns) {
  std::vector<Wanted> unknown;
  for (const KernelSocket& socket : open) {
    if (socket.ends.local_port == 0) continue;  // not bound yet: nothing can be sent or come
    const PortKey key{socket.ends.protocol, socket.ends.local_port};
    std::vector<SeenSocket>& list = sockets[key];
    auto seen = std::ranges::find_if(list, [&](const SeenSocket& s) {
      return s.inode == socket.inode && s.ends == socket.ends;
    });
    if (seen == list.end()) {
      list.push_back({socket.ends, socket.inode, time_ns, time_ns, 0, nullptr});
      seen = std::prev(list.end());
    }
    seen->last_ns = time_ns;
    if (!seen->program && seen->attempts++ < kAttempts) unknown.push_back({key, socket.inode});
  }
  return unknown;
}

void SocketWatch::State::look() {
  const std::vector<KernelSocket> open = diag.list();
  const std::int64_t time_ns = now_ns();
  std::vector<Wanted> unknown;
  {
    const std::lock_guard lock(mutex);
    unknown = note(open, time_ns);
    forget(time_ns - std::chrono::nanoseconds(kMemory).count());
  }
  if (!unknown.empty()) find_programs(unknown);
}

void SocketWatch::State::find_programs(const std::vector<Wanted>& wanted) {
  std::set<std::uint32_t> inodes;
  for (const Wanted& socket : wanted) inodes.insert(socket.inode);
  std::map<std::uint32_t, ProgramPtr> owners;
  std::unordered_map<std::int64_t, ProgramPtr> running;
  for (const std::int64_t pid : process_ids()) {
    const auto known = programs.find(pid);
    if (known != programs.end()) running.insert(*known);
    if (inodes.empty()) continue;
    const std::vector<std::uint32_t> found = take_sockets_of(pid, inodes);
    if (found.empty()) continue;
    // A number may have gone to another program since, and a program may have become another.
    Program program = describe(pid);
    ProgramPtr& owner = running[pid];
    if (!owner || *owner != program) owner = std::make_shared<const Program>(std::move(program));
    for (const std::uint32_t inode : found) owners.emplace(inode, owner);
  }
  programs = std::move(running);
  std::set<IpAddress> now = own_addresses();

  const std::lock_guard lock(mutex);
  addresses.merge(now);
  for (const Wanted& want : wanted) {
    const auto owner = owners.find(want.inode);
    if (owner == owners.end()) continue;
    for (SeenSocket& socket : sockets[want.key]) {
      if (socket.inode == want.inode) socket.program = owner->second;
    }
  }
}

void SocketWatch::State::forget(std::int64_t before_ns) {
  for (auto at = sockets.begin(); at != sockets.end();) {
    std::erase_if(at->second, [&](const SeenSocket& s) { return s.last_ns < before_ns; });
    at = at->second.empty() ? sockets.erase(at) : std::next(at);
  }
}

void SocketWatch::State::run(std::chrono::milliseconds interval) {
  for (;;) {
    {
      std::unique_lock lock(mutex);
      if (wake.wait_for(lock, interval, [this] { return stopping; })) return;
    }
    try {
      look();
    } catch (const Error& error) {
      spdlog::warn("{}; sockets opened from now on stay without a program", error.what());
      return;
    }
  }
}

SocketWatch::SocketWatch(std::chrono::milliseconds interval) : state_(std::make_unique<State>()) {
  state_->addresses = own_addresses();
  state_->look();
  state_->thread = std::thread([state = state_.get(), interval] { state->run(interval); });
}

SocketWatch::SocketWatch(SocketWatch&&) noexcept = default;

SocketWatch::~SocketWatch() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
}

std::optional<Program> SocketWatch::owner(const SocketEnds& ends, std::int64_t start_ns,
                                          std::int64_t end_ns) const {
  const std::lock_guard lock(state_->mutex);
  if (!state_->addresses.contains(ends.local) && !is_loopback(ends.local)) return std::nullopt;
  const auto list = state_->sockets.find({ends.protocol, ends.local_port});
  if (list == state_->sockets.end()) return std::nullopt;
  const SeenSocket* best = nullptr;
  std::pair<int, std::int64_t> best_fit{0, 0};
  for (const SeenSocket& socket : list->second) {
    if (!socket.program) continue;
    const std::int64_t together =
        std::min(socket.last_ns, end_ns) - std::max(socket.first_ns, start_ns);
    const std::pair<int, std::int64_t> how{fit(socket, ends), together};
    if (how.first == 0 || together < -kSlack_ns) continue;
    if (best == nullptr || how > best_fit) {
      best = &socket;
      best_fit = how;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(*best->program);
}

}  // namespace weir
