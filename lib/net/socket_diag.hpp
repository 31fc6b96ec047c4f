// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The kernel's list of sockets.
#pragma once

#include <cstdint>
#include <vector>

#include "weir/net/socket_watch.hpp"

namespace weir {

/// A socket as the kernel lists it.
struct KernelSocket {
  SocketEnds ends;
  std::uint32_t inode = 0;  ///< what /proc/PID/fd shows of it
};

/// Asks the kernel through sock_diag(7).
class SocketDiag {
 public:
  /// Throws Error.
  SocketDiag();
  ~SocketDiag();
  SocketDiag(const SocketDiag&) = delete;
  SocketDiag& operator=(const SocketDiag&) = delete;

  /// The TCP and UDP sockets of IPv4 and IPv6 that belong to a program. Throws Error.
  std::vector<KernelSocket> list();

 private:
  void list(std::uint8_t family, std::uint8_t protocol, std::vector<KernelSocket>& sockets);

  int descriptor_;
  std::uint32_t sequence_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace weir
