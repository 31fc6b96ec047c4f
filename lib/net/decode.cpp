// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The decoder: link header, VLAN tags, IP, transport.
#include "weir/net/decode.hpp"

#include <algorithm>
#include <numeric>

#include "byte_order.hpp"

namespace weir {
namespace {

enum EtherType : std::uint16_t {
  kIpv4 = 0x0800,
  kVlan = 0x8100,  // IEEE 802.1Q
  kIpv6 = 0x86dd,
  kProviderVlan = 0x88a8,  // IEEE 802.1ad
  kOldProviderVlan = 0x9100,
};

/// What is left of a packet behind the headers already read.
struct Rest {
  const std::uint8_t* at;
  std::uint32_t captured;  ///< bytes at `at`
  std::uint32_t wire;      ///< bytes that were on the wire from `at` on

  void skip(std::uint32_t bytes) noexcept {
    at += bytes;
    captured -= bytes;
    wire -= std::min(bytes, wire);
  }
};

/// Behind the last IP header; `length` are the bytes the IP header says follow.
DecodeStatus decode_transport(std::uint8_t protocol, bool first_fragment, Rest rest,
                              std::uint32_t length, Packet& packet) noexcept {
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
      return DecodeStatus::decoded;
  }
  packet.src_port = load_big16(rest.at);
  packet.dst_port = load_big16(rest.at + 2);
  packet.payload_length = length - std::min(length, header);
  return DecodeStatus::decoded;
}

/// RFC 791, 3.1.
DecodeStatus decode_ipv4(Rest rest, Packet& packet) noexcept {
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
  return decode_transport(protocol, (fragment & kMoreFragments) != 0, rest, total - header, packet);
}

/// RFC 8200, 3 and 4.
DecodeStatus decode_ipv6(Rest rest, Packet& packet) noexcept {
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
        return decode_transport(next, first_fragment, rest, left, packet);
    }
    if (header > left) return DecodeStatus::malformed;
    if (header > rest.captured) return DecodeStatus::truncated;
    next = rest.at[0];
    rest.skip(header);
    left -= header;
  }
}

/// By the version in the first byte, for link types that do not tell.
DecodeStatus decode_ip(Rest rest, Packet& packet) noexcept {
  if (rest.captured == 0) return DecodeStatus::truncated;
  switch (rest.at[0] >> 4U) {
    case 4:
      return decode_ipv4(rest, packet);
    case 6:
      return decode_ipv6(rest, packet);
    default:
      return DecodeStatus::malformed;
  }
}

/// `rest` starts behind the EtherType.
DecodeStatus decode_ether_type(std::uint16_t type, Rest rest, Packet& packet) noexcept {
  for (;;) {
    switch (type) {
      case kIpv4:
        return decode_ipv4(rest, packet);
      case kIpv6:
        return decode_ipv6(rest, packet);
      case kVlan:
      case kProviderVlan:
      case kOldProviderVlan:
        if (rest.captured < 4) return DecodeStatus::truncated;
        type = load_big16(rest.at + 2);
        rest.skip(4);
        break;
      default:
        return DecodeStatus::not_ip;
    }
  }
}

DecodeStatus decode_ethernet(Rest rest, Packet& packet) noexcept {
  constexpr std::uint32_t kHeader = 14;
  if (rest.captured < kHeader) return DecodeStatus::truncated;
  const std::uint16_t type = load_big16(rest.at + 12);
  rest.skip(kHeader);
  return decode_ether_type(type, rest, packet);
}

/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html, ..._SLL2.html
DecodeStatus decode_linux_cooked(Rest rest, std::uint32_t header, std::uint32_t type_offset,
                                 Packet& packet) noexcept {
  if (rest.captured < header) return DecodeStatus::truncated;
  const std::uint16_t type = load_big16(rest.at + type_offset);
  rest.skip(header);
  return decode_ether_type(type, rest, packet);
}

/// BSD loopback: the address family in the byte order of the machine that captured, or (LOOP) in
/// network order; the families' numbers tell which, and differ between the BSDs for IPv6.
DecodeStatus decode_loopback(Rest rest, Packet& packet) noexcept {
  if (rest.captured < 4) return DecodeStatus::truncated;
  const std::uint32_t little = load_little<std::uint32_t>(rest.at);
  const std::uint32_t family = std::min(little, load_big32(rest.at));
  rest.skip(4);
  switch (family) {
    case 2:
      return decode_ipv4(rest, packet);
    case 10:
    case 24:
    case 28:
    case 30:
      return decode_ipv6(rest, packet);
    default:
      return DecodeStatus::not_ip;
  }
}

}  // namespace

std::string_view to_string(DecodeStatus status) noexcept {
  static constexpr std::array<std::string_view, kDecodeStatusCount> kNames{
      "decoded", "unsupported_link_type", "not_ip", "truncated", "malformed", "later_fragment"};
  return kNames[static_cast<std::size_t>(status)];
}

std::uint64_t DecodeCounts::total() const noexcept {
  return std::accumulate(packets.begin(), packets.end(), std::uint64_t{0});
}

DecodeCounts& DecodeCounts::operator+=(const DecodeCounts& other) noexcept {
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i] += other.packets[i];
  return *this;
}

DecodeStatus decode(const RawPacket& raw, Packet& packet) noexcept {
  const Rest rest{raw.data, raw.captured_length, raw.original_length};
  packet.time_ns = raw.time_ns;
  packet.length = raw.original_length;
  packet.tunnel_depth = 0;
  switch (raw.link_type) {
    case LinkType::ethernet:
      return decode_ethernet(rest, packet);
    case LinkType::linux_sll:
      return decode_linux_cooked(rest, 16, 14, packet);
    case LinkType::linux_sll2:
      return decode_linux_cooked(rest, 20, 0, packet);
    case LinkType::null:
    case LinkType::loop:
      return decode_loopback(rest, packet);
    case LinkType::raw_ip:
    case LinkType::raw_ip_bsd:
    case LinkType::raw_ip_openbsd:
      return decode_ip(rest, packet);
    case LinkType::ipv4:
      return decode_ipv4(rest, packet);
    case LinkType::ipv6:
      return decode_ipv6(rest, packet);
    default:
      return DecodeStatus::unsupported_link_type;
  }
}

}  // namespace weir
