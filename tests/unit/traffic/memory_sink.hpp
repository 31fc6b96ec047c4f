// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Generated packets kept in memory and taken apart by code that shares nothing with what made them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/flow/flow_key.hpp"
#include "weir/net/source.hpp"

namespace weir::test {

/// Keeps a copy of each packet.
class MemorySink : public PacketSink {
 public:
  struct Kept {
    std::int64_t time_ns;
    std::vector<std::uint8_t> bytes;
    bool operator==(const Kept&) const = default;
  };

  void write(const RawPacket& packet) override {
    packets.push_back({packet.time_ns, {packet.data, packet.data + packet.captured_length}});
  }
  void flush() override {}
  void commit() override {}

  std::vector<Kept> packets;
};

/// An Ethernet frame taken apart.
struct Parsed {
  FiveTuple tuple;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint32_t window = 0;
  std::uint16_t mss = 0;
  std::uint32_t payload = 0;
};

inline std::uint32_t read16(const std::uint8_t* at) {
  return (std::uint32_t{at[0]} << 8U) | at[1];
}
inline std::uint32_t read32(const std::uint8_t* at) {
  return (read16(at) << 16U) | read16(at + 2);
}

/// One's complement sum (RFC 1071) on top of `sum`.
inline std::uint32_t ones_sum(const std::uint8_t* at, std::size_t size, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i + 1 < size; i += 2) sum += read16(at + i);
  if (size % 2 == 1) sum += std::uint32_t{at[size - 1]} << 8U;
  while (sum > 0xffffU) sum = (sum & 0xffffU) + (sum >> 16U);
  return sum;
}

/// Nothing where a length contradicts itself or a checksum is wrong.
inline std::optional<Parsed> parse_checked(const std::vector<std::uint8_t>& frame) {
  if (frame.size() < 54) return std::nullopt;
  const std::uint8_t* ip = frame.data() + 14;
  const std::size_t ip_bytes = frame.size() - 14;
  const std::uint32_t ether_type = read16(frame.data() + 12);
  Parsed parsed;
  std::size_t header_bytes = 0;
  std::uint32_t pseudo = 0;
  if (ether_type == 0x0800 && ip[0] == 0x45) {
    header_bytes = 20;
    if (read16(ip + 2) != ip_bytes || ones_sum(ip, header_bytes) != 0xffff) return std::nullopt;
    parsed.tuple.protocol = ip[9];
    parsed.tuple.src = IpAddress::v4(ip + 12);
    parsed.tuple.dst = IpAddress::v4(ip + 16);
    pseudo = ones_sum(ip + 12, 8);
  } else if (ether_type == 0x86dd && ip[0] >> 4U == 6) {
    header_bytes = 40;
    if (read16(ip + 4) != ip_bytes - header_bytes) return std::nullopt;
    parsed.tuple.protocol = ip[6];
    parsed.tuple.src = IpAddress::v6(ip + 8);
    parsed.tuple.dst = IpAddress::v6(ip + 24);
    pseudo = ones_sum(ip + 8, 32);
  } else {
    return std::nullopt;
  }
  const std::uint8_t* transport = ip + header_bytes;
  const std::size_t size = ip_bytes - header_bytes;
  pseudo += parsed.tuple.protocol + static_cast<std::uint32_t>(size);
  if (ones_sum(transport, size, pseudo) != 0xffff) return std::nullopt;
  parsed.tuple.src_port = static_cast<std::uint16_t>(read16(transport));
  parsed.tuple.dst_port = static_cast<std::uint16_t>(read16(transport + 2));
  if (parsed.tuple.protocol == 17) {
    if (read16(transport + 4) != size) return std::nullopt;
    parsed.payload = static_cast<std::uint32_t>(size - 8);
    return parsed;
  }
  const std::size_t data_offset = (transport[12] >> 4U) * std::size_t{4};
  if (parsed.tuple.protocol != 6 || data_offset < 20 || data_offset > size) return std::nullopt;
  parsed.sequence = read32(transport + 4);
  parsed.acknowledgement = read32(transport + 8);
  parsed.flags = transport[13];
  parsed.window = read16(transport + 14);
  if (data_offset >= 24 && transport[20] == 2) {
    parsed.mss = static_cast<std::uint16_t>(read16(transport + 22));
  }
  parsed.payload = static_cast<std::uint32_t>(size - data_offset);
  return parsed;
}

}  // namespace weir::test
