// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Later fragments find the flow of their first, and no other.
#include "weir/net/fragments.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "packet_bytes.hpp"
#include "weir/base/random.hpp"

using weir::Decoder;
using weir::DecodeStatus;
using weir::FragmentPart;
using weir::FragmentTable;
using weir::LinkType;
using weir::Packet;
using namespace weir::test;

namespace {

constexpr std::uint8_t kUdp = 17;
constexpr std::uint32_t kMore = 0x2000;
constexpr std::int64_t kSecond = weir::kNanosPerSecond;

/// An IPv4 fragment; `offset` in units of eight bytes.
ByteString fragment4(std::uint32_t identification, std::uint32_t offset, bool more,
                     const ByteString& payload, std::uint8_t protocol = kUdp) {
  return ipv4(protocol, payload, {}, offset | (more ? kMore : 0), identification);
}

ByteString fragment6(std::uint32_t identification, std::uint32_t offset, bool more,
                     const ByteString& payload, std::uint8_t next = kUdp) {
  return ipv6(44, ByteString{next, 0} + be16(offset << 3U | (more ? 1U : 0U)) +
                      be32(identification) + payload);
}

/// A UDP header (`src_port` > 53) and 16 bytes, of a datagram of which more is to come.
ByteString udp_from(std::uint16_t src_port) {
  return be16(src_port) + be16(53) + be16(500) + be16(0) + zeros(16);
}

/// A decoder and the packet it last decoded.
struct Feed {
  Decoder decoder;
  Packet packet;

  DecodeStatus operator()(const ByteString& bytes, std::int64_t time_ns = 0) {
    weir::RawPacket input = raw(bytes, LinkType::raw_ip);
    input.time_ns = time_ns;
    return decoder.decode(input, packet);
  }
};

/// The source port of the flow that the packet is given to; 0: it is given to none.
unsigned port_of(Feed& feed, const ByteString& bytes, std::int64_t time_ns = 0) {
  const DecodeStatus status = feed(bytes, time_ns);
  if (status == DecodeStatus::decoded) return feed.packet.src_port;
  REQUIRE(status == DecodeStatus::later_fragment);
  return 0;
}

}  // namespace

TEST_CASE("later IPv4 fragments are packets of their first fragment's flow, with their own sizes") {
  Feed feed;
  REQUIRE(feed(fragment4(7, 0, true, udp_from(1000)), 5) == DecodeStatus::decoded);
  CHECK(feed.packet.fragment_part == FragmentPart::first);
  CHECK(feed.packet.payload_length == 16);
  for (const bool more : {true, false}) {
    ByteString later = fragment4(7, 3, more, zeros(40));
    later[1] = 8 << 2;
    later[8] = 61;
    REQUIRE(feed(later, 6) == DecodeStatus::decoded);
    const Packet& packet = feed.packet;
    CHECK(packet.time_ns == 6);
    CHECK(to_string(packet.src) == "192.0.2.1");
    CHECK(to_string(packet.dst) == "198.51.100.2");
    CHECK(packet.src_port == 1000);
    CHECK(packet.dst_port == 53);
    CHECK(packet.protocol == kUdp);
    CHECK(packet.ip_version == 4);
    CHECK(packet.ttl == 61);
    CHECK(packet.dscp == 8);
    CHECK(packet.length == 60);
    CHECK(packet.ip_length == 60);
    CHECK(packet.payload_length == 40);
    CHECK(packet.fragment_part == FragmentPart::later);
  }
  CHECK(feed.decoder.counts()[DecodeStatus::decoded] == 3);
  CHECK(feed.decoder.counts().joined_fragments == 2);
  CHECK(feed.decoder.counts()[DecodeStatus::later_fragment] == 0);
}

TEST_CASE("later fragments without a first before them belong to no flow") {
  Feed feed;
  CHECK(port_of(feed, fragment4(7, 3, true, zeros(40))) == 0);
  CHECK(port_of(feed, fragment6(7, 3, true, zeros(40))) == 0);
  CHECK(port_of(feed, fragment4(7, 0, true, udp_from(1000))) == 1000);  // out of order: too late
  CHECK(port_of(feed, fragment4(7, 8, false, zeros(40))) == 1000);
  CHECK(port_of(feed, fragment4(8, 8, false, zeros(40))) == 0);     // another datagram
  CHECK(port_of(feed, fragment4(7, 8, false, zeros(40), 6)) == 0);  // another protocol
  ByteString other_host = fragment4(7, 8, false, zeros(40));
  other_host[15] = 99;
  CHECK(port_of(feed, other_host) == 0);
  ByteString other_target = fragment4(7, 8, false, zeros(40));
  other_target[19] = 99;
  CHECK(port_of(feed, other_target) == 0);
  CHECK(feed.decoder.counts()[DecodeStatus::later_fragment] == 6);
  CHECK(feed.decoder.counts().joined_fragments == 1);
}

