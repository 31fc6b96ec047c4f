// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ethernet frames with IPv4 and TCP, UDP or ICMP, built byte by byte.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "weir/net/packet.hpp"

namespace weir::test {

inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kSecond = 1000 * kMs;

struct FrameSpec {
  std::int64_t time_ns = 0;
  bool from_client = true;
  std::uint32_t payload = 0;
  unsigned flags = 0;  ///< TCP
  std::uint8_t protocol = 17;
  std::uint16_t client_port = 40000;
  std::uint16_t server_port = 80;
  std::uint32_t client = 0x0a000001;
  std::uint32_t server = 0x0a000002;
  unsigned identification = 0;
  unsigned fragment = 0;  ///< flags and offset of the IP header, which hide nothing of the frame
};

/// Frames in memory that stays put, as a packet source would give them.
class Frames {
 public:
  void add(const FrameSpec& spec) {
    const bool is_tcp = spec.protocol == 6;
    const std::uint32_t transport = is_tcp ? 20 : 8;
    const std::uint32_t ip_length = 20 + transport + spec.payload;
    std::vector<std::uint8_t>& b = storage_.emplace_back();
    b.resize(12);
    put16(b, 0x0800);
    put16(b, 0x4500);
    put16(b, ip_length);
    put16(b, spec.identification);
    put16(b, spec.fragment);
    b.push_back(64);
    b.push_back(spec.protocol);
    put16(b, 0);
    put32(b, spec.from_client ? spec.client : spec.server);
    put32(b, spec.from_client ? spec.server : spec.client);
    if (is_tcp || spec.protocol == 17) {
      put16(b, spec.from_client ? spec.client_port : spec.server_port);
      put16(b, spec.from_client ? spec.server_port : spec.client_port);
    }
    if (is_tcp) {
      put32(b, 0);
      put32(b, 0);
      b.push_back(0x50);
      b.push_back(static_cast<std::uint8_t>(spec.flags));
      put16(b, spec.from_client ? 1000 : 2000);
      put32(b, 0);
    } else if (spec.protocol == 17) {
      put16(b, 8 + spec.payload);
      put16(b, 0);
    } else {
      b.resize(b.size() + 8);
    }
    b.resize(b.size() + spec.payload);
    RawPacket raw;
    raw.time_ns = spec.time_ns;
    raw.data = b.data();
    raw.captured_length = static_cast<std::uint32_t>(b.size());
    raw.original_length = raw.captured_length;
    packets_.push_back(raw);
  }

  std::span<const RawPacket> packets() const { return packets_; }

  /// The frames as a classic capture file with nanosecond times.
  std::string capture() const {
    std::string out;
    const auto word = [&](std::uint64_t value) {
      for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>(value >> shift);
    };
    word(0xa1b23c4d);
    word(0x00040002);
    word(0);
    word(0);
    word(262144);
    word(1);
    for (const RawPacket& p : packets_) {
      word(static_cast<std::uint64_t>(p.time_ns / kSecond));
      word(static_cast<std::uint64_t>(p.time_ns % kSecond));
      word(p.captured_length);
      word(p.original_length);
      out.append(reinterpret_cast<const char*>(p.data), p.captured_length);
    }
    return out;
  }

 private:
  static void put16(std::vector<std::uint8_t>& b, std::uint32_t value) {
    b.push_back(static_cast<std::uint8_t>(value >> 8U));
    b.push_back(static_cast<std::uint8_t>(value));
  }
  static void put32(std::vector<std::uint8_t>& b, std::uint32_t value) {
    put16(b, value >> 16U);
    put16(b, value & 0xffffU);
  }

  std::deque<std::vector<std::uint8_t>> storage_;
  std::vector<RawPacket> packets_;
};

}  // namespace weir::test
