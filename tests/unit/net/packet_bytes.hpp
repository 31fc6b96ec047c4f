// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets built byte by byte, for tests.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "weir/net/packet.hpp"

namespace weir::test {

using ByteString = std::vector<std::uint8_t>;

inline ByteString operator+(ByteString left, const ByteString& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline ByteString be16(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

inline ByteString be32(std::uint32_t value) {
  return be16(value >> 16U) + be16(value & 0xffffU);
}

inline ByteString zeros(std::size_t count) {
  return ByteString(count, 0);
}

/// Ethernet addresses and an EtherType.
inline ByteString ethernet(std::uint16_t type) {
  return ByteString{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1} + be16(type);
}

/// An IPv4 header (192.0.2.1 > 198.51.100.2, TTL 64, DSCP 46) before `payload`.
inline ByteString ipv4(std::uint8_t protocol, const ByteString& payload,
                       const ByteString& options = {}, std::uint32_t fragment = 0,
                       std::uint32_t identification = 0) {
  const std::size_t header = 20 + options.size();
  return ByteString{static_cast<std::uint8_t>(0x40U | header / 4), 46 << 2} +
         be16(static_cast<std::uint32_t>(header + payload.size())) + be16(identification) +
         be16(fragment) + ByteString{64, protocol, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2} + options +
         payload;
}

/// An IPv6 header (2001:db8::1 > 2001:db8::2, hop limit 63, DSCP 46) before `payload`.
inline ByteString ipv6(std::uint8_t next, const ByteString& payload) {
  const auto address = [](std::uint8_t last) {
    return ByteString{0x20, 0x01, 0x0d, 0xb8} + zeros(11) + ByteString{last};
  };
  return ByteString{0x6b, 0x80, 0, 0} + be16(static_cast<std::uint32_t>(payload.size())) +
         ByteString{next, 63} + address(1) + address(2) + payload;
}

/// A TCP header with `options` (1234 > 80, ACK PSH, window 500) before `payload_length` bytes.
inline ByteString tcp(std::size_t payload_length, const ByteString& options = {}) {
  const auto words = static_cast<std::uint8_t>((20 + options.size()) / 4);
  return be16(1234) + be16(80) + be32(1) + be32(2) +
         ByteString{static_cast<std::uint8_t>(words << 4U), kTcpAck | kTcpPsh} + be16(500) +
         be32(0) + options + zeros(payload_length);
}

/// A UDP header (5555 > 53) before `payload_length` bytes.
inline ByteString udp(std::size_t payload_length) {
  return be16(5555) + be16(53) + be16(static_cast<std::uint32_t>(8 + payload_length)) + be16(0) +
         zeros(payload_length);
}

/// A UDP header (5555 > `dst_port`) before `payload`.
inline ByteString udp_to(std::uint16_t dst_port, const ByteString& payload) {
  return be16(5555) + be16(dst_port) + be16(static_cast<std::uint32_t>(8 + payload.size())) +
         be16(0) + payload;
}

/// `bytes`, which must outlive it, as a packet captured whole.
inline RawPacket raw(const ByteString& bytes, LinkType link_type = LinkType::ethernet) {
  const auto length = static_cast<std::uint32_t>(bytes.size());
  return {1'700'000'000'123'456'789, bytes.data(), length, length, link_type};
}

}  // namespace weir::test