TEST_CASE("a first fragment that does not decode leaves its later ones alone") {
  Feed feed;
  CHECK(feed(fragment4(7, 0, true, zeros(6))) == DecodeStatus::malformed);
  CHECK(port_of(feed, fragment4(7, 1, false, zeros(40))) == 0);
}

TEST_CASE("whole packets of the same identification are no first fragments") {
  Feed feed;
  CHECK(feed(fragment4(7, 0, false, udp(16))) == DecodeStatus::decoded);
  CHECK(feed.packet.fragment_part == FragmentPart::whole);
  CHECK(feed(fragment6(7, 0, false, udp(16))) == DecodeStatus::decoded);  // atomic, RFC 6946
  CHECK(feed.packet.fragment_part == FragmentPart::whole);
  CHECK(port_of(feed, fragment4(7, 3, false, zeros(40))) == 0);
  CHECK(port_of(feed, fragment6(7, 3, false, zeros(40))) == 0);
}

TEST_CASE(
    "fragments of datagrams that alternate are told apart, and an identification may return") {
  Feed feed;
  CHECK(port_of(feed, fragment4(1, 0, true, udp_from(1001))) == 1001);
  CHECK(port_of(feed, fragment4(2, 0, true, udp_from(1002))) == 1002);
  CHECK(port_of(feed, fragment4(1, 3, true, zeros(8))) == 1001);
  CHECK(port_of(feed, fragment4(2, 3, true, zeros(8))) == 1002);
  CHECK(port_of(feed, fragment4(2, 4, false, zeros(8))) == 1002);
  CHECK(port_of(feed, fragment4(1, 4, false, zeros(8))) == 1001);
  CHECK(port_of(feed, fragment4(1, 0, true, udp_from(1003))) == 1003);
  CHECK(port_of(feed, fragment4(1, 3, false, zeros(8))) == 1003);
}

TEST_CASE("IPv6 fragments are joined by address and identification") {
  Feed feed;
  CHECK(port_of(feed, fragment6(0x10007, 0, true, udp_from(1000))) == 1000);
  CHECK(port_of(feed, fragment6(7, 3, false, zeros(40))) == 0);  // 32 bits tell datagrams apart
  CHECK(port_of(feed, fragment6(0x10007, 3, false, zeros(40))) == 1000);
  CHECK(feed.packet.dst_port == 53);
  CHECK(feed.packet.ip_version == 6);
  CHECK(feed.packet.ip_length == 40 + 8 + 40);
  CHECK(feed.packet.payload_length == 40);
  // Only the first fragment's next header tells the protocol (RFC 8200, 4.5).
  CHECK(port_of(feed, fragment6(0x10007, 3, false, zeros(40), 60)) == 1000);
  CHECK(feed.packet.protocol == kUdp);
}

TEST_CASE("later TCP fragments have no flags") {
  Feed feed;
  REQUIRE(feed(fragment4(1, 0, true, tcp(40), 6)) == DecodeStatus::decoded);
  CHECK(feed.packet.tcp_flags != 0);
  REQUIRE(feed(fragment4(1, 8, false, tcp(40), 6)) == DecodeStatus::decoded);
  CHECK(feed.packet.tcp_flags == 0);
  CHECK(feed.packet.dst_port == 80);
  CHECK(feed.packet.payload_length == 60);
}

TEST_CASE("fragments of a tunnel's packet continue the flow inside it") {
  const ByteString inner = ipv6(kUdp, udp_from(1000) + zeros(40));
  Feed feed;
  CHECK(port_of(feed, fragment4(1, 0, true, ByteString(inner.begin(), inner.begin() + 64), 41)) ==
        1000);
  CHECK(feed.packet.tunnel_depth == 1);
  REQUIRE(port_of(feed, fragment4(1, 8, false, ByteString(inner.begin() + 64, inner.end()), 41)) ==
          1000);
  CHECK(to_string(feed.packet.src) == "2001:db8::1");
  CHECK(to_string(feed.packet.outer_src) == "192.0.2.1");
  CHECK(feed.packet.tunnel_depth == 1);
  CHECK(feed.packet.payload_length == 40);
}

