// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which program owns which socket of this machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "weir/net/address.hpp"

namespace weir {

/// A program as it was when a socket of it was first seen.
struct Program {
  std::int64_t pid = 0;
  std::string name;     ///< base name of its executable
  std::string command;  ///< its arguments with blanks between them, the executable's path first
  std::string label;    ///< the variable WEIR_LABEL of its environment; empty where there is none

  bool operator==(const Program&) const = default;
};

/// A socket, seen from this machine. An unconnected one has no remote end: port 0.
struct SocketEnds {
  std::uint8_t protocol = 0;  ///< IANA number; TCP and UDP are known
  IpAddress local;            ///< all zero where the socket takes any address
  std::uint16_t local_port = 0;
  IpAddress remote;
  std::uint16_t remote_port = 0;

  auto operator<=>(const SocketEnds&) const = default;
};

/// Watches the TCP and UDP sockets of the network namespace that it was made in, and remembers
/// those that were closed. It looks every `interval` in a thread of its own, through the kernel's
/// sock_diag(7) and /proc: a socket that lives shorter may be missed, and programs of other users
/// are only seen by root.
class SocketWatch {
 public:
  static constexpr std::chrono::milliseconds kInterval{5};
  /// How long a closed socket is remembered: as long as a piece of a flow may last by default, and
  /// then idle.
  static constexpr std::chrono::minutes kMemory{35};

  /// Looks once before it returns. Throws Error where the kernel does not answer.
  explicit SocketWatch(std::chrono::milliseconds interval = kInterval);
  ~SocketWatch();
  SocketWatch(SocketWatch&&) noexcept;

  /// The program behind the local end of a conversation that took place from `start_ns` to `end_ns`
  /// (since the epoch): that of a socket connected to the remote end, else of one that is bound to
  /// the local port alone. Nothing where the local address is none of this machine's, or no such
  /// socket was seen.
  std::optional<Program> owner(const SocketEnds& ends, std::int64_t start_ns,
                               std::int64_t end_ns) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
