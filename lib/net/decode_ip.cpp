// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// IPv4, IPv6 with its extension headers, and the transports.
#include "decode_layers.hpp"

namespace weir {
namespace {

constexpr std::uint8_t kFragmentHeader = 44;
constexpr std::uint8_t kAuthenticationHeader = 51;

void forget_transport(Packet& packet) noexcept {
  packet.src_port = 0;
  packet.dst_port = 0;
  packet.tcp_flags = 0;
  packet.tcp_window = 0;
}

/// `rest` is the payload of the IP packet. Reads no more of a header than is used, so that captures
/// with little of each packet decode.
DecodeStatus decode_transport(std::uint8_t protocol, Rest rest, DecodeState state,
                              Packet& packet) noexcept {
  packet.protocol = protocol;
  forget_transport(packet);
  std::uint32_t header = 0;
  switch (static_cast<IpProtocol>(protocol)) {
    case IpProtocol::tcp:  // RFC 9293, 3.1
      if (rest.wire < 20) return DecodeStatus::malformed;
      if (!rest.holds(16)) return DecodeStatus::truncated;
      header = 4U * (rest.at[12] >> 4U);
      if (header < 20 || header > rest.wire) return DecodeStatus::malformed;
      packet.tcp_flags = rest.at[13];
      packet.tcp_window = load_big16(rest.at + 14);
      break;
    case IpProtocol::udp:  // RFC 768
      header = 8;
      break;
    case IpProtocol::sctp:  // RFC 9260, 3.1
      header = 12;
      break;
    case IpProtocol::icmp:       // RFC 792
    case IpProtocol::ipv6_icmp:  // RFC 4443, 2.1: type, code, checksum, and four bytes by type
      packet.payload_length = rest.wire - std::min(rest.wire, 8U);
      return DecodeStatus::decoded;
    default:
      packet.payload_length = rest.wire;
      return enter_ip_tunnel(protocol, rest, state, packet);
  }
  if (rest.wire < header) return DecodeStatus::malformed;
  if (!rest.holds(4)) return DecodeStatus::truncated;
  const std::uint16_t src_port = load_big16(rest.at);
  const std::uint16_t dst_port = load_big16(rest.at + 2);
  packet.src_port = src_port;
  packet.dst_port = dst_port;
  packet.payload_length = rest.wire - header;
  if ((is_tunnel_port(src_port) | is_tunnel_port(dst_port)) != 0U &&
      protocol == static_cast<std::uint8_t>(IpProtocol::udp) && rest.holds(header)) [[unlikely]] {
    rest.skip(header);
    return enter_udp_tunnel(rest, state, packet);
  }
  return DecodeStatus::decoded;
}

/// Notes of which datagram the packet is a part.
void note_fragment(FragmentPart part, std::uint32_t identification, std::uint8_t protocol,
                   Packet& packet) noexcept {
  packet.fragment_part = part;
  packet.fragment = {packet.src, packet.dst, identification, protocol};
}

DecodeStatus decode_later_fragment(std::uint8_t protocol, std::uint32_t payload,
                                   Packet& packet) noexcept {
  packet.protocol = protocol;
  packet.payload_length = payload;
  forget_transport(packet);
  return DecodeStatus::later_fragment;
}

/// Passes extension headers (RFC 8200, 4); `next` becomes the protocol behind them.
DecodeStatus skip_extensions(std::uint8_t& next, Rest& rest, Packet& packet) noexcept {
  for (;;) {
    std::uint32_t header = 0;
    switch (next) {
      case 0:    // hop-by-hop options
      case 43:   // routing
      case 60:   // destination options
      case 135:  // mobility, RFC 6275
      case 139:  // host identity, RFC 7401
      case 140:  // shim6, RFC 5533
        if (!rest.holds(8)) return rest.without(8);
        header = 8U * (rest.at[1] + 1U);
        break;
      case kFragmentHeader: {
        header = 8;
        if (!rest.holds(header)) return rest.without(header);
        const std::uint16_t place = load_big16(rest.at + 2);
        const std::uint32_t identification = load_big32(rest.at + 4);
        if ((place & 0xfff8U) != 0) {
          note_fragment(FragmentPart::later, identification, kFragmentHeader, packet);
          return decode_later_fragment(rest.at[0], rest.wire - header, packet);
        }
        constexpr std::uint16_t kMoreFragments = 1;
        if ((place & kMoreFragments) != 0) {
          note_fragment(FragmentPart::first, identification, kFragmentHeader, packet);
        }
        break;
      }
      case kAuthenticationHeader:  // RFC 4302, 2.2: counted in words of four bytes
        if (!rest.holds(8)) return rest.without(8);
        header = 4U * (rest.at[1] + 2U);
        break;
      default:
        return DecodeStatus::decoded;
    }
    const std::uint8_t following = rest.at[0];
    if (!rest.holds(header)) return rest.without(header);
    rest.skip(header);
    next = following;
  }
}

}  // namespace

/// RFC 791, 3.1.
DecodeStatus decode_ipv4(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kFixedHeader = 20;
  if (!rest.holds(kFixedHeader)) return rest.without(kFixedHeader);
  const std::uint8_t* const at = rest.at;
  const std::uint32_t header = 4U * (at[0] & 0x0fU);
  if (at[0] >> 4U != 4 || header < kFixedHeader) return DecodeStatus::malformed;
  const std::uint32_t total = load_big16(at + 2);
  // 0: filled in later by a network card that cuts segments.
  if (total != 0) rest.limit(total);
  if (header > rest.wire) return DecodeStatus::malformed;

  packet.ip_version = 4;
  packet.dscp = static_cast<std::uint8_t>(at[1] >> 2U);
  packet.ttl = at[8];
  packet.ip_length = rest.wire;
  packet.ip_offset = state.offset(rest);
  packet.src = IpAddress::v4(at + 12);
  packet.dst = IpAddress::v4(at + 16);
  std::uint8_t protocol = at[9];
  constexpr std::uint16_t kMoreFragments = 0x2000;
  constexpr std::uint16_t kOffset = 0x1fff;
  const std::uint16_t place = load_big16(at + 6);
  if ((place & (kMoreFragments | kOffset)) != 0) [[unlikely]] {
    const bool is_later = (place & kOffset) != 0;
    note_fragment(is_later ? FragmentPart::later : FragmentPart::first, load_big16(at + 4),
                  protocol, packet);
    if (is_later) return decode_later_fragment(protocol, rest.wire - header, packet);
  }
  if (!rest.holds(header)) return DecodeStatus::truncated;
  rest.skip(header);
  if (protocol == kAuthenticationHeader) {  // hides nothing
    const DecodeStatus status = skip_extensions(protocol, rest, packet);
    if (status != DecodeStatus::decoded) return status;
  }
  return decode_transport(protocol, rest, state, packet);
}

/// RFC 8200, 3.
DecodeStatus decode_ipv6(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kFixedHeader = 40;
  constexpr std::uint8_t kNoNextHeader = 59;
  if (!rest.holds(kFixedHeader)) return rest.without(kFixedHeader);
  const std::uint8_t* const at = rest.at;
  if (at[0] >> 4U != 6) return DecodeStatus::malformed;
  std::uint8_t next = at[6];
  const std::uint32_t payload = load_big16(at + 4);
  // 0: a jumbogram (RFC 2675), or filled in later by a network card that cuts segments.
  if (payload != 0 || next == kNoNextHeader) rest.limit(kFixedHeader + payload);

  packet.ip_version = 6;
  packet.dscp = static_cast<std::uint8_t>((load_big16(at) >> 6U) & 0x3fU);
  packet.ttl = at[7];
  packet.ip_length = rest.wire;
  packet.ip_offset = state.offset(rest);
  packet.src = IpAddress::v6(at + 8);
  packet.dst = IpAddress::v6(at + 24);
  rest.skip(kFixedHeader);
  const DecodeStatus status = skip_extensions(next, rest, packet);
  if (status != DecodeStatus::decoded) return status;
  return decode_transport(next, rest, state, packet);
}

DecodeStatus decode_ip(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(1)) return rest.without(1);
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