TEST_CASE("fragments inside a tunnel are joined, or belong to no flow") {
  Feed feed;
  CHECK(port_of(feed, ipv4(41, fragment6(1, 3, false, zeros(8)))) == 0);
  CHECK(port_of(feed, ipv4(41, fragment6(1, 0, true, udp_from(1000)))) == 1000);
  CHECK(port_of(feed, ipv4(41, fragment6(1, 3, false, zeros(8)))) == 1000);
  CHECK(feed.packet.tunnel_depth == 1);
  CHECK(to_string(feed.packet.outer_src) == "192.0.2.1");
}

TEST_CASE(
    "a first fragment is forgotten after the time-out, not sooner, and time may run backwards") {
  Feed feed;
  CHECK(port_of(feed, fragment4(1, 0, true, udp_from(1000)), 100 * kSecond) == 1000);
  CHECK(port_of(feed, fragment4(1, 3, true, zeros(8)), 90 * kSecond) == 1000);
  CHECK(port_of(feed, fragment4(1, 4, true, zeros(8)), 130 * kSecond) == 1000);
  CHECK(port_of(feed, fragment4(1, 5, true, zeros(8)), 130 * kSecond + 1) == 0);
  CHECK(port_of(feed, fragment4(1, 6, false, zeros(8)), 100 * kSecond) == 0);

  CHECK(port_of(feed, fragment4(2, 0, true, udp_from(1002)), INT64_MIN) == 1002);
  CHECK(port_of(feed, fragment4(2, 3, false, zeros(8)), INT64_MAX) == 0);
  Feed early;
  CHECK(port_of(early, fragment4(2, 0, true, udp_from(1002)), INT64_MIN) == 1002);
  CHECK(port_of(early, fragment4(2, 3, true, zeros(8)), INT64_MIN) == 1002);
  CHECK(port_of(early, fragment4(2, 3, false, zeros(8)), INT64_MAX) == 0);
}

TEST_CASE("the table is bounded, and the datagram that began first goes first") {
  FragmentTable table;
  Packet first;
  first.fragment_part = FragmentPart::first;
  const auto remember = [&](std::uint32_t identification) {
    first.fragment.identification = identification;
    first.src_port = static_cast<std::uint16_t>(identification);
    table.remember(first);
  };
  const auto knows = [&](std::uint32_t identification) {
    Packet later;
    later.fragment.identification = identification;
    return table.join(later) && later.src_port == static_cast<std::uint16_t>(identification);
  };
  constexpr std::uint32_t kMax = FragmentTable::kMaxDatagrams;
  for (std::uint32_t i = 0; i < kMax; ++i) remember(i);
  remember(0);  // begins anew: it is the youngest now
  CHECK(table.size() == kMax);
  remember(kMax);
  CHECK(table.size() == kMax);
  CHECK_FALSE(knows(1));
  CHECK(knows(0));
  CHECK(knows(2));
  CHECK(knows(kMax));
  for (std::uint32_t i = 0; i < 3 * kMax; ++i) remember(10'000 + i);
  CHECK(table.size() == kMax);
  CHECK_FALSE(knows(0));
}

TEST_CASE("whatever fragments come, each is in a flow or is counted as in none") {
  weir::Random random(11);
  Feed feed;
  std::uint64_t decoded = 0, joined = 0, lost = 0;
  std::map<std::uint32_t, unsigned> ports;  // by identification: what the first one said
  constexpr int kPackets = 20'000;
  for (int i = 0; i < kPackets; ++i) {
    const auto id = static_cast<std::uint32_t>(random.below(100));
    const auto offset = random.chance(0.6) ? 3 + static_cast<std::uint32_t>(random.below(9)) : 0U;
    const bool more = random.chance(0.7);
    const auto port = static_cast<std::uint16_t>(1 + random.below(60'000));
    const bool is_v6 = id % 2 == 0;
    const ByteString payload = offset == 0 ? udp_from(port) : zeros(random.below(60));
    const ByteString bytes =
        is_v6 ? fragment6(id, offset, more, payload) : fragment4(id, offset, more, payload);
    const unsigned given = port_of(feed, bytes, i);
    decoded += given != 0 ? 1 : 0;
    if (offset == 0) {
      REQUIRE(given == port);
      if (more) ports[id] = port;
    } else {
      const auto known = ports.find(id);
      REQUIRE(given == (known == ports.end() ? 0 : known->second));
      ++(given != 0 ? joined : lost);
    }
  }
  const weir::DecodeCounts& counts = feed.decoder.counts();
  CHECK(counts.total() == kPackets);
  CHECK(counts[DecodeStatus::decoded] == decoded);
  CHECK(counts[DecodeStatus::later_fragment] == lost);
  CHECK(counts.joined_fragments == joined);
  CHECK(lost > 0);
  weir::DecodeCounts twice = counts;
  twice += counts;
  CHECK(twice.joined_fragments == 2 * joined);
}
