// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What the decoder makes of packets built by hand, whole, cut anywhere, and damaged.
#include "weir/net/decode.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "packet_bytes.hpp"
#include "weir/base/random.hpp"

using weir::decode;
using weir::DecodeStatus;
using weir::IpProtocol;
using weir::LinkType;
using weir::Packet;
using weir::RawPacket;
using namespace weir::test;

namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;

Packet decoded(const RawPacket& packet) {
  Packet result;
  REQUIRE(decode(packet, result) == DecodeStatus::decoded);
  return result;
}

Packet decoded(const ByteString& bytes, LinkType link_type = LinkType::ethernet) {
  return decoded(raw(bytes, link_type));
}

DecodeStatus status(const ByteString& bytes, LinkType link_type = LinkType::ethernet) {
  Packet ignored;
  return decode(raw(bytes, link_type), ignored);
}

/// A packet of each kind that the decoder passes headers of.
std::vector<std::pair<LinkType, ByteString>> all_kinds() {
  const ByteString authentication = ByteString{kTcp, 4, 0, 0} + zeros(20);
  const ByteString hop_by_hop = ByteString{43, 0} + zeros(6);
  const ByteString routing = ByteString{60, 2} + zeros(22);
  const ByteString destination = ByteString{135, 0} + zeros(6);
  const ByteString mobility = ByteString{44, 0} + zeros(6);
  const ByteString fragment = ByteString{51, 0} + be16(1) + zeros(4);
  return {
      {LinkType::ethernet, ethernet(kIpv4) + ipv4(kTcp, tcp(3, zeros(12)), zeros(8)) + zeros(2)},
      {LinkType::ethernet,
       ethernet(0x88a8) + be16(1) + be16(0x8100) + be16(2) + be16(kIpv4) + ipv4(kUdp, udp(5))},
      {LinkType::ethernet, ethernet(kIpv4) + ipv4(51, authentication + tcp(1))},
      {LinkType::ethernet, ethernet(kIpv4) + ipv4(132, udp(20))},
      {LinkType::ethernet, ethernet(kIpv6) + ipv6(0, hop_by_hop + routing + destination + mobility +
                                                         fragment + authentication + tcp(2))},
      {LinkType::linux_sll, zeros(14) + be16(kIpv4) + ipv4(1, zeros(12))},
      {LinkType::linux_sll2, be16(kIpv6) + zeros(18) + ipv6(58, zeros(12))},
      {LinkType::null, ByteString{2, 0, 0, 0} + ipv4(kUdp, udp(1))},
      {LinkType::loop, ByteString{0, 0, 0, 30} + ipv6(kUdp, udp(1))},
      {LinkType::raw_ip, ipv6(kTcp, tcp(9))},
      {LinkType::ipv4, ipv4(47, zeros(9))},
  };
}

void check_sizes(const RawPacket& input, const Packet& packet) {
  REQUIRE(packet.payload_length <= packet.ip_length);
  REQUIRE(packet.ip_length <= packet.length);
  REQUIRE(packet.length == std::max(input.original_length, input.captured_length));
  REQUIRE((packet.ip_version == 4 || packet.ip_version == 6));
  REQUIRE(packet.dscp < 64);
}

}  // namespace

TEST_CASE("a TCP packet over IPv4 gives all its values") {
  const Packet packet = decoded(ethernet(kIpv4) + ipv4(kTcp, tcp(100, zeros(12))));
  CHECK(packet.time_ns == 1'700'000'000'123'456'789);
  CHECK(to_string(packet.src) == "192.0.2.1");
  CHECK(to_string(packet.dst) == "198.51.100.2");
  CHECK(packet.src_port == 1234);
  CHECK(packet.dst_port == 80);
  CHECK(packet.protocol == 6);
  CHECK(packet.ip_version == 4);
  CHECK(packet.tcp_flags == (weir::kTcpAck | weir::kTcpPsh));
  CHECK(packet.tcp_window == 500);
  CHECK(packet.ttl == 64);
  CHECK(packet.dscp == 46);
  CHECK(packet.tunnel_depth == 0);
  CHECK(packet.length == 14 + 20 + 32 + 100);
  CHECK(packet.ip_length == 20 + 32 + 100);
  CHECK(packet.payload_length == 100);
}

TEST_CASE("a UDP packet over IPv6 gives all its values") {
  const Packet packet = decoded(ethernet(kIpv6) + ipv6(kUdp, udp(30)));
  CHECK(to_string(packet.src) == "2001:db8::1");
  CHECK(to_string(packet.dst) == "2001:db8::2");
  CHECK(packet.src_port == 5555);
  CHECK(packet.dst_port == 53);
  CHECK(packet.protocol == 17);
  CHECK(packet.ip_version == 6);
  CHECK(packet.tcp_flags == 0);
  CHECK(packet.tcp_window == 0);
  CHECK(packet.ttl == 63);
  CHECK(packet.dscp == 46);
  CHECK(packet.length == 14 + 40 + 38);
  CHECK(packet.ip_length == 78);
  CHECK(packet.payload_length == 30);
}

