// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Link layers: what stands before the IP header.
#include <array>

#include "decode_layers.hpp"

namespace weir {
namespace {

enum EtherType : std::uint16_t {
  kIpv4 = 0x0800,
  kVlan = 0x8100,  // IEEE 802.1Q
  kIpv6 = 0x86dd,
  kMpls = 0x8847,  // RFC 5332
  kMplsMulticast = 0x8848,
  kPppoeSession = 0x8864,  // RFC 2516
  kProviderVlan = 0x88a8,  // IEEE 802.1ad
  kOldProviderVlan = 0x9100,
};

/// An IEEE 802.2 header: only SNAP (RFC 1042) carries IP.
DecodeStatus decode_llc(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kHeader = 8;
  if (rest.wire < kHeader) return DecodeStatus::not_ip;
  if (!rest.holds(kHeader)) return DecodeStatus::truncated;
  static constexpr std::array<std::uint8_t, 6> kSnap{0xaa, 0xaa, 0x03, 0, 0, 0};
  if (!std::equal(kSnap.begin(), kSnap.end(), rest.at)) return DecodeStatus::not_ip;
  const std::uint16_t type = load_big16(rest.at + 6);
  rest.skip(kHeader);
  return decode_ether_type(type, rest, state, packet);
}

/// RFC 3032, 2.1. What is below the stack is not told: IP, if it looks like it.
DecodeStatus decode_mpls(Rest rest, DecodeState state, Packet& packet) noexcept {
  for (bool bottom = false; !bottom;) {
    if (!rest.holds(4)) return rest.without(4);
    bottom = (rest.at[2] & 1U) != 0;
    rest.skip(4);
  }
  if (!rest.holds(1)) return rest.without(1);
  const unsigned version = rest.at[0] >> 4U;
  if (version != 4 && version != 6) return DecodeStatus::not_ip;
  return decode_ip(rest, state, packet);
}

/// RFC 2516, 4: `rest` starts at the version.
DecodeStatus decode_pppoe(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kHeader = 6;
  if (!rest.holds(kHeader)) return rest.without(kHeader);
  constexpr std::uint8_t kSession = 0;
  if (rest.at[0] != 0x11 || rest.at[1] != kSession) return DecodeStatus::not_ip;
  rest.skip(kHeader);
  return decode_ppp(rest, state, packet);
}

/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html, ..._SLL2.html
DecodeStatus decode_linux_cooked(Rest rest, std::uint32_t header, std::uint32_t type_offset,
                                 DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(header)) return rest.without(header);
  const std::uint16_t type = load_big16(rest.at + type_offset);
  rest.skip(header);
  return decode_ether_type(type, rest, state, packet);
}

/// BSD loopback: the address family in the byte order of the machine that captured, or (LOOP) in
/// network order; the families' numbers tell which, and differ between the BSDs for IPv6.
DecodeStatus decode_loopback(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(4)) return rest.without(4);
  const std::uint32_t family = std::min(load_little<std::uint32_t>(rest.at), load_big32(rest.at));
  rest.skip(4);
  switch (family) {
    case 2:
      return decode_ipv4(rest, state, packet);
    case 10:  // Linux
    case 23:  // Windows
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // macOS
      return decode_ipv6(rest, state, packet);
    default:
      return DecodeStatus::not_ip;
  }
}

/// Cisco HDLC: address, control, EtherType.
DecodeStatus decode_cisco_hdlc(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(4)) return rest.without(4);
  const std::uint16_t type = load_big16(rest.at + 2);
  rest.skip(4);
  return decode_ether_type(type, rest, state, packet);
}

/// A serial line: PPP, or Cisco HDLC by its first byte (unicast or broadcast), which no PPP header
/// has.
DecodeStatus decode_serial(Rest rest, DecodeState state, Packet& packet) noexcept {
  const bool cisco = rest.holds(1) && (rest.at[0] & 0x7fU) == 0x0f;
  return cisco ? decode_cisco_hdlc(rest, state, packet) : decode_ppp(rest, state, packet);
}

/// IEEE 802.11-2020, 9.2 and 9.3.2: data frames in the clear.
DecodeStatus decode_80211(Rest rest, bool padded, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(2)) return rest.without(2);
  const std::uint8_t control = rest.at[0];
  const std::uint8_t flags = rest.at[1];
  const bool data = (control & 0x0cU) == 0x08;
  const bool without_payload = (control & 0x40U) != 0;
  const bool encrypted = (flags & 0x40U) != 0;
  if (!data || without_payload || encrypted) return DecodeStatus::not_ip;
  std::uint32_t header = 24;
  const bool four_addresses = (flags & 0x03U) == 0x03;
  if (four_addresses) header += 6;
  const bool quality_of_service = (control & 0x80U) != 0;
  if (quality_of_service) {
    if (!rest.holds(header + 2)) return rest.without(header + 2);
    const bool aggregated = (rest.at[header] & 0x80U) != 0;
    if (aggregated) return DecodeStatus::not_ip;
    header += 2;
    const bool throughput_control = (flags & 0x80U) != 0;
    if (throughput_control) header += 4;
  }
  if (padded) header = (header + 3) / 4 * 4;
  if (!rest.holds(header)) return rest.without(header);
  rest.skip(header);
  return decode_llc(rest, state, packet);
}

