// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Frames: headers that libtins builds once, with each packet's values and checksums filled in.
#include "weir/traffic/craft.hpp"

#include <tins/ip.h>
#include <tins/ipv6.h>
#include <tins/tcp.h>
#include <tins/udp.h>

#include <algorithm>
#include <cstring>

#include "checksum.hpp"
#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

constexpr std::size_t kLinkBytes = 14;
constexpr std::size_t kV4Bytes = 20;
constexpr std::size_t kV6Bytes = 40;
constexpr std::size_t kUdpBytes = 8;
constexpr std::size_t kGtpuBytes = 8;
constexpr std::uint16_t kGtpuPort = 2152;
/// In front of the IP packet: Ethernet with a VLAN tag and a GTP-U tunnel.
constexpr std::size_t kRoom = kLinkBytes + 4 + kV4Bytes + kUdpBytes + kGtpuBytes;
constexpr std::size_t kMostSackBytes = 4 + 8 * TcpFields::kMostSackBlocks;

void store16(std::uint8_t* at, std::size_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 8U);
  at[1] = static_cast<std::uint8_t>(value);
}

void store32(std::uint8_t* at, std::uint32_t value) noexcept {
  store16(at, value >> 16U);
  store16(at + 2, value & 0xffffU);
}

/// A sum becomes a checksum: its complement, as it lies in memory.
void store_checksum(std::uint8_t* at, std::uint64_t sum) noexcept {
  const auto checksum = static_cast<std::uint16_t>(~fold(sum));
  std::memcpy(at, &checksum, sizeof checksum);
}

bool is_tcp(const PacketSpec& packet) noexcept {
  return packet.tuple.protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
}

Tins::TCP tcp_header(bool syn, bool timestamps) {
  Tins::TCP tcp;
  tcp.window(0);
  if (syn) {
    tcp.mss(0);
    tcp.sack_permitted();
  } else if (timestamps) {
    for (int i = 0; i < 2; ++i) tcp.add_option(Tins::TCP::option(Tins::TCP::NOP));
  }
  if (timestamps) tcp.timestamp(0, 0);
  if (syn) tcp.winscale(0);
  return tcp;
}

template <typename Ip>
std::vector<std::uint8_t> serialised(Ip ip, const PacketSpec& like) {
  if (is_tcp(like)) {
    ip /= tcp_header(like.tcp.mss > 0, like.tcp.timestamp > 0);
  } else {
    ip /= Tins::UDP();
  }
  return ip.serialize();
}

/// IP and transport header with zeros where the values of a packet go.
std::vector<std::uint8_t> build_headers(const PacketSpec& like) {
  std::vector<std::uint8_t> bytes;
  const bool v4 = like.tuple.dst.is_v4();
  if (v4) {
    Tins::IP ip("127.0.0.1", "127.0.0.1");  // without a source libtins asks the routing table
    ip.flags(Tins::IP::DONT_FRAGMENT);
    bytes = serialised(ip, like);
    store16(&bytes[10], 0);
  } else {
    bytes = serialised(Tins::IPv6(), like);
  }
  store16(&bytes[(v4 ? kV4Bytes : kV6Bytes) + (is_tcp(like) ? 16 : 6)], 0);
  return bytes;
}

void fill_link_address(std::uint8_t* at, const IpAddress& address) noexcept {
  std::memset(at, 0, 6);
  if (is_loopback(address)) return;
  at[0] = 0x02;  // locally administered
  std::memcpy(at + 1, address.bytes.data() + 11, 5);
}

/// Returns the sum of the addresses, which the transport's checksum covers too.
std::uint64_t fill_v4(std::uint8_t* ip, const PacketSpec& packet, std::size_t ip_bytes) noexcept {
  store16(ip + 2, ip_bytes);
  store16(ip + 4, packet.ip_id);
  ip[8] = packet.ttl;
  std::memcpy(ip + 12, packet.tuple.src.bytes.data() + 12, 4);
  std::memcpy(ip + 16, packet.tuple.dst.bytes.data() + 12, 4);
  store_checksum(ip + 10, add_words(0, ip, kV4Bytes));
  return add_words(0, ip + 12, 8);
}

std::uint64_t fill_v6(std::uint8_t* ip, const PacketSpec& packet, std::size_t ip_bytes) noexcept {
  store16(ip + 4, ip_bytes - kV6Bytes);
  ip[7] = packet.ttl;
  std::memcpy(ip + 8, packet.tuple.src.bytes.data(), 16);
  std::memcpy(ip + 24, packet.tuple.dst.bytes.data(), 16);
  return add_words(0, ip + 8, 32);
}