TEST_CASE("values of an earlier packet do not leak into the next") {
  Packet packet = decoded(ethernet(kIpv4) + ipv4(kTcp, tcp(1)));
  const ByteString second = ethernet(kIpv4) + ipv4(1, zeros(8));
  REQUIRE(decode(raw(second), packet) == DecodeStatus::decoded);
  CHECK(packet.src_port == 0);
  CHECK(packet.dst_port == 0);
  CHECK(packet.tcp_flags == 0);
  CHECK(packet.tcp_window == 0);
}

TEST_CASE("padding of short Ethernet frames is no payload") {
  const Packet packet = decoded(ethernet(kIpv4) + ipv4(kTcp, tcp(0)) + zeros(6));
  CHECK(packet.length == 60);
  CHECK(packet.ip_length == 40);
  CHECK(packet.payload_length == 0);
}

TEST_CASE("IPv4 options are passed") {
  const Packet packet = decoded(ethernet(kIpv4) + ipv4(kUdp, udp(7), zeros(40)));
  CHECK(packet.src_port == 5555);
  CHECK(packet.ip_length == 75);
  CHECK(packet.payload_length == 7);
}

TEST_CASE("VLAN tags are passed, also stacked ones") {
  const ByteString ip = ipv4(kUdp, udp(1));
  for (const std::uint16_t outer : std::initializer_list<std::uint16_t>{0x8100, 0x88a8, 0x9100}) {
    CHECK(decoded(ethernet(outer) + be16(7) + be16(kIpv4) + ip).dst_port == 53);
    CHECK(decoded(ethernet(outer) + be16(7) + be16(0x8100) + be16(8) + be16(kIpv4) + ip).length ==
          51);
  }
  CHECK(status(ethernet(0x8100) + be16(7) + be16(0x0806) + zeros(28)) == DecodeStatus::not_ip);
}

TEST_CASE("all IPv6 extension headers are passed") {
  for (const auto& [link_type, bytes] : all_kinds()) {
    if (bytes.size() < 14 || bytes[12] != 0x86) continue;
    const Packet packet = decoded(bytes, link_type);
    CHECK(packet.protocol == 6);
    CHECK(packet.src_port == 1234);
    CHECK(packet.payload_length == 2);
    CHECK(packet.ip_length == 40 + 8 + 24 + 8 + 8 + 8 + 24 + 22);
  }
}

TEST_CASE("each link type has its own way to IP") {
  const ByteString ip4 = ipv4(kUdp, udp(1));
  const ByteString ip6 = ipv6(kUdp, udp(1));
  CHECK(decoded(zeros(14) + be16(kIpv4) + ip4, LinkType::linux_sll).ip_version == 4);
  CHECK(decoded(zeros(14) + be16(0x8100) + be16(5) + be16(kIpv6) + ip6, LinkType::linux_sll)
            .ip_version == 6);
  CHECK(decoded(be16(kIpv6) + zeros(18) + ip6, LinkType::linux_sll2).length == 20 + 49);
  for (const LinkType raw_ip : {LinkType::raw_ip, LinkType::raw_ip_bsd, LinkType::raw_ip_openbsd}) {
    CHECK(decoded(ip4, raw_ip).ip_version == 4);
    CHECK(decoded(ip6, raw_ip).ip_version == 6);
  }
  CHECK(decoded(ip4, LinkType::ipv4).ip_version == 4);
  CHECK(decoded(ip6, LinkType::ipv6).ip_version == 6);
  CHECK(status(ip6, LinkType::ipv4) == DecodeStatus::malformed);
  CHECK(status(ip4, LinkType::ipv6) == DecodeStatus::malformed);
  CHECK(status(ip4, LinkType{147}) == DecodeStatus::unsupported_link_type);
}

TEST_CASE("loopback address families are read in either byte order") {
  const ByteString ip4 = ipv4(kUdp, udp(1));
  const ByteString ip6 = ipv6(kUdp, udp(1));
  for (const LinkType link_type : {LinkType::null, LinkType::loop}) {
    CHECK(decoded(ByteString{2, 0, 0, 0} + ip4, link_type).dst_port == 53);
    CHECK(decoded(ByteString{0, 0, 0, 2} + ip4, link_type).dst_port == 53);
    for (const std::uint8_t family : ByteString{10, 23, 24, 28, 30}) {
      CHECK(decoded(ByteString{family, 0, 0, 0} + ip6, link_type).ip_version == 6);
      CHECK(decoded(ByteString{0, 0, 0, family} + ip6, link_type).ip_version == 6);
    }
    CHECK(status(ByteString{7, 0, 0, 0} + ip4, link_type) == DecodeStatus::not_ip);
  }
}

