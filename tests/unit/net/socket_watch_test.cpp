// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sockets of the test itself, on the loopback, and who owns them.
#include "weir/net/socket_watch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <thread>
#include <utility>

using namespace weir;

namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
const IpAddress kLoopback = IpAddress::v4(0x7f000001);
const IpAddress kElsewhere = IpAddress::v4(0xc0000201);

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

sockaddr_in loopback(std::uint16_t port, std::uint32_t address = INADDR_LOOPBACK) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(address);
  at.sin_port = htons(port);
  return at;
}

/// A socket that is closed at the end of the scope.
class Socket {
 public:
  explicit Socket(int type) : Socket(type, ::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {}
  Socket(int /*type*/, int descriptor) : descriptor_(descriptor) { REQUIRE(descriptor_ >= 0); }
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void bind(std::uint32_t address = INADDR_LOOPBACK) const {
    const sockaddr_in at = loopback(0, address);
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  }
  void connect(std::uint16_t port) const {
    const sockaddr_in at = loopback(port);
    REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  }
  std::uint16_t port() const {
    sockaddr_in at{};
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    return ntohs(at.sin_port);
  }
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// The owner, when it was found within a few seconds.
std::optional<Program> wait_for(const SocketWatch& watch, const SocketEnds& ends) {
  const std::int64_t start = now_ns();
  for (int i = 0; i < 500; ++i) {
    if (auto owner = watch.owner(ends, start, now_ns())) return owner;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("A connected socket belongs to the program that opened it, at both ends") {
  const Socket listener(SOCK_STREAM);
  listener.bind();
  REQUIRE(::listen(listener.descriptor(), 1) == 0);
  const SocketWatch watch;
  const Socket client(SOCK_STREAM);
  client.connect(listener.port());

  const SocketEnds ends{kTcp, kLoopback, client.port(), kLoopback, listener.port()};
  const auto owner = wait_for(watch, ends);
  REQUIRE(owner);
  CHECK(owner->pid == ::getpid());
  CHECK(owner->name == "test_net");
  CHECK(owner->command.find("test_net") != std::string::npos);
  CHECK(wait_for(watch, {kTcp, kLoopback, listener.port(), kLoopback, client.port()}) == owner);
  CHECK_FALSE(
      watch.owner({kUdp, kLoopback, client.port(), kLoopback, listener.port()}, 0, INT64_MAX));
}

TEST_CASE("A socket bound to a port alone owns what comes from anywhere") {
  const Socket bound(SOCK_DGRAM);
  bound.bind(INADDR_ANY);
  const SocketWatch watch;  // looks before it returns
  const std::int64_t now = now_ns();
  CHECK(watch.owner({kUdp, kLoopback, bound.port(), kElsewhere, 53}, now, now));
  CHECK_FALSE(watch.owner({kUdp, kElsewhere, bound.port(), kLoopback, 53}, now, now));
}

TEST_CASE("A connected socket goes before one that is bound to the port alone") {
  const Socket bound(SOCK_DGRAM);
  bound.bind();
  const Socket connected(SOCK_DGRAM);
  connected.connect(bound.port());
  const SocketWatch watch;
  const std::int64_t now = now_ns();
  CHECK(watch.owner({kUdp, kLoopback, connected.port(), kLoopback, bound.port()}, now, now));
  // Not connected to that end.
  CHECK_FALSE(watch.owner({kUdp, kLoopback, connected.port(), kLoopback, 9}, now, now));
}

TEST_CASE("A closed socket is remembered, for the time at which it was open") {
  SocketWatch watch;
  std::uint16_t port = 0;
  {
    const Socket bound(SOCK_DGRAM);
    bound.bind();
    port = bound.port();
    REQUIRE(wait_for(watch, {kUdp, kLoopback, port, kElsewhere, 9}));
  }
  const std::int64_t open = now_ns();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const SocketWatch moved = std::move(watch);
  CHECK(moved.owner({kUdp, kLoopback, port, kElsewhere, 9}, open, open));
  constexpr std::int64_t kMinute_ns = 60'000'000'000;
  CHECK_FALSE(
      moved.owner({kUdp, kLoopback, port, kElsewhere, 9}, open + kMinute_ns, open + kMinute_ns));
  CHECK_FALSE(
      moved.owner({kUdp, kLoopback, port, kElsewhere, 9}, open - kMinute_ns, open - kMinute_ns));
}
