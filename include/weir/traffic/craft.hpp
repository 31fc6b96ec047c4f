// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets made from values: headers, lengths and checksums as a network card would send them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "weir/flow/flow_key.hpp"

namespace weir {

/// The values of a packet to make; everything else follows from them.
struct PacketSpec {
  FiveTuple tuple;  ///< sender first; both addresses of one family; protocol TCP or UDP
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 0;  ///< IPv4 only
  std::span<const std::uint8_t> payload;

  // TCP only.
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;  ///< TcpFlag bits
  std::uint16_t window = 0;
  std::uint16_t mss = 0;          ///< SYN: maximum segment size option; 0 = none
  std::uint8_t window_shift = 0;  ///< SYN with mss: window scale option
};

/// Makes Ethernet frames.
class PacketCrafter {
 public:
  virtual ~PacketCrafter() = default;

  /// The frame's bytes, valid until the next call.
  virtual std::span<const std::uint8_t> craft(const PacketSpec& packet) = 0;
};

/// Link addresses are 00:00:00:00:00:00 between loopback addresses (as Linux shows them), else
/// locally administered ones made from the IP addresses.
std::unique_ptr<PacketCrafter> make_crafter();

}  // namespace weir