TEST_CASE("sizes are those on the wire where the capture was cut") {
  const ByteString bytes = ethernet(kIpv4) + ipv4(kTcp, tcp(1000, zeros(12)));
  RawPacket cut = raw(bytes);
  cut.captured_length = 14 + 20 + 16;  // ports, flags and window are there, options are not
  const Packet packet = decoded(cut);
  CHECK(packet.length == bytes.size());
  CHECK(packet.ip_length == 1052);
  CHECK(packet.payload_length == 1000);
}

TEST_CASE("an IP length of 0 is the frame's length") {
  ByteString v4 = ethernet(kIpv4) + ipv4(kTcp, tcp(100));
  v4[16] = v4[17] = 0;
  CHECK(decoded(v4).payload_length == 100);
  RawPacket cut = raw(v4);
  cut.captured_length = 60;
  cut.original_length = 60'000;
  CHECK(decoded(cut).ip_length == 60'000 - 14);

  ByteString v6 = ethernet(kIpv6) + ipv6(kTcp, tcp(100));
  v6[18] = v6[19] = 0;
  CHECK(decoded(v6).payload_length == 100);
  const Packet nothing = decoded(ethernet(kIpv6) + ipv6(59, {}) + zeros(6));
  CHECK(nothing.ip_length == 40);
  CHECK(nothing.payload_length == 0);
}

TEST_CASE("an IP length beyond the frame is cut to the frame") {
  ByteString bytes = ethernet(kIpv4) + ipv4(kUdp, udp(10));
  bytes[16] = 0xff;
  const Packet packet = decoded(bytes);
  CHECK(packet.ip_length == 38);
  CHECK(packet.payload_length == 10);
}

TEST_CASE("first fragments have ports, later ones are told apart") {
  constexpr std::uint32_t kMore = 0x2000;
  const ByteString segment = udp(16);
  const Packet first = decoded(ethernet(kIpv4) + ipv4(kUdp, segment, {}, kMore));
  CHECK(first.src_port == 5555);
  CHECK(first.payload_length == 16);
  CHECK(status(ethernet(kIpv4) + ipv4(kUdp, segment, {}, kMore | 3)) ==
        DecodeStatus::later_fragment);
  CHECK(status(ethernet(kIpv4) + ipv4(kUdp, segment, {}, 3)) == DecodeStatus::later_fragment);
  CHECK(decoded(ethernet(kIpv4) + ipv4(kUdp, segment, {}, 0x4000)).dst_port == 53);  // DF

  const ByteString header6 = ByteString{kUdp, 0};
  CHECK(decoded(ethernet(kIpv6) + ipv6(44, header6 + be16(1) + be32(9) + segment)).dst_port == 53);
  CHECK(status(ethernet(kIpv6) + ipv6(44, header6 + be16(8) + be32(9) + segment)) ==
        DecodeStatus::later_fragment);
}

TEST_CASE("protocols without ports have ports 0 and a payload") {
  CHECK(decoded(ethernet(kIpv4) + ipv4(1, zeros(64))).payload_length == 56);
  CHECK(decoded(ethernet(kIpv6) + ipv6(58, zeros(64))).payload_length == 56);
  CHECK(decoded(ethernet(kIpv4) + ipv4(1, zeros(3))).payload_length == 0);
  const Packet gre = decoded(ethernet(kIpv4) + ipv4(47, ByteString(30, 0xff)));
  CHECK(gre.protocol == 47);
  CHECK(gre.src_port == 0);
  CHECK(gre.payload_length == 30);
  const Packet sctp = decoded(ethernet(kIpv4) + ipv4(132, be16(7) + be16(9) + zeros(16)));
  CHECK(sctp.src_port == 7);
  CHECK(sctp.dst_port == 9);
  CHECK(sctp.payload_length == 8);
}

TEST_CASE("headers that contradict themselves are malformed") {
  ByteString version = ethernet(kIpv4) + ipv4(kUdp, udp(1));
  version[14] = 0x55;
  CHECK(status(version) == DecodeStatus::malformed);
  ByteString short_header = ethernet(kIpv4) + ipv4(kUdp, udp(1));
  short_header[14] = 0x44;
  CHECK(status(short_header) == DecodeStatus::malformed);
  ByteString long_header = ethernet(kIpv4) + ipv4(kUdp, udp(1));
  long_header[14] = 0x4f;
  CHECK(status(long_header) == DecodeStatus::malformed);
  ByteString total = ethernet(kIpv4) + ipv4(kUdp, udp(1));
  total[17] = 19;
  CHECK(status(total) == DecodeStatus::malformed);
  ByteString offset = ethernet(kIpv4) + ipv4(kTcp, tcp(1));
  offset[14 + 20 + 12] = 0x40;
  CHECK(status(offset) == DecodeStatus::malformed);
  offset[14 + 20 + 12] = 0x60;
  CHECK(status(offset) == DecodeStatus::malformed);
  CHECK(status(ethernet(kIpv4) + ipv4(kUdp, zeros(7))) == DecodeStatus::malformed);
  CHECK(status(ethernet(kIpv4) + ipv4(kTcp, zeros(19))) == DecodeStatus::malformed);
  CHECK(status(ethernet(kIpv6) + ipv6(0, ByteString{kUdp, 9} + zeros(20))) ==
        DecodeStatus::malformed);
  CHECK(status(ipv4(kUdp, udp(1)), LinkType::raw_ip) == DecodeStatus::decoded);
  CHECK(status(zeros(40), LinkType::raw_ip) == DecodeStatus::malformed);
}

TEST_CASE("a packet cut anywhere decodes to the same values or not at all") {
  for (const auto& [link_type, bytes] : all_kinds()) {
    const Packet whole = decoded(bytes, link_type);
    std::size_t decodable = 0;
    for (std::size_t length = 0; length <= bytes.size(); ++length) {
      // A copy of exactly this size, so that a sanitizer sees any read behind it.
      const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[length]);
      std::copy_n(bytes.begin(), length, exact.get());
      RawPacket cut = raw(bytes, link_type);
      cut.data = exact.get();
      cut.captured_length = static_cast<std::uint32_t>(length);
      Packet packet;
      const DecodeStatus result = decode(cut, packet);
      if (result != DecodeStatus::decoded) {
        CHECK(result == DecodeStatus::truncated);
        REQUIRE(decodable == 0);  // more bytes never decode worse
        continue;
      }
      ++decodable;
      check_sizes(cut, packet);
      REQUIRE(packet.src == whole.src);
      REQUIRE(packet.dst == whole.dst);
      REQUIRE(packet.src_port == whole.src_port);
      REQUIRE(packet.dst_port == whole.dst_port);
      REQUIRE(packet.protocol == whole.protocol);
      REQUIRE(packet.tcp_flags == whole.tcp_flags);
      REQUIRE(packet.tcp_window == whole.tcp_window);
      REQUIRE(packet.length == whole.length);
      REQUIRE(packet.ip_length == whole.ip_length);
      REQUIRE(packet.payload_length == whole.payload_length);
    }
    CHECK(decodable > 0);
  }
}

