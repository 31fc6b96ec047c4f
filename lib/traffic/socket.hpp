// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Non-blocking TCP and UDP sockets as values that close themselves.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "weir/net/address.hpp"

namespace weir {

/// An IP address with a port, in the operating system's form.
class Endpoint {
 public:
  Endpoint() = default;
  Endpoint(const IpAddress& address, std::uint16_t port) noexcept;

  IpAddress address() const noexcept;
  std::uint16_t port() const noexcept;
  /// "127.0.0.1:80", "[::1]:80".
  std::string text() const;

  const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* data() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const noexcept;
  int family() const noexcept { return storage_.ss_family; }

 private:
  sockaddr_storage storage_{};
};

/// An owned file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  void reset() noexcept;

 private:
  int descriptor_;
};

/// A listening TCP socket, or a bound UDP one. Throws Error that names the endpoint; `remedy` is
/// added to it where another program has the port.
Descriptor listen_at(const Endpoint& endpoint, bool tcp, const std::string& remedy);

/// A socket on its way to `endpoint` (TCP: connection under way; UDP: connected). Not open where
/// the machine has no descriptors or ports left. Throws Error where the endpoint cannot be reached.
Descriptor connect_to(const Endpoint& endpoint, bool tcp);

/// The next connection that waits at `listener`, with its other end; not open where none waits.
Descriptor accept_from(const Descriptor& listener, Endpoint& peer);

/// The socket's own end.
Endpoint local_endpoint(const Descriptor& socket);

/// The error that a socket has come across since last asked, as errno; 0 = none.
int pending_error(const Descriptor& socket) noexcept;

/// "cannot connect to 127.0.0.1:80: Connection refused".
[[noreturn]] void throw_unreachable(const Endpoint& endpoint, int error);

}  // namespace weir
