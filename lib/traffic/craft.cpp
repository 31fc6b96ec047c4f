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

Tins::TCP tcp_header(bool syn) {
  Tins::TCP tcp;
  tcp.window(0);
  if (syn) {
    tcp.mss(0);
    tcp.sack_permitted();
    tcp.winscale(0);
  }
  return tcp;
}

template <typename Ip>
std::vector<std::uint8_t> serialised(Ip ip, bool tcp, bool syn) {
  if (tcp) {
    ip /= tcp_header(syn);
  } else {
    ip /= Tins::UDP();
  }
  return ip.serialize();
}

/// IP and transport header with zeros where the values of a packet go.
std::vector<std::uint8_t> build_headers(bool v4, bool tcp, bool syn) {
  std::vector<std::uint8_t> bytes;
  if (v4) {
    Tins::IP ip("127.0.0.1", "127.0.0.1");  // without a source libtins asks the routing table
    ip.flags(Tins::IP::DONT_FRAGMENT);
    bytes = serialised(ip, tcp, syn);
    store16(&bytes[10], 0);
  } else {
    bytes = serialised(Tins::IPv6(), tcp, syn);
  }
  store16(&bytes[(v4 ? kV4Bytes : kV6Bytes) + (tcp ? 16 : 6)], 0);
  return bytes;
}

void fill_link_header(std::uint8_t* at, const FiveTuple& tuple) noexcept {
  for (const IpAddress* address : {&tuple.dst, &tuple.src}) {
    if (!is_loopback(*address)) {
      at[0] = 0x02;  // locally administered
      std::memcpy(at + 1, address->bytes.data() + 11, 5);
    }
    at += 6;
  }
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

/// `sum`: of pseudo header and payload.
void fill_tcp(std::uint8_t* tcp, std::size_t header_bytes, const TcpFields& fields,
              std::uint64_t sum) noexcept {
  store32(tcp + 4, fields.sequence);
  store32(tcp + 8, fields.acknowledgement);
  tcp[13] = fields.flags;
  store16(tcp + 14, fields.window);
  if (fields.mss > 0) {  // options: MSS, SACK permitted, window scale, padding
    store16(tcp + 22, fields.mss);
    tcp[28] = fields.window_shift;
  }
  store_checksum(tcp + 16, add_words(sum, tcp, header_bytes));
}

void fill_udp(std::uint8_t* udp, std::size_t udp_bytes, std::uint64_t sum) noexcept {
  store16(udp + 4, udp_bytes);
  store_checksum(udp + 6, add_words(sum, udp, 8));
  if (udp[6] == 0 && udp[7] == 0) store16(udp + 6, 0xffff);  // 0 would say "none" (RFC 768)
}

}  // namespace

PacketCrafter::PacketCrafter(std::uint32_t snap_length)
    : snap_length_(snap_length),
      frame_(kMaxHeaderBytes + std::min<std::size_t>(snap_length, 0xffff)) {
  for (const bool v4 : {true, false}) {
    for (const bool tcp : {false, true}) {
      for (const bool syn : {false, true}) {
        if (syn && !tcp) continue;
        PacketSpec like;
        if (v4) like.tuple.dst = IpAddress::v4(std::uint32_t{0});
        if (tcp) like.tuple.protocol = static_cast<std::uint8_t>(IpProtocol::tcp);
        like.tcp.mss = syn ? 1 : 0;
        const std::vector<std::uint8_t> ip = build_headers(v4, tcp, syn);
        Headers& headers = headers_[kind_of(like)];
        store16(&headers.bytes[12], v4 ? 0x0800 : 0x86dd);
        std::ranges::copy(ip, headers.bytes.begin() + kLinkBytes);
        headers.size = kLinkBytes + ip.size();
      }
    }
  }
}

std::size_t PacketCrafter::kind_of(const PacketSpec& packet) noexcept {
  const std::size_t transport = !is_tcp(packet) ? 0 : packet.tcp.mss == 0 ? 1 : 2;
  return transport + (packet.tuple.dst.is_v4() ? 0 : kKinds / 2);
}

RawPacket PacketCrafter::craft(const PacketSpec& packet) {
  const Headers& headers = headers_[kind_of(packet)];
  const bool v4 = packet.tuple.dst.is_v4();
  const std::size_t bytes = headers.size + packet.payload.bytes.size();
  std::uint8_t* const ip = frame_.data() + kLinkBytes;
  std::uint8_t* const transport = ip + (v4 ? kV4Bytes : kV6Bytes);
  const auto header_bytes = static_cast<std::size_t>(frame_.data() + headers.size - transport);
  const std::size_t transport_bytes = header_bytes + packet.payload.bytes.size();

  std::memcpy(frame_.data(), headers.bytes.data(), headers.bytes.size());
  fill_link_header(frame_.data(), packet.tuple);
  std::uint64_t sum = packet.payload.sum;
  sum += v4 ? fill_v4(ip, packet, bytes - kLinkBytes) : fill_v6(ip, packet, bytes - kLinkBytes);
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

  const std::size_t captured = std::min<std::size_t>(bytes, snap_length_);
  if (captured > headers.size) {
    std::memcpy(frame_.data() + headers.size, packet.payload.bytes.data(), captured - headers.size);
  }
  return {0, frame_.data(), static_cast<std::uint32_t>(captured), static_cast<std::uint32_t>(bytes),
          LinkType::ethernet};
}

}  // namespace weir
