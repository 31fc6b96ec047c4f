// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The decoder's layers, which call one another: link layers find IP, IP finds transports, tunnels
// start again.
#pragma once

#include <algorithm>
#include <cstdint>

#include "byte_order.hpp"
#include "weir/net/decode.hpp"

namespace weir {

/// What is left of a packet behind the headers already read. On the wire there were at least as
/// many bytes as were captured.
struct Rest {
  const std::uint8_t* at;
  std::uint32_t captured;  ///< bytes at `at`
  std::uint32_t wire;      ///< bytes that were on the wire from `at` on

  bool holds(std::uint32_t bytes) const noexcept { return captured >= bytes; }
  /// Why `bytes` bytes are not there: nobody sent them, or the capture cut them off.
  DecodeStatus without(std::uint32_t bytes) const noexcept {
    return wire < bytes ? DecodeStatus::malformed : DecodeStatus::truncated;
  }
  /// Goes behind a header that is there.
  void skip(std::uint32_t bytes) noexcept {
    at += bytes;
    captured -= bytes;
    wire -= bytes;
  }
  /// Forgets what does not belong to the enclosing header's payload (padding, trailers).
  void limit(std::uint32_t bytes) noexcept {
    captured = std::min(captured, bytes);
    wire = std::min(wire, bytes);
  }
};

/// What stays the same while one packet is decoded.
struct DecodeState {
  TunnelView view;
  unsigned depth = 0;                   ///< IP headers passed
  const std::uint8_t* start = nullptr;  ///< of the captured bytes

  std::uint32_t offset(const Rest& rest) const noexcept {
    return static_cast<std::uint32_t>(rest.at - start);
  }
};

DecodeStatus decode_link(LinkType type, Rest rest, DecodeState state, Packet& packet) noexcept;
DecodeStatus decode_ethernet(Rest rest, DecodeState state, Packet& packet) noexcept;
/// `rest` starts behind the EtherType.
DecodeStatus decode_ether_type(std::uint16_t type, Rest rest, DecodeState state,
                               Packet& packet) noexcept;
DecodeStatus decode_ppp(Rest rest, DecodeState state, Packet& packet) noexcept;

DecodeStatus decode_ipv4(Rest rest, DecodeState state, Packet& packet) noexcept;
DecodeStatus decode_ipv6(Rest rest, DecodeState state, Packet& packet) noexcept;
/// By the version in the first byte, for layers that do not tell.
DecodeStatus decode_ip(Rest rest, DecodeState state, Packet& packet) noexcept;

/// UDP ports, of either end, behind which tunnels are looked for.
enum TunnelPort : std::uint16_t {
  kL2tp = 1701,
  kGtpU = 2152,
  kTeredo = 3544,
  kVxlan = 4789,
  kGeneve = 6081,
};
/// 1 or 0, without a branch: asked of both ports of every UDP packet, which a processor cannot
/// foretell.
constexpr unsigned is_tunnel_port(unsigned port) noexcept {
  const auto is = [port](TunnelPort known) { return port == known ? 1U : 0U; };
  return is(kL2tp) | is(kGtpU) | is(kTeredo) | is(kVxlan) | is(kGeneve);
}

/// Looks for an IP packet in the payload of an IP packet of this protocol, whose headers are in
/// `outer`. `rest` starts behind the IP header (and, for UDP, behind the UDP header). When there is
/// one, replaces `outer` by it. The result is that packet's: `decoded`, or `later_fragment` where
/// what is inside is one.
DecodeStatus enter_ip_tunnel(std::uint8_t protocol, Rest rest, DecodeState state,
                             Packet& outer) noexcept;
DecodeStatus enter_udp_tunnel(Rest rest, DecodeState state, Packet& outer) noexcept;

}  // namespace weir
