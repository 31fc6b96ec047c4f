// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A packet as captured (RawPacket) and as decoded (Packet).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "weir/net/address.hpp"

namespace weir {

/// LINKTYPE_ values of capture files (https://www.tcpdump.org/linktypes.html); others pass through
/// as their number.
enum class LinkType : std::uint16_t {
  null = 0,
  ethernet = 1,
  ppp = 9,
  raw_ip_bsd = 12,
  raw_ip_openbsd = 14,
  ppp_hdlc = 50,
  pppoe = 51,
  raw_ip = 101,
  cisco_hdlc = 104,
  ieee802_11 = 105,
  loop = 108,
  linux_sll = 113,
  ieee802_11_radiotap = 127,
  ipv4 = 228,
  ipv6 = 229,
  linux_sll2 = 276,
};

/// Bytes of a packet as they were captured. `data` belongs to the source that gave it and is valid
/// until the source's next call.
struct RawPacket {
  std::int64_t time_ns = 0;  ///< since the epoch
  const std::uint8_t* data = nullptr;
  std::uint32_t captured_length = 0;  ///< bytes at `data`
  std::uint32_t original_length = 0;  ///< bytes on the wire, link header included; a smaller number
                                      ///< than captured_length counts as that
  LinkType link_type = LinkType::ethernet;
};

/// IANA protocol numbers that the suite names.
enum class IpProtocol : std::uint8_t {
  icmp = 1,
  igmp = 2,
  tcp = 6,
  udp = 17,
  ipv6_icmp = 58,
  sctp = 132,
};

/// The text of the `protocol` column: "TCP", "UDP", "ICMP", "ICMPv6", "IGMP", "SCTP", else the
/// number.
std::string_view protocol_name(std::uint8_t protocol) noexcept;
/// Inverse of protocol_name(), ignoring case; nothing for other text.
std::optional<std::uint8_t> parse_protocol(std::string_view text) noexcept;

/// Bits of the TCP flags byte (RFC 9293, 3.1).
enum TcpFlag : std::uint8_t {
  kTcpFin = 0x01,
  kTcpSyn = 0x02,
  kTcpRst = 0x04,
  kTcpPsh = 0x08,
  kTcpAck = 0x10,
  kTcpUrg = 0x20,
  kTcpEce = 0x40,
  kTcpCwr = 0x80,
};

/// What of an IP datagram a packet holds.
enum class FragmentPart : std::uint8_t {
  whole,
  first,  ///< its transport header, and less than all that follows
  later,  ///< no transport header
};

/// Tells the fragments of one datagram from those of others (RFC 791, 2.3; RFC 8200, 4.5).
struct FragmentKey {
  IpAddress src;
  IpAddress dst;
  std::uint32_t identification = 0;
  std::uint8_t protocol = 0;  ///< IPv4: the IP header's; IPv6: 44, since it may differ by fragment

  auto operator<=>(const FragmentKey&) const = default;
};

/// What the suite knows of an IP packet; payloads are never read. All sizes are those on the wire,
/// even where the capture was truncated: payload_length <= ip_length <= length.
struct Packet {
  std::int64_t time_ns = 0;  ///< since the epoch
  IpAddress src;
  IpAddress dst;
  std::uint16_t src_port = 0;  ///< 0 where the protocol has none
  std::uint16_t dst_port = 0;
  std::uint8_t protocol = 0;      ///< IANA number of the transport
  std::uint8_t ip_version = 4;    ///< 4 or 6
  std::uint8_t tcp_flags = 0;     ///< TcpFlag bits; 0 for other protocols
  std::uint8_t ttl = 0;           ///< or hop limit
  std::uint8_t dscp = 0;          ///< 0 to 63
  std::uint8_t tunnel_depth = 0;  ///< IP headers passed on the way to this one
  IpAddress outer_src;            ///< of the first IP header, where tunnel_depth > 0
  IpAddress outer_dst;
  std::uint16_t tcp_window = 0;      ///< as sent, not scaled
  std::uint32_t length = 0;          ///< frame on the wire
  std::uint32_t ip_length = 0;       ///< IP header and all that follows
  std::uint32_t payload_length = 0;  ///< bytes behind the transport header, where there is one
  std::uint32_t ip_offset = 0;       ///< where its IP header starts in RawPacket::data
  FragmentPart fragment_part = FragmentPart::whole;
  FragmentKey fragment;  ///< means something where fragment_part is not whole
};

}  // namespace weir
