// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tunnels: packets inside packets. What does not hold a decodable IP packet stays a packet of the
// outer flow.
#include "decode_layers.hpp"

namespace weir {
namespace {

enum TunnelProtocol : std::uint8_t { kIpv4InIp = 4, kIpv6InIp = 41, kGre = 47 };

constexpr std::uint16_t kTransparentEthernet = 0x6558;

/// RFC 2784 and 2890; version 1 carries PPP (RFC 2637).
DecodeStatus decode_gre(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(4)) return rest.without(4);
  const std::uint16_t flags = load_big16(rest.at);
  const std::uint16_t type = load_big16(rest.at + 2);
  const unsigned version = flags & 7U;
  constexpr std::uint16_t kChecksum = 0x8000;
  constexpr std::uint16_t kRouting = 0x4000;
  constexpr std::uint16_t kKey = 0x2000;
  constexpr std::uint16_t kSequence = 0x1000;
  constexpr std::uint16_t kAcknowledgement = 0x0080;
  if (version > 1 || (flags & kRouting) != 0) return DecodeStatus::not_ip;
  std::uint32_t header = 4;
  if ((flags & kChecksum) != 0) header += 4;
  if ((flags & kKey) != 0) header += 4;
  if ((flags & kSequence) != 0) header += 4;
  if (version == 1 && (flags & kAcknowledgement) != 0) header += 4;
  if (!rest.holds(header)) return rest.without(header);
  rest.skip(header);
  constexpr std::uint16_t kPpp = 0x880b;
  if (type == kPpp) return decode_ppp(rest, state, packet);
  if (type == kTransparentEthernet) return decode_ethernet(rest, state, packet);
  return decode_ether_type(type, rest, state, packet);
}

/// RFC 7348, 5; with the P bit of draft-ietf-nvo3-vxlan-gpe the last byte of the first word tells
/// what is inside. Other bits do not matter.
DecodeStatus decode_vxlan(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kHeader = 8;
  if (!rest.holds(kHeader)) return rest.without(kHeader);
  constexpr std::uint8_t kValidNetwork = 0x08;
  constexpr std::uint8_t kNextProtocol = 0x04;
  const std::uint8_t flags = rest.at[0];
  if ((flags & kValidNetwork) == 0) return DecodeStatus::not_ip;
  constexpr std::uint8_t kEthernet = 3;
  const std::uint8_t next = (flags & kNextProtocol) != 0 ? rest.at[3] : kEthernet;
  rest.skip(kHeader);
  switch (next) {
    case 1:
      return decode_ipv4(rest, state, packet);
    case 2:
      return decode_ipv6(rest, state, packet);
    case kEthernet:
      return decode_ethernet(rest, state, packet);
    default:
      return DecodeStatus::not_ip;
  }
}

/// RFC 8926, 3.4.
DecodeStatus decode_geneve(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(8)) return rest.without(8);
  if (rest.at[0] >> 6U != 0) return DecodeStatus::not_ip;
  const std::uint32_t header = 8U + 4U * (rest.at[0] & 0x3fU);
  const std::uint16_t type = load_big16(rest.at + 2);
  if (!rest.holds(header)) return rest.without(header);
  rest.skip(header);
  if (type == kTransparentEthernet) return decode_ethernet(rest, state, packet);
  return decode_ether_type(type, rest, state, packet);
}

/// 3GPP TS 29.281, 5.1: only G-PDUs carry user packets.
DecodeStatus decode_gtp_u(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(8)) return rest.without(8);
  constexpr std::uint8_t kVersion1 = 0x30;
  constexpr std::uint8_t kGPdu = 255;
  const std::uint8_t flags = rest.at[0];
  if ((flags & 0xf0U) != kVersion1 || rest.at[1] != kGPdu) return DecodeStatus::not_ip;
  rest.limit(8U + load_big16(rest.at + 2));
  constexpr std::uint8_t kExtension = 0x04;
  if ((flags & 0x07U) == 0) {
    rest.skip(8);
    return decode_ip(rest, state, packet);
  }
  if (!rest.holds(12)) return rest.without(12);
  std::uint8_t next = (flags & kExtension) != 0 ? rest.at[11] : 0;
  rest.skip(12);
  while (next != 0) {  // 5.2.1: length in words of four bytes, the next type in the last byte
    if (!rest.holds(4)) return rest.without(4);
    const std::uint32_t header = 4U * rest.at[0];
    if (header == 0) return DecodeStatus::malformed;
    if (!rest.holds(header)) return rest.without(header);
    next = rest.at[header - 1];
    rest.skip(header);
  }
  return decode_ip(rest, state, packet);
}

