// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Frames built by libtins, which fills in lengths and checksums.
#include "weir/traffic/craft.hpp"

#include <tins/ip.h>
#include <tins/ipv6.h>
#include <tins/rawpdu.h>
#include <tins/tcp.h>
#include <tins/udp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

class TinsCrafter : public PacketCrafter {
 public:
  std::span<const std::uint8_t> craft(const PacketSpec& packet) override;

 private:
  std::vector<std::uint8_t> frame_;
};

/// The link header is written here, since libtins pads short frames to 60 bytes, which a capture on
/// the sending host or on a loopback interface does not show.
void append_link_header(std::vector<std::uint8_t>& frame, const FiveTuple& tuple) {
  for (const IpAddress* address : {&tuple.dst, &tuple.src}) {
    std::array<std::uint8_t, 6> bytes{};
    if (!is_loopback(*address)) {
      bytes[0] = 0x02;  // locally administered
      std::copy_n(address->bytes.begin() + 11, 5, bytes.begin() + 1);
    }
    frame.insert(frame.end(), bytes.begin(), bytes.end());
  }
  const std::uint16_t ether_type = tuple.dst.is_v4() ? 0x0800 : 0x86dd;
  frame.push_back(static_cast<std::uint8_t>(ether_type >> 8U));
  frame.push_back(static_cast<std::uint8_t>(ether_type & 0xffU));
}

Tins::IPv4Address v4_address(const IpAddress& address) {
  std::uint32_t network_order = 0;
  std::memcpy(&network_order, address.bytes.data() + 12, sizeof network_order);
  return Tins::IPv4Address(network_order);
}

Tins::IP v4_header(const PacketSpec& packet) {
  Tins::IP ip(v4_address(packet.tuple.dst), v4_address(packet.tuple.src));
  ip.ttl(packet.ttl);
  ip.id(packet.ip_id);
  ip.flags(Tins::IP::DONT_FRAGMENT);
  return ip;
}

Tins::IPv6 v6_header(const PacketSpec& packet) {
  Tins::IPv6 ip(Tins::IPv6Address(packet.tuple.dst.bytes.data()),
                Tins::IPv6Address(packet.tuple.src.bytes.data()));
  ip.hop_limit(packet.ttl);
  return ip;
}

Tins::TCP tcp_header(const PacketSpec& packet) {
  Tins::TCP tcp(packet.tuple.dst_port, packet.tuple.src_port);
  tcp.seq(packet.sequence);
  tcp.ack_seq(packet.acknowledgement);
  tcp.flags(packet.flags);
  tcp.window(packet.window);
  if (packet.mss > 0) {
    tcp.mss(packet.mss);
    tcp.sack_permitted();
    tcp.winscale(packet.window_shift);
  }
  return tcp;
}

/// Puts transport header and payload behind the IP header, and all of it behind the link header.
template <typename Ip>
void append_packet(std::vector<std::uint8_t>& frame, Ip ip, const PacketSpec& packet) {
  const FiveTuple& tuple = packet.tuple;
  if (tuple.protocol == static_cast<std::uint8_t>(IpProtocol::tcp)) {
    ip /= tcp_header(packet);
  } else {
    ip /= Tins::UDP(tuple.dst_port, tuple.src_port);
  }
  if (!packet.payload.empty()) {
    ip /= Tins::RawPDU(packet.payload.data(), static_cast<std::uint32_t>(packet.payload.size()));
  }
  const std::vector<std::uint8_t> bytes = ip.serialize();
  frame.insert(frame.end(), bytes.begin(), bytes.end());
}

std::span<const std::uint8_t> TinsCrafter::craft(const PacketSpec& packet) {
  frame_.clear();
  append_link_header(frame_, packet.tuple);
  if (packet.tuple.dst.is_v4()) {
    append_packet(frame_, v4_header(packet), packet);
  } else {
    append_packet(frame_, v6_header(packet), packet);
  }
  return frame_;
}

}  // namespace

std::unique_ptr<PacketCrafter> make_crafter() {
  return std::make_unique<TinsCrafter>();
}

}  // namespace weir
