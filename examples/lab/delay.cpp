// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The lab's long wire: joins a tap device in one network namespace to one in another, and holds
// back, jitters and loses frames on the way, as netem would. It needs no kernel module beyond tun.
//
// usage: delay NAMESPACE_A TAP_A NAMESPACE_B TAP_B TABLE SEED
// TABLE has a line for each address: ADDRESS DELAY_US JITTER_US LOSS BURST. A frame gets the sum of
// what its two addresses say, each way; LOSS is the share of frames lost, in runs of BURST frames
// on average (Gilbert's model). Frames of one pair of addresses keep their order, whatever the
// jitter.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

struct Conditions {
  double delay_us = 0, jitter_us = 0, loss = 0, burst = 1;
};

struct Frame {
  Clock::time_point due;
  std::uint64_t number;  // keeps the order of frames due at the same time
  int out;
  std::vector<char> bytes;
};

struct Later {
  bool operator()(const std::unique_ptr<Frame>& a, const std::unique_ptr<Frame>& b) const {
    return std::tie(a->due, a->number) > std::tie(b->due, b->number);
  }
};

struct Path {  // one direction between two addresses
  Clock::time_point last_due;
  double jitter_us = 0;
  bool losing = false;
};

// The device stays in the namespace it was made in; the descriptor works from anywhere.
int open_tap(const std::string& network_namespace, const std::string& name) {
  const int entry = open(("/run/netns/" + network_namespace).c_str(), O_RDONLY | O_CLOEXEC);
  if (entry < 0 || setns(entry, CLONE_NEWNET) != 0)
    throw std::runtime_error("cannot enter the namespace " + network_namespace);
  close(entry);
  const int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0)
    throw std::runtime_error("cannot make the tap device " + name + " in " + network_namespace);
  return tap;
}

class Wire {
 public:
  Wire(const char* table, std::uint64_t seed) : random_(seed) {
    std::ifstream lines(table);
    std::string address;
    Conditions c;
    while (lines >> address >> c.delay_us >> c.jitter_us >> c.loss >> c.burst) {
      in_addr parsed{};
      if (inet_pton(AF_INET, address.c_str(), &parsed) != 1)
        throw std::runtime_error(std::string(table) + ": not an address: " + address);
      conditions_[parsed.s_addr] = c;
    }
    if (!lines.eof()) throw std::runtime_error(std::string("cannot read ") + table);
  }

  void take(int in, int out) {
    char buffer[65536];
    for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;) {
      auto frame = std::make_unique<Frame>();
      frame->bytes.assign(buffer, buffer + n);
      frame->out = out;
      frame->number = ++frames_;
      frame->due = Clock::now();
      if (pass(*frame)) waiting_.push(std::move(frame));
    }
  }

  // Sends what is due; returns how long until the next frame is, at most 50 ms.
  microseconds give() {
    while (!waiting_.empty()) {
      const auto left = waiting_.top()->due - Clock::now();
      if (left.count() > 0)
        return std::min(microseconds(50'000), std::chrono::ceil<microseconds>(left));
      const Frame& frame = *waiting_.top();
      // A full device drops the frame, as a full queue would.
      if (write(frame.out, frame.bytes.data(), frame.bytes.size()) < 0) ++refused_;
      waiting_.pop();
    }
    return microseconds(50'000);
  }

 private:
  bool pass(Frame& frame) {
    std::uint32_t source = 0, destination = 0;
    if (frame.bytes.size() < 34 || frame.bytes[12] != 8 || frame.bytes[13] != 0)
      return true;  // ARP
    std::memcpy(&source, &frame.bytes[26], 4);
    std::memcpy(&destination, &frame.bytes[30], 4);
    const Conditions a = conditions_[source], b = conditions_[destination];
    Path& path = paths_[std::uint64_t{source} << 32 | destination];
    if (lost(path, a.loss + b.loss, std::max(a.burst, b.burst))) return false;
    // Jitter wanders: most of it carries over from frame to frame, as in a queue somewhere on the
    // way.
    const double fresh =
        std::exponential_distribution<>(1.0)(random_) * (a.jitter_us + b.jitter_us);
    path.jitter_us += 0.15 * (fresh - path.jitter_us);
    const auto delay =
        microseconds(static_cast<std::int64_t>(a.delay_us + b.delay_us + path.jitter_us));
    frame.due = path.last_due = std::max(path.last_due, frame.due + delay);
    return true;
  }

  bool lost(Path& path, double loss, double burst) {
    if (loss <= 0) return false;
    const double leave = 1 / burst, enter = leave * loss / (1 - std::min(loss, 0.5));
    const double drawn = std::uniform_real_distribution<>()(random_);
    path.losing = path.losing ? drawn >= leave : drawn < enter;
    return path.losing;
  }

  std::mt19937_64 random_;
  std::unordered_map<std::uint32_t, Conditions> conditions_;
  std::unordered_map<std::uint64_t, Path> paths_;
  std::priority_queue<std::unique_ptr<Frame>, std::vector<std::unique_ptr<Frame>>, Later> waiting_;
  std::uint64_t frames_ = 0, refused_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fputs("usage: delay NAMESPACE_A TAP_A NAMESPACE_B TAP_B TABLE SEED\n", stderr);
    return 2;
  }
  try {
    Wire wire(argv[5], std::stoull(argv[6]));
    const int a = open_tap(argv[1], argv[2]), b = open_tap(argv[3], argv[4]);
    pollfd ends[] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    for (;;) {
      const auto wait = wire.give();
      const timespec limit{0, static_cast<long>(wait.count()) * 1000};
      ppoll(ends, 2, &limit, nullptr);
      wire.take(a, b);
      wire.take(b, a);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "delay: %s\n", error.what());
    return 1;
  }
}