/// RFC 4380, 5.1.1: authentication and origin indications may come before the IPv6 packet.
DecodeStatus decode_teredo(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (rest.captured >= 4 && load_big16(rest.at) == 0x0001) {
    const std::uint32_t header = 13U + rest.at[2] + rest.at[3];
    if (!rest.holds(header)) return rest.without(header);
    rest.skip(header);
  }
  if (rest.captured >= 8 && load_big16(rest.at) == 0x0000) rest.skip(8);
  return decode_ipv6(rest, state, packet);
}

/// RFC 2661, 3.1: data messages only.
DecodeStatus decode_l2tp(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(2)) return rest.without(2);
  const std::uint16_t flags = load_big16(rest.at);
  constexpr std::uint16_t kControl = 0x8000;
  constexpr std::uint16_t kLength = 0x4000;
  constexpr std::uint16_t kSequence = 0x0800;
  constexpr std::uint16_t kOffset = 0x0200;
  if ((flags & kControl) != 0 || (flags & 0x0fU) != 2) return DecodeStatus::not_ip;
  std::uint32_t header = 6;
  if ((flags & kLength) != 0) header += 2;
  if ((flags & kSequence) != 0) header += 4;
  if ((flags & kOffset) != 0) {
    header += 2;
    if (!rest.holds(header)) return rest.without(header);
    header += load_big16(rest.at + header - 2);
  }
  if (!rest.holds(header)) return rest.without(header);
  rest.skip(header);
  return decode_ppp(rest, state, packet);
}

/// Decodes what is inside by `decode`; when that works, it takes the place of `outer`.
template <typename Decode>
DecodeStatus enter(Decode decode, Rest rest, DecodeState state, Packet& outer) noexcept {
  if (state.view == TunnelView::outer || ++state.depth > kMaxTunnelDepth) {
    return DecodeStatus::decoded;
  }
  Packet inner;
  inner.time_ns = outer.time_ns;
  inner.length = outer.length;
  const DecodeStatus status = decode(rest, state, inner);
  if (status != DecodeStatus::decoded && status != DecodeStatus::later_fragment) {
    return DecodeStatus::decoded;
  }
  inner.tunnel_depth =
      static_cast<std::uint8_t>(std::max<unsigned>(inner.tunnel_depth, state.depth));
  inner.outer_src = outer.src;
  inner.outer_dst = outer.dst;
  // The tunnel's packet may be cut in fragments, too; its later ones continue this packet.
  if (inner.fragment_part == FragmentPart::whole) {
    inner.fragment_part = outer.fragment_part;
    inner.fragment = outer.fragment;
  }
  outer = inner;
  return status;
}

}  // namespace

DecodeStatus enter_ip_tunnel(std::uint8_t protocol, Rest rest, DecodeState state,
                             Packet& outer) noexcept {
  switch (protocol) {
    case kIpv4InIp:  // RFC 2003
      return enter(decode_ipv4, rest, state, outer);
    case kIpv6InIp:  // RFC 4213
      return enter(decode_ipv6, rest, state, outer);
    case kGre:
      return enter(decode_gre, rest, state, outer);
    default:
      return DecodeStatus::decoded;
  }
}

DecodeStatus enter_udp_tunnel(Rest rest, DecodeState state, Packet& outer) noexcept {
  switch (is_tunnel_port(outer.dst_port) != 0 ? outer.dst_port : outer.src_port) {
    case kL2tp:
      return enter(decode_l2tp, rest, state, outer);
    case kGtpU:
      return enter(decode_gtp_u, rest, state, outer);
    case kTeredo:
      return enter(decode_teredo, rest, state, outer);
    case kVxlan:
      return enter(decode_vxlan, rest, state, outer);
    case kGeneve:
      return enter(decode_geneve, rest, state, outer);
    default:
      return DecodeStatus::decoded;
  }
}

}  // namespace weir
