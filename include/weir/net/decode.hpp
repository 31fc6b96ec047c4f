// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From captured bytes to a decoded packet, without copying and without exceptions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "weir/net/packet.hpp"

namespace weir {

/// Why a packet belongs to no flow; `decoded` is the one that does.
enum class DecodeStatus : std::uint8_t {
  decoded,
  unsupported_link_type,
  not_ip,          ///< ARP, LLDP, spanning tree, ...
  truncated,       ///< the capture ends inside a header that is needed
  malformed,       ///< a length or version field contradicts itself
  later_fragment,  ///< an IP fragment without the transport header, of no known flow
};
inline constexpr std::size_t kDecodeStatusCount = 6;

/// The name used in messages and statistics: "not_ip".
std::string_view to_string(DecodeStatus status) noexcept;

/// How many packets met each status.
struct DecodeCounts {
  std::array<std::uint64_t, kDecodeStatusCount> packets{};
  std::uint64_t joined_fragments = 0;  ///< of those decoded: later fragments of a known flow

  void count(DecodeStatus status) noexcept { ++packets[static_cast<std::size_t>(status)]; }
  std::uint64_t operator[](DecodeStatus status) const noexcept {
    return packets[static_cast<std::size_t>(status)];
  }
  std::uint64_t total() const noexcept;
  DecodeCounts& operator+=(const DecodeCounts& other) noexcept;
};

/// Which packet counts where packets travel inside packets.
enum class TunnelView : std::uint8_t {
  inner,  ///< the innermost IP packet that decodes
  outer,  ///< the first IP packet
};
/// "inner", "outer".
std::string_view to_string(TunnelView view) noexcept;

/// Tunnels inside tunnels are entered so many times; what is deeper stays a packet of the last one.
inline constexpr unsigned kMaxTunnelDepth = 8;

/// Decodes the link header (Ethernet and 802.2 SNAP, Linux SLL and SLL2, BSD loopback, PPP, PPPoE,
/// Cisco HDLC, 802.11 data frames with or without radiotap), VLAN tags, MPLS, PPPoE, IPv4 (RFC
/// 791), IPv6 and its extension headers (RFC 8200), TCP (RFC 9293), UDP (RFC 768), SCTP (RFC 9260),
/// ICMP, and enters the tunnels IP in IP, 6in4, GRE, GTP-U, VXLAN, Geneve, Teredo and L2TP; a
/// tunnel that holds no decodable IP packet is a packet of the outer flow. `packet` means something
/// only when the result is `decoded`, or `later_fragment`: then all but ports and what else a
/// transport header tells. Reads only [data, data + captured_length).
///
/// Sizes come from the IP length field, so link-layer padding is no payload. Where that field is 0
/// (segmentation left to the network card, jumbograms) or claims more than the frame carried, the
/// frame's length on the wire decides. A first fragment has its ports, and the sizes of that
/// fragment. Headers may be cut by the capture behind what is read of them: 16 bytes of TCP, 4 of
/// UDP and SCTP, none of others. Decoder gives later fragments the ports of their first.
DecodeStatus decode(const RawPacket& raw, Packet& packet,
                    TunnelView view = TunnelView::inner) noexcept;

}  // namespace weir