TEST_CASE("a frame that was short on the wire is malformed, not truncated") {
  for (const auto& [link_type, bytes] : all_kinds()) {
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const ByteString sent(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
      Packet packet;
      const DecodeStatus result = decode(raw(sent, link_type), packet);
      REQUIRE((result == DecodeStatus::decoded || result == DecodeStatus::malformed));
      if (result == DecodeStatus::decoded) check_sizes(raw(sent, link_type), packet);
    }
  }
}

TEST_CASE("damaged packets never decode to impossible sizes") {
  weir::Random random(1);
  std::size_t decodable = 0;
  for (const auto& [link_type, bytes] : all_kinds()) {
    for (int round = 0; round < 5000; ++round) {
      ByteString damaged = bytes;
      for (std::uint64_t hits = random.between(1, 4); hits > 0; --hits) {
        damaged[random.below(damaged.size())] = static_cast<std::uint8_t>(random.next());
      }
      damaged.resize(random.below(damaged.size() + 1));
      damaged.shrink_to_fit();
      RawPacket packet = raw(damaged, link_type);
      packet.original_length = static_cast<std::uint32_t>(random.below(3000));
      Packet result;
      if (decode(packet, result) == DecodeStatus::decoded) {
        check_sizes(packet, result);
        ++decodable;
      }
    }
  }
  CHECK(decodable > 1000);
}

TEST_CASE("random bytes are survived on every link type") {
  weir::Random random(2);
  weir::DecodeCounts counts;
  for (int round = 0; round < 20'000; ++round) {
    ByteString bytes(random.below(120));
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    Packet packet;
    counts.count(decode(raw(bytes, LinkType(random.below(280))), packet));
  }
  CHECK(counts.total() == 20'000);
}

TEST_CASE("counts add up and have names") {
  weir::DecodeCounts one;
  one.count(DecodeStatus::decoded);
  one.count(DecodeStatus::not_ip);
  weir::DecodeCounts both = one;
  both += one;
  CHECK(both[DecodeStatus::not_ip] == 2);
  CHECK(both.total() == 4);
  CHECK(to_string(DecodeStatus::unsupported_link_type) == "unsupported_link_type");
  CHECK(to_string(DecodeStatus::later_fragment) == "later_fragment");
}
