// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Decoded packets between two hosts, written down in a line each.
#pragma once

#include <cstdint>

#include "weir/net/packet.hpp"

namespace weir::test {

inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kSecond = 1000 * kMs;

inline constexpr unsigned kFlagSyn = 0x02, kFlagAck = 0x10, kFlagFin = 0x01, kFlagRst = 0x04,
                          kFlagPsh = 0x08;

/// Client 10.0.0.1 and server 10.0.0.2 with the ports given.
struct Conversation {
  std::uint8_t protocol = 17;
  std::uint16_t client_port = 40000;
  std::uint16_t server_port = 5555;
  std::uint32_t client = 0x0a000001;
  std::uint32_t server = 0x0a000002;

  Packet from_client(std::int64_t time_ns, std::uint32_t payload, unsigned flags = 0) const {
    return packet(time_ns, payload, flags, true);
  }
  Packet from_server(std::int64_t time_ns, std::uint32_t payload, unsigned flags = 0) const {
    return packet(time_ns, payload, flags, false);
  }

 private:
  Packet packet(std::int64_t time_ns, std::uint32_t payload, unsigned flags, bool up) const {
    const std::uint32_t headers = protocol == 6 ? 40 : 28;
    Packet p;
    p.time_ns = time_ns;
    p.src = IpAddress::v4(up ? client : server);
    p.dst = IpAddress::v4(up ? server : client);
    p.src_port = up ? client_port : server_port;
    p.dst_port = up ? server_port : client_port;
    p.protocol = protocol;
    p.tcp_flags = static_cast<std::uint8_t>(flags);
    p.tcp_window = up ? 1000 : 2000;
    p.payload_length = payload;
    p.ip_length = headers + payload;
    p.length = 14 + p.ip_length;
    return p;
  }
};

inline Conversation tcp(std::uint16_t client_port = 40000) {
  return {6, client_port, 80};
}
inline Conversation udp(std::uint16_t client_port = 40000) {
  return {17, client_port, 5555};
}
inline Conversation icmp() {
  return {1, 0, 0};
}

}  // namespace weir::test