/// The option at the end of the header, which is longer by it than the one it was copied from.
void fill_sack(std::uint8_t* tcp, std::size_t header_bytes, const TcpFields& fields) noexcept {
  std::uint8_t* at = tcp + header_bytes - fields.sack_bytes();
  at[0] = at[1] = 1;  // no operation, to align
  at[2] = 5;
  at[3] = static_cast<std::uint8_t>(fields.sack_bytes() - 2);
  for (std::size_t i = 0; i < fields.sack_blocks; ++i) {
    store32(at + 4 + 8 * i, fields.sack[i].begin);
    store32(at + 8 + 8 * i, fields.sack[i].end);
  }
  tcp[12] = static_cast<std::uint8_t>(header_bytes / 4 << 4U);
}

/// `sum`: of pseudo header and payload.
void fill_tcp(std::uint8_t* tcp, std::size_t header_bytes, const TcpFields& fields,
              std::uint64_t sum) noexcept {
  store32(tcp + 4, fields.sequence);
  store32(tcp + 8, fields.acknowledgement);
  tcp[13] = fields.flags;
  store16(tcp + 14, fields.window);
  const bool syn = fields.mss > 0;
  const bool timestamps = fields.timestamp > 0;
  if (syn) {  // options: MSS, SACK permitted, timestamps, window scale, padding
    store16(tcp + 22, fields.mss);
    tcp[timestamps ? 38 : 28] = fields.window_shift;
  }
  if (timestamps) {
    store32(tcp + (syn ? 28 : 24), fields.timestamp);
    store32(tcp + (syn ? 32 : 28), fields.timestamp_echo);
  }
  if (fields.sack_blocks > 0) fill_sack(tcp, header_bytes, fields);
  store_checksum(tcp + 16, add_words(sum, tcp, header_bytes));
}

void fill_udp(std::uint8_t* udp, std::size_t udp_bytes, std::uint64_t sum) noexcept {
  store16(udp + 4, udp_bytes);
  store_checksum(udp + 6, add_words(sum, udp, 8));
  if (udp[6] == 0 && udp[7] == 0) store16(udp + 6, 0xffff);  // 0 would say "none" (RFC 768)
}

/// IPv4, UDP and GTP-U (3GPP TS 29.281, 5.1) in front of an IP packet of `ip_bytes`; `sum` is that
/// of its 16-bit words.
void fill_tunnel(std::uint8_t* at, const PacketSpec& packet, const IpAddress& src,
                 const IpAddress& dst, std::size_t ip_bytes, std::uint64_t sum) noexcept {
  std::uint8_t* const udp = at + kV4Bytes;
  std::uint8_t* const gtpu = udp + kUdpBytes;
  const std::size_t udp_bytes = kUdpBytes + kGtpuBytes + ip_bytes;
  PacketSpec outer;
  outer.tuple = {src, dst, kGtpuPort, kGtpuPort, static_cast<std::uint8_t>(IpProtocol::udp)};
  outer.ip_id = packet.ip_id;
  at[0] = 0x45;
  std::memset(at + 1, 0, kV4Bytes - 1);
  at[9] = outer.tuple.protocol;
  std::uint64_t udp_sum = sum + fill_v4(at, outer, kV4Bytes + udp_bytes);
  gtpu[0] = 0x30;  // version 1, GTP, no optional fields
  gtpu[1] = 0xff;  // a user's packet
  store16(gtpu + 2, ip_bytes);
  store32(gtpu + 4,
          packet.downward ? packet.encapsulation->gtpu->down : packet.encapsulation->gtpu->up);
  udp_sum = add_words(udp_sum, gtpu, kGtpuBytes);
  std::array<std::uint8_t, 4> pseudo{0, outer.tuple.protocol};
  store16(&pseudo[2], udp_bytes);
  udp_sum = add_words(udp_sum, pseudo.data(), pseudo.size());
  store16(udp, kGtpuPort);
  store16(udp + 2, kGtpuPort);
  store16(udp + 6, 0);
  fill_udp(udp, udp_bytes, udp_sum);
}

}  // namespace

