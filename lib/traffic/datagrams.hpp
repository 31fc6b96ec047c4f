// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Datagrams many at a time: one system call for all that are due or have come.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "socket.hpp"

namespace weir {

/// Datagrams to one destination. (Segmentation by the kernel, UDP_SEGMENT, would cost less again,
/// but a capture on loopback or a veth pair would then show one packet for all of them.)
class DatagramBatch {
 public:
  static constexpr std::size_t kMost = 64;

  struct Sent {
    std::size_t datagrams = 0;
    std::uint64_t bytes = 0;
    int error = 0;  ///< errno; 0 = all were sent, or lost as on a full link
  };

  bool is_full() const noexcept { return size_ == kMost; }
  bool is_empty() const noexcept { return size_ == 0; }

  /// Not full. The bytes have to stay until they are sent.
  void add(std::span<const std::uint8_t> payload) noexcept;

  /// Sends all and is empty then; null: the socket is connected.
  Sent send(const Descriptor& socket, const Endpoint* destination) noexcept;

 private:
  std::array<iovec, kMost> parts_{};
  std::array<mmsghdr, kMost> messages_{};
  std::size_t size_ = 0;
};

/// Reads datagrams for their sizes; their bytes are not copied.
class DatagramReader {
 public:
  /// Size and sender of a datagram.
  using Take = std::function<void(std::uint64_t bytes, const Endpoint& peer)>;

  DatagramReader() noexcept;
  DatagramReader(const DatagramReader&) = delete;
  DatagramReader& operator=(const DatagramReader&) = delete;

  /// Hands all that have come to `take`. Returns errno, 0 when none is left.
  int read(const Descriptor& socket, const Take& take);

 private:
  static constexpr std::size_t kMost = 64;

  std::array<Endpoint, kMost> peers_;
  std::array<mmsghdr, kMost> messages_{};
};

}  // namespace weir
