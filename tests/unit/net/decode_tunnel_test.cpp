// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets inside packets: which one counts, and what happens when the inner one is damaged.
#include <catch2/catch.hpp>
#include <memory>

#include "packet_bytes.hpp"
#include "weir/base/random.hpp"
#include "weir/net/decode.hpp"

using weir::decode;
using weir::DecodeStatus;
using weir::LinkType;
using weir::Packet;
using weir::RawPacket;
using weir::TunnelView;
using namespace weir::test;

namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kBridged = 0x6558;

struct Tunnel {
  std::string name;
  ByteString frame;  ///< holds kInner or kInner6
};

const ByteString kInner = ipv4(6, tcp(30));
const ByteString kInner6 = ipv6(6, tcp(30));

std::vector<Tunnel> all_tunnels() {
  const auto over_ipv4 = [](std::uint8_t protocol, const ByteString& payload) {
    return ethernet(kIpv4) + ipv4(protocol, payload);
  };
  const auto over_udp = [&](std::uint16_t port, const ByteString& payload) {
    return over_ipv4(17, udp_to(port, payload));
  };
  const ByteString bridged = ethernet(kIpv4) + kInner;
  const ByteString ppp = ByteString{0xff, 3} + be16(0x0021) + kInner;
  const auto gtp_length = [](std::size_t length) {
    return be16(static_cast<std::uint32_t>(length));
  };
  return {
      {"IPv4 in IPv4", over_ipv4(4, kInner)},
      {"IPv6 in IPv4", over_ipv4(41, kInner6)},
      {"IPv4 in IPv6", ethernet(kIpv6) + ipv6(4, kInner)},
      {"IPv6 in IPv6", ethernet(kIpv6) + ipv6(41, kInner6)},
      {"GRE", over_ipv4(47, be16(0) + be16(kIpv4) + kInner)},
      {"GRE with checksum, key and number",
       over_ipv4(47, be16(0xb000) + be16(kIpv6) + zeros(12) + kInner6)},
      {"GRE with Ethernet", over_ipv4(47, be16(0x2000) + be16(kBridged) + zeros(4) + bridged)},
      {"PPTP", over_ipv4(47, be16(0x3081) + be16(0x880b) + zeros(12) + ppp)},
      {"GTP-U",
       over_udp(2152, ByteString{0x30, 255} + gtp_length(kInner.size()) + be32(1) + kInner)},
      {"GTP-U with an extension header",
       over_udp(2152, ByteString{0x34, 255} + gtp_length(8 + kInner.size()) + be32(1) +
                          ByteString{0, 0, 0, 0x85} + ByteString{1, 0x10, 9, 0} + kInner)},
      {"VXLAN", over_udp(4789, ByteString{8, 0, 0, 0, 0, 0, 7, 0} + bridged)},
      {"VXLAN with group policy", over_udp(4789, ByteString{0x88, 0, 0, 9, 0, 0, 7, 0} + bridged)},
      {"VXLAN-GPE with IP", over_udp(4789, ByteString{0x0c, 0, 0, 1, 0, 0, 7, 0} + kInner)},
      {"VXLAN-GPE with Ethernet", over_udp(4789, ByteString{0x0c, 0, 0, 3, 0, 0, 7, 0} + bridged)},
      {"Geneve with an option",
       over_udp(6081, ByteString{2, 0} + be16(kBridged) + zeros(4) + zeros(8) + bridged)},
      {"Geneve with IP", over_udp(6081, ByteString{0, 0} + be16(kIpv4) + zeros(4) + kInner)},
      {"Teredo", over_udp(3544, kInner6)},
      {"Teredo with authentication and origin",
       over_udp(3544, ByteString{0, 1, 2, 3} + zeros(14) + zeros(8) + kInner6)},
      {"L2TP", over_udp(1701, be16(0x0002) + zeros(4) + ppp)},
      {"L2TP with everything", over_udp(1701, be16(0x4a02) + zeros(10) + be16(3) + zeros(3) + ppp)},
  };
}

Packet decoded(const ByteString& bytes, TunnelView view = TunnelView::inner) {
  Packet packet;
  REQUIRE(decode(raw(bytes), packet, view) == DecodeStatus::decoded);
  return packet;
}

void check_sizes(const Packet& packet) {
  REQUIRE(packet.payload_length <= packet.ip_length);
  REQUIRE(packet.ip_length <= packet.length);
  REQUIRE(packet.tunnel_depth <= weir::kMaxTunnelDepth);
}

}  // namespace

TEST_CASE("the inner packet of every tunnel counts, with the frame's length") {
  for (const Tunnel& tunnel : all_tunnels()) {
    INFO(tunnel.name);
    const Packet packet = decoded(tunnel.frame);
    CHECK(packet.protocol == 6);
    CHECK(packet.src_port == 1234);
    CHECK(packet.payload_length == 30);
    CHECK(packet.ip_length == (packet.ip_version == 4 ? 70 : 90));
    CHECK(packet.ip_offset == tunnel.frame.size() - packet.ip_length);
    CHECK(packet.length == tunnel.frame.size());
    CHECK(packet.tunnel_depth == 1);
    CHECK(packet.time_ns == 1'700'000'000'123'456'789);
  }
}