/// https://www.radiotap.org: of the fields, only the flags matter here, the second at the most.
DecodeStatus decode_radiotap(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (!rest.holds(8)) return rest.without(8);
  const std::uint32_t header = load_little<std::uint16_t>(rest.at + 2);
  if (header < 8) return DecodeStatus::malformed;
  if (!rest.holds(header)) return rest.without(header);
  constexpr std::uint32_t kTimer = 1U << 0U;
  constexpr std::uint32_t kFlags = 1U << 1U;
  constexpr std::uint32_t kMorePresence = 1U << 31U;
  const std::uint32_t present = load_little<std::uint32_t>(rest.at + 4);
  std::uint32_t field = 8;
  for (std::uint32_t word = present; (word & kMorePresence) != 0; field += 4) {
    if (field + 4 > header) return DecodeStatus::malformed;
    word = load_little<std::uint32_t>(rest.at + field);
  }
  if ((present & kTimer) != 0) field = (field + 7) / 8 * 8 + 8;
  constexpr std::uint8_t kPadded = 0x20;
  const bool padded = (present & kFlags) != 0 && field < header && (rest.at[field] & kPadded) != 0;
  rest.skip(header);
  return decode_80211(rest, padded, state, packet);
}

}  // namespace

DecodeStatus decode_ether_type(std::uint16_t type, Rest rest, DecodeState state,
                               Packet& packet) noexcept {
  for (;;) {
    switch (type) {
      case kIpv4:
        return decode_ipv4(rest, state, packet);
      case kIpv6:
        return decode_ipv6(rest, state, packet);
      case kVlan:
      case kProviderVlan:
      case kOldProviderVlan:
        if (!rest.holds(4)) return rest.without(4);
        type = load_big16(rest.at + 2);
        rest.skip(4);
        break;
      case kMpls:
      case kMplsMulticast:
        return decode_mpls(rest, state, packet);
      case kPppoeSession:
        return decode_pppoe(rest, state, packet);
      default: {
        constexpr std::uint16_t kLargestLength = 1500;  // IEEE 802.3: a length, not a type
        return type <= kLargestLength ? decode_llc(rest, state, packet) : DecodeStatus::not_ip;
      }
    }
  }
}

DecodeStatus decode_ethernet(Rest rest, DecodeState state, Packet& packet) noexcept {
  constexpr std::uint32_t kHeader = 14;
  if (!rest.holds(kHeader)) return rest.without(kHeader);
  const std::uint16_t type = load_big16(rest.at + 12);
  rest.skip(kHeader);
  return decode_ether_type(type, rest, state, packet);
}

/// RFC 1661, 2 and RFC 1662, 3: address and control may be left out, the protocol may have one
/// byte.
DecodeStatus decode_ppp(Rest rest, DecodeState state, Packet& packet) noexcept {
  if (rest.captured >= 2 && rest.at[0] == 0xff && rest.at[1] == 0x03) rest.skip(2);
  if (!rest.holds(2)) return rest.without(2);
  const bool compressed = (rest.at[0] & 1U) != 0;
  const std::uint16_t protocol = compressed ? rest.at[0] : load_big16(rest.at);
  rest.skip(compressed ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      return decode_ipv4(rest, state, packet);
    case 0x0057:
      return decode_ipv6(rest, state, packet);
    case 0x0281:
      return decode_mpls(rest, state, packet);
    default:
      return DecodeStatus::not_ip;
  }
}

DecodeStatus decode_link(LinkType type, Rest rest, DecodeState state, Packet& packet) noexcept {
  switch (type) {
    case LinkType::ethernet:
      return decode_ethernet(rest, state, packet);
    case LinkType::linux_sll:
      return decode_linux_cooked(rest, 16, 14, state, packet);
    case LinkType::linux_sll2:
      return decode_linux_cooked(rest, 20, 0, state, packet);
    case LinkType::null:
    case LinkType::loop:
      return decode_loopback(rest, state, packet);
    case LinkType::raw_ip:
    case LinkType::raw_ip_bsd:
    case LinkType::raw_ip_openbsd:
      return decode_ip(rest, state, packet);
    case LinkType::ipv4:
      return decode_ipv4(rest, state, packet);
    case LinkType::ipv6:
      return decode_ipv6(rest, state, packet);
    case LinkType::ppp:
    case LinkType::ppp_hdlc:
      return decode_serial(rest, state, packet);
    case LinkType::pppoe:
      return decode_pppoe(rest, state, packet);
    case LinkType::cisco_hdlc:
      return decode_cisco_hdlc(rest, state, packet);
    case LinkType::ieee802_11:
      return decode_80211(rest, false, state, packet);
    case LinkType::ieee802_11_radiotap:
      return decode_radiotap(rest, state, packet);
    default:
      return DecodeStatus::unsupported_link_type;
  }
}

}  // namespace weir
