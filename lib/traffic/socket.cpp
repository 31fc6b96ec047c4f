// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Non-blocking TCP and UDP sockets.
#include "socket.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr int kBacklog = 1024;

/// Errors that tell of this machine's limits and not of the destination.
bool is_shortage(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == EADDRNOTAVAIL || error == EAGAIN;
}

Descriptor open_socket(const Endpoint& endpoint, bool tcp) {
  return Descriptor(::socket(endpoint.family(),
                             (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

void enable(const Descriptor& socket, int level, int option) noexcept {
  const int on = 1;
  ::setsockopt(socket.get(), level, option, &on, sizeof on);
}

}  // namespace

Endpoint::Endpoint(const IpAddress& address, std::uint16_t port) noexcept {
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes.data() + 12, sizeof v4.sin_addr);
    std::memcpy(&storage_, &v4, sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), sizeof v6.sin6_addr);
    std::memcpy(&storage_, &v6, sizeof v6);
  }
}

IpAddress Endpoint::address() const noexcept {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&storage_);
  if (family() == AF_INET) return IpAddress::v4(bytes + offsetof(sockaddr_in, sin_addr));
  return IpAddress::v6(bytes + offsetof(sockaddr_in6, sin6_addr));
}

std::uint16_t Endpoint::port() const noexcept {
  // Both families keep the port in the same place.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  std::uint16_t network_order = 0;
  std::memcpy(&network_order,
              reinterpret_cast<const std::uint8_t*>(&storage_) + offsetof(sockaddr_in, sin_port),
              sizeof network_order);
  return ntohs(network_order);
}

std::string Endpoint::text() const {
  const std::string host = to_string(address());
  return family() == AF_INET ? fmt::format("{}:{}", host, port())
                             : fmt::format("[{}]:{}", host, port());
}

socklen_t Endpoint::size() const noexcept {
  return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void Descriptor::reset() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

Descriptor listen_at(const Endpoint& endpoint, bool tcp, const std::string& remedy) {
  Descriptor socket = open_socket(endpoint, tcp);
  // Connections of an earlier run may still be in TIME_WAIT; another listener stays an error.
  if (tcp) enable(socket, SOL_SOCKET, SO_REUSEADDR);
  if (!socket.is_open() || ::bind(socket.get(), endpoint.data(), endpoint.size()) != 0 ||
      (tcp && ::listen(socket.get(), kBacklog) != 0)) {
    const int error = errno;
    const std::string what = fmt::format("cannot listen on {} port {} of {}", tcp ? "TCP" : "UDP",
                                         endpoint.port(), to_string(endpoint.address()));
    std::string message = system_error(what, error).what();
    if (error == EADDRINUSE) message += "; " + remedy;
    if (error == EADDRNOTAVAIL) {
      message +=
          "; not an address of this machine: use --remote or --no-responder where a "
          "weir-gen --responder or another server runs there";
    }
    throw Error(message);
  }
  return socket;
}

Descriptor connect_to(const Endpoint& endpoint, bool tcp) {
  Descriptor socket = open_socket(endpoint, tcp);
  if (socket.is_open() && tcp) {
    enable(socket, IPPROTO_TCP, TCP_NODELAY);
  } else if (socket.is_open()) {
    // Otherwise only a refusal would be reported, not a host that cannot be reached.
    const bool v4 = endpoint.family() == AF_INET;
    enable(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR);
  }
  if (socket.is_open() &&
      (::connect(socket.get(), endpoint.data(), endpoint.size()) == 0 || errno == EINPROGRESS)) {
    return socket;
  }
  if (!is_shortage(errno)) throw_unreachable(endpoint, errno);
  return Descriptor();
}

Descriptor accept_from(const Descriptor& listener, Endpoint& peer) {
  socklen_t size = sizeof(sockaddr_storage);
  Descriptor socket(::accept4(listener.get(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (socket.is_open()) enable(socket, IPPROTO_TCP, TCP_NODELAY);
  return socket;
}

Endpoint local_endpoint(const Descriptor& socket) {
  Endpoint endpoint;
  socklen_t size = sizeof(sockaddr_storage);
  if (::getsockname(socket.get(), endpoint.data(), &size) != 0) {
    throw system_error("cannot tell a socket's address", errno);
  }
  return endpoint;
}

int pending_error(const Descriptor& socket) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

void throw_unreachable(const Endpoint& endpoint, int error) {
  std::string message = system_error("cannot connect to " + endpoint.text(), error).what();
  if (error == ECONNREFUSED) message += "; is a server listening there?";
  throw Error(message);
}

}  // namespace weir
