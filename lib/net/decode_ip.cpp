// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// IPv4, IPv6 with its extension headers, and the transports.
#include "decode_layers.hpp"

namespace weir {
namespace {

/// Behind the last IP header; `length` are the bytes the IP header says follow.
DecodeStatus decode_transport(std::uint8_t protocol, bool first_fragment, Rest rest,
                              std::uint32_t length, DecodeState state, Packet& packet) noexcept {
  packet.protocol = protocol;
  packet.src_port = 0;
  packet.dst_port = 0;
  packet.tcp_flags = 0;
  packet.tcp_window = 0;
  std::uint32_t header = 0;
  switch (static_cast<IpProtocol>(protocol)) {
    case IpProtocol::tcp: {  // RFC 9293, 3.1
      constexpr std::uint32_t kFixedHeader = 20;
      if (length < kFixedHeader && !first_fragment) return DecodeStatus::malformed;
      if (rest.captured < kFixedHeader) return DecodeStatus::truncated;
      header = 4U * (rest.at[12] >> 4U);
      if (header < kFixedHeader || (header > length && !first_fragment)) {
        return DecodeStatus::malformed;
      }
      packet.tcp_flags = rest.at[13];
      packet.tcp_window = load_big16(rest.at + 14);
      break;
    }
    case IpProtocol::udp:  // RFC 768
      header = 8;
      if (length < header) return DecodeStatus::malformed;
      if (rest.captured < header) return DecodeStatus::truncated;
      break;
    case IpProtocol::sctp:  // RFC 9260, 3.1
      header = 12;
      if (length < header) return DecodeStatus::malformed;
      if (rest.captured < header) return DecodeStatus::truncated;
      break;
    case IpProtocol::icmp:       // RFC 792
    case IpProtocol::ipv6_icmp:  // RFC 4443, 2.1: type, code, checksum, and four bytes by type
      header = 8;
      packet.payload_length = length - std::min(length, header);
      return DecodeStatus::decoded;
    default:
      packet.payload_length = length;
      rest.limit(length);
      enter_ip_tunnel(protocol, rest, state, packet);
      return DecodeStatus::decoded;
  }
  packet.src_port = load_big16(rest.at);
  packet.dst_port = load_big16(rest.at + 2);
  packet.payload_length = length - std::min(length, header);
  if (protocol == static_cast<std::uint8_t>(IpProtocol::udp)) {
    rest.limit(length);
    rest.skip(header);
    enter_udp_tunnel(rest, state, packet);
  }
  return DecodeStatus::decoded;
}

}  // namespace

/// RFC 791, 3.1.
DecodeStatus decode_ipv4(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kFixedHeader = 20;
  if (rest.captured < kFixedHeader) return DecodeStatus::truncated;
  const std::uint32_t header = 4U * (rest.at[0] & 0x0fU);
  if (rest.at[0] >> 4U != 4 || header < kFixedHeader) return DecodeStatus::malformed;
  std::uint32_t total = load_big16(rest.at + 2);
  if (total == 0) total = rest.wire;  // filled in later by a network card that cuts segments
  if (total < header) return DecodeStatus::malformed;
  const std::uint16_t fragment = load_big16(rest.at + 6);
  constexpr std::uint16_t kOffsetBits = 0x1fff;
  constexpr std::uint16_t kMoreFragments = 0x2000;
  if ((fragment & kOffsetBits) != 0) return DecodeStatus::later_fragment;
  if (rest.captured < header) return DecodeStatus::truncated;

  packet.ip_version = 4;
  packet.dscp = static_cast<std::uint8_t>(rest.at[1] >> 2U);
  packet.ttl = rest.at[8];
  packet.ip_length = total;
  packet.src = IpAddress::v4(rest.at + 12);
  packet.dst = IpAddress::v4(rest.at + 16);
  const std::uint8_t protocol = rest.at[9];
  rest.skip(header);
  return decode_transport(protocol, (fragment & kMoreFragments) != 0, rest, total - header, state,
                          packet);
}

/// RFC 8200, 3 and 4.
DecodeStatus decode_ipv6(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kFixedHeader = 40;
  if (rest.captured < kFixedHeader) return DecodeStatus::truncated;
  if (rest.at[0] >> 4U != 6) return DecodeStatus::malformed;
  std::uint32_t left = load_big16(rest.at + 4);
  // Zero: a jumbogram (RFC 2675), or filled in later by a network card that cuts segments.
  if (left == 0) left = rest.wire - std::min(rest.wire, kFixedHeader);

  packet.ip_version = 6;
  packet.dscp = static_cast<std::uint8_t>((load_big16(rest.at) >> 6U) & 0x3fU);
  packet.ttl = rest.at[7];
  packet.ip_length = kFixedHeader + left;
  packet.src = IpAddress::v6(rest.at + 8);
  packet.dst = IpAddress::v6(rest.at + 24);
  std::uint8_t next = rest.at[6];
  rest.skip(kFixedHeader);

  bool first_fragment = false;
  for (;;) {
    std::uint32_t header = 0;
    switch (next) {
      case 0:    // hop-by-hop options
      case 43:   // routing
      case 60:   // destination options
      case 135:  // mobility, RFC 6275
      case 139:  // host identity, RFC 7401
      case 140:  // shim6, RFC 5533
        if (rest.captured < 8) return left < 8 ? DecodeStatus::malformed : DecodeStatus::truncated;
        header = 8U * (rest.at[1] + 1U);
        break;
      case 44: {  // fragment
        if (rest.captured < 8) return left < 8 ? DecodeStatus::malformed : DecodeStatus::truncated;
        const std::uint16_t fragment = load_big16(rest.at + 2);
        if ((fragment & 0xfff8U) != 0) return DecodeStatus::later_fragment;
        first_fragment = (fragment & 1U) != 0;
        header = 8;
        break;
      }
      case 51:  // authentication, RFC 4302, 2.2: counted in words of four bytes
        if (rest.captured < 8) return left < 8 ? DecodeStatus::malformed : DecodeStatus::truncated;
        header = 4U * (rest.at[1] + 2U);
        break;
      default:
        return decode_transport(next, first_fragment, rest, left, state, packet);
    }
    if (header > left) return DecodeStatus::malformed;
    if (header > rest.captured) return DecodeStatus::truncated;
    next = rest.at[0];
    rest.skip(header);
    left -= header;
  }
}

DecodeStatus decode_ip(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (rest.captured == 0) return DecodeStatus::truncated;
  switch (rest.at[0] >> 4U) {
    case 4:
      return decode_ipv4(rest, state, packet);
    case 6:
      return decode_ipv6(rest, state, packet);
    default:
      return DecodeStatus::malformed;
  }
}

}  // namespace weir