PacketCrafter::PacketCrafter(std::uint32_t snap_length)
    : snap_length_(snap_length),
      frame_(kRoom + kMaxHeaderBytes + kMostSackBytes +
             std::min<std::size_t>(snap_length, 0xffff)) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    PacketSpec like;
    if (kind < kKinds / 2) like.tuple.dst = IpAddress::v4(std::uint32_t{0});
    const std::size_t transport = kind % (kKinds / 2);
    like.tuple.protocol =
        static_cast<std::uint8_t>(transport == 0 ? IpProtocol::udp : IpProtocol::tcp);
    like.tcp.mss = transport == 2 || transport == 4 ? 1 : 0;
    like.tcp.timestamp = transport >= 3 ? 1 : 0;
    const std::vector<std::uint8_t> bytes = build_headers(like);
    Headers& headers = headers_[kind_of(like)];
    std::ranges::copy(bytes, headers.bytes.begin());
    headers.size = bytes.size();
  }
}

std::size_t PacketCrafter::kind_of(const PacketSpec& packet) noexcept {
  const std::size_t transport =
      !is_tcp(packet) ? 0
                      : 1 + (packet.tcp.mss == 0 ? 0U : 1U) + (packet.tcp.timestamp == 0 ? 0U : 2U);
  return transport + (packet.tuple.dst.is_v4() ? 0 : kKinds / 2);
}

RawPacket PacketCrafter::craft(const PacketSpec& packet) {
  const Headers& headers = headers_[kind_of(packet)];
  const bool v4 = packet.tuple.dst.is_v4();
  const std::size_t headers_bytes = headers.size + packet.tcp.sack_bytes();
  const std::size_t ip_bytes = headers_bytes + packet.payload.bytes.size();
  std::uint8_t* const ip = frame_.data() + kRoom;
  std::uint8_t* const transport = ip + (v4 ? kV4Bytes : kV6Bytes);
  const auto header_bytes = static_cast<std::size_t>(ip + headers_bytes - transport);
  const std::size_t transport_bytes = header_bytes + packet.payload.bytes.size();

  std::memcpy(ip, headers.bytes.data(), headers.bytes.size());
  std::uint64_t sum = packet.payload.sum;
  sum += v4 ? fill_v4(ip, packet, ip_bytes) : fill_v6(ip, packet, ip_bytes);
  std::array<std::uint8_t, 4> pseudo{0, packet.tuple.protocol};
  store16(&pseudo[2], transport_bytes);
  sum = add_words(sum, pseudo.data(), pseudo.size());
  store16(transport, packet.tuple.src_port);
  store16(transport + 2, packet.tuple.dst_port);
  if (is_tcp(packet)) {
    fill_tcp(transport, header_bytes, packet.tcp, sum);
  } else {
    fill_udp(transport, transport_bytes, sum);
  }

  std::uint8_t* const frame = wrap(ip, packet, ip_bytes, packet.payload.sum);
  const std::size_t in_front = static_cast<std::size_t>(ip - frame) + headers_bytes;
  const std::size_t bytes = in_front + packet.payload.bytes.size();
  const std::size_t captured = std::min<std::size_t>(bytes, snap_length_);
  if (captured > in_front) {
    std::memcpy(frame + in_front, packet.payload.bytes.data(), captured - in_front);
  }
  return {0, frame, static_cast<std::uint32_t>(captured), static_cast<std::uint32_t>(bytes),
          LinkType::ethernet};
}

/// Puts tunnel and link header in front of the IP packet, and returns where the frame begins.
std::uint8_t* PacketCrafter::wrap(std::uint8_t* ip, const PacketSpec& packet, std::size_t ip_bytes,
                                  std::uint64_t payload_sum) {
  const bool v4 = packet.tuple.dst.is_v4();
  std::uint16_t ether_type = v4 ? 0x0800 : 0x86dd;
  const IpAddress* src = &packet.tuple.src;
  const IpAddress* dst = &packet.tuple.dst;
  const Encapsulation* const outside = packet.encapsulation;
  std::uint8_t* at = ip;
  if (outside != nullptr && outside->gtpu) {
    const Encapsulation::Tunnel& tunnel = *outside->gtpu;
    src = packet.downward ? &tunnel.core : &tunnel.radio;
    dst = packet.downward ? &tunnel.radio : &tunnel.core;
    const std::size_t headers = ip_bytes - packet.payload.bytes.size();
    at -= kV4Bytes + kUdpBytes + kGtpuBytes;
    fill_tunnel(at, packet, *src, *dst, ip_bytes, add_words(payload_sum, ip, headers));
    ether_type = 0x0800;
  }
  at -= 2;
  store16(at, ether_type);
  if (outside != nullptr && outside->vlan) {
    at -= 4;
    store16(at, 0x8100);
    store16(at + 2, *outside->vlan);
  }
  at -= 12;
  fill_link_address(at, *dst);
  fill_link_address(at + 6, *src);
  return at;
}

}  // namespace weir