TEST_CASE("the outer packet counts where it is asked for") {
  for (const Tunnel& tunnel : all_tunnels()) {
    INFO(tunnel.name);
    const Packet packet = decoded(tunnel.frame, TunnelView::outer);
    CHECK(packet.protocol != 6);
    CHECK(packet.tunnel_depth == 0);
    CHECK(packet.ip_length == tunnel.frame.size() - 14);
    CHECK(packet.ip_offset == 14);
  }
}

TEST_CASE("the outer addresses are kept") {
  const Packet packet = decoded(ethernet(kIpv6) + ipv6(4, kInner));
  CHECK(to_string(packet.src) == "192.0.2.1");
  CHECK(to_string(packet.outer_src) == "2001:db8::1");
  CHECK(to_string(packet.outer_dst) == "2001:db8::2");
}

TEST_CASE("replies of a tunnel's server are entered too") {
  ByteString frame = ethernet(kIpv4) + ipv4(17, udp_to(3544, kInner6));
  std::swap_ranges(frame.begin() + 34, frame.begin() + 36, frame.begin() + 36);
  CHECK(decoded(frame).tunnel_depth == 1);
}

TEST_CASE("tunnels in tunnels are entered so deep, and no deeper") {
  ByteString nested = ipv4(17, udp(5));
  for (unsigned depth = 1; depth <= weir::kMaxTunnelDepth + 2; ++depth) {
    nested = ipv4(4, nested);
    const Packet packet = decoded(ethernet(kIpv4) + nested);
    CHECK(packet.tunnel_depth == std::min(depth, weir::kMaxTunnelDepth));
    CHECK(packet.protocol == (depth <= weir::kMaxTunnelDepth ? 17 : 4));
  }
}

TEST_CASE("nested tunnels keep the outermost addresses") {
  const Packet packet = decoded(ethernet(kIpv6) + ipv6(4, ipv4(4, kInner)));
  CHECK(packet.tunnel_depth == 2);
  CHECK(to_string(packet.outer_src) == "2001:db8::1");
}

TEST_CASE("what is no packet inside a tunnel leaves the outer packet") {
  const Packet signalling =
      decoded(ethernet(kIpv4) + ipv4(17, udp_to(2152, ByteString{0x32, 1} + be16(4) + zeros(8))));
  CHECK(signalling.dst_port == 2152);
  CHECK(signalling.tunnel_depth == 0);
  const Packet control =
      decoded(ethernet(kIpv4) + ipv4(17, udp_to(1701, be16(0xc802) + zeros(10))));
  CHECK(control.dst_port == 1701);
  const Packet noise = decoded(ethernet(kIpv4) + ipv4(47, ByteString(30, 0xff)));
  CHECK(noise.protocol == 47);
  CHECK(noise.payload_length == 30);
}

TEST_CASE("a tunnelled packet cut anywhere is the inner one, the outer one or none") {
  for (const Tunnel& tunnel : all_tunnels()) {
    INFO(tunnel.name);
    const Packet inner = decoded(tunnel.frame);
    const Packet outer = decoded(tunnel.frame, TunnelView::outer);
    for (std::size_t length = 0; length <= tunnel.frame.size(); ++length) {
      // A copy of exactly this size, so that a sanitizer sees any read behind it.
      const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[length]);
      std::copy_n(tunnel.frame.begin(), length, exact.get());
      RawPacket cut = raw(tunnel.frame);
      cut.data = exact.get();
      cut.captured_length = static_cast<std::uint32_t>(length);
      Packet packet;
      const DecodeStatus status = decode(cut, packet);
      if (status != DecodeStatus::decoded) {
        REQUIRE(status == DecodeStatus::truncated);
        continue;
      }
      check_sizes(packet);
      const Packet& same = packet.tunnel_depth > 0 ? inner : outer;
      REQUIRE(packet.protocol == same.protocol);
      REQUIRE(packet.src_port == same.src_port);
      REQUIRE(packet.ip_length == same.ip_length);
      REQUIRE(packet.payload_length == same.payload_length);
    }
  }
}

TEST_CASE("damaged tunnels never decode to impossible sizes") {
  weir::Random random(1);
  for (const Tunnel& tunnel : all_tunnels()) {
    for (int round = 0; round < 2000; ++round) {
      ByteString damaged = tunnel.frame;
      for (std::int64_t hits = random.between(1, 4); hits > 0; --hits) {
        damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random.next());
      }
      damaged.resize(random.below(damaged.size() + 1));
      damaged.shrink_to_fit();
      RawPacket packet = raw(damaged);
      packet.original_length = static_cast<std::uint32_t>(random.below(3000));
      Packet result;
      if (decode(packet, result) == DecodeStatus::decoded) check_sizes(result);
    }
  }
}
