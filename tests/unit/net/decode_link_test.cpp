// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The way to IP through the rarer link layers.
#include <catch2/catch.hpp>

#include "packet_bytes.hpp"
#include "weir/net/decode.hpp"

using weir::decode;
using weir::DecodeStatus;
using weir::LinkType;
using weir::Packet;
using namespace weir::test;

namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
const ByteString kIp = ipv4(17, udp(10));
const ByteString kSnapIp = ByteString{0xaa, 0xaa, 3, 0, 0, 0} + be16(kIpv4) + kIp;

DecodeStatus status(const ByteString& bytes, LinkType link_type = LinkType::ethernet) {
  Packet ignored;
  return decode(raw(bytes, link_type), ignored);
}

/// True where the UDP packet in `bytes` is found, with its sizes.
bool finds_ip(const ByteString& bytes, LinkType link_type = LinkType::ethernet) {
  Packet packet;
  return decode(raw(bytes, link_type), packet) == DecodeStatus::decoded &&
         packet.src_port == 5555 && packet.dst_port == 53 && packet.payload_length == 10 &&
         packet.length == bytes.size() && packet.tunnel_depth == 0;
}

/// An IEEE 802.11 data frame's header.
ByteString wireless(std::uint8_t control, std::uint8_t flags, std::size_t length) {
  return ByteString{control, flags} + zeros(length - 2);
}

}  // namespace

TEST_CASE("IP in IEEE 802.3 frames is found behind SNAP only") {
  CHECK(finds_ip(ethernet(46) + kSnapIp));
  const ByteString spanning_tree = ethernet(38) + ByteString{0x42, 0x42, 3} + zeros(35);
  CHECK(status(spanning_tree) == DecodeStatus::not_ip);
  CHECK(status(ethernet(3) + ByteString{0xfe, 0xfe, 3}) == DecodeStatus::not_ip);
  const ByteString cisco = ByteString{0xaa, 0xaa, 3, 0, 0, 0x0c} + be16(kIpv4) + kIp;
  CHECK(status(ethernet(46) + cisco) == DecodeStatus::not_ip);
}

TEST_CASE("MPLS labels are passed down to IP") {
  const ByteString bottom{0, 1, 0x11, 64};
  const ByteString label{0, 2, 0x10, 64};
  for (const std::uint16_t type : std::initializer_list<std::uint16_t>{0x8847, 0x8848}) {
    CHECK(finds_ip(ethernet(type) + bottom + kIp));
    CHECK(finds_ip(ethernet(type) + label + label + bottom + ipv6(17, udp(10))));
  }
  const ByteString control_word = zeros(4) + ethernet(kIpv4) + kIp;
  CHECK(status(ethernet(0x8847) + bottom + control_word) == DecodeStatus::not_ip);
}

TEST_CASE("PPPoE sessions are passed, discovery is no IP") {
  const ByteString session = ByteString{0x11, 0, 0, 7} + be16(40);
  CHECK(finds_ip(ethernet(0x8864) + session + be16(0x0021) + kIp));
  CHECK(finds_ip(ethernet(0x8864) + session + be16(0x0057) + ipv6(17, udp(10))));
  CHECK(status(ethernet(0x8864) + session + be16(0xc021) + zeros(10)) == DecodeStatus::not_ip);
  CHECK(status(ethernet(0x8863) + session + zeros(20)) == DecodeStatus::not_ip);
  CHECK(finds_ip(session + be16(0x0021) + kIp, LinkType::pppoe));
}

TEST_CASE("PPP headers are passed in their long and short forms") {
  for (const LinkType link_type : {LinkType::ppp, LinkType::ppp_hdlc}) {
    CHECK(finds_ip(ByteString{0xff, 3} + be16(0x0021) + kIp, link_type));
    CHECK(finds_ip(be16(0x0021) + kIp, link_type));
    CHECK(finds_ip(ByteString{0x21} + kIp, link_type));
    CHECK(finds_ip(be16(0x0281) + ByteString{0, 1, 0x11, 64} + kIp, link_type));
    CHECK(finds_ip(ByteString{0x0f, 0} + be16(kIpv4) + kIp, link_type));  // Cisco HDLC
    CHECK(finds_ip(ByteString{0x8f, 0} + be16(kIpv4) + kIp, link_type));
    CHECK(status(ByteString{0xff, 3} + be16(0xc021) + zeros(4), link_type) == DecodeStatus::not_ip);
  }
}

TEST_CASE("Cisco HDLC carries EtherTypes") {
  CHECK(finds_ip(ByteString{0x0f, 0} + be16(kIpv4) + kIp, LinkType::cisco_hdlc));
  CHECK(finds_ip(ByteString{0x8f, 0} + be16(kIpv6) + ipv6(17, udp(10)), LinkType::cisco_hdlc));
  CHECK(status(ByteString{0x8f, 0} + be16(0x8035) + zeros(18), LinkType::cisco_hdlc) ==
        DecodeStatus::not_ip);
}

TEST_CASE("clear 802.11 data frames are passed, whatever their header holds") {
  const LinkType type = LinkType::ieee802_11;
  CHECK(finds_ip(wireless(0x08, 0x01, 24) + kSnapIp, type));
  CHECK(finds_ip(wireless(0x08, 0x03, 30) + kSnapIp, type));  // four addresses
  CHECK(finds_ip(wireless(0x88, 0x01, 26) + kSnapIp, type));  // quality of service
  CHECK(finds_ip(wireless(0x88, 0x03, 32) + kSnapIp, type));
  CHECK(finds_ip(wireless(0x88, 0x81, 30) + kSnapIp, type));  // and HT control

  CHECK(status(wireless(0x08, 0x41, 24) + kSnapIp, type) == DecodeStatus::not_ip);  // encrypted
  CHECK(status(wireless(0x48, 0x01, 24), type) == DecodeStatus::not_ip);            // null function
  CHECK(status(wireless(0x80, 0x00, 24) + zeros(12), type) == DecodeStatus::not_ip);  // beacon
  ByteString aggregated = wireless(0x88, 0x01, 26) + kSnapIp;
  aggregated[24] = 0x80;
  CHECK(status(aggregated, type) == DecodeStatus::not_ip);
}

TEST_CASE("radiotap headers are passed, their padding flag is obeyed") {
  const LinkType type = LinkType::ieee802_11_radiotap;
  const ByteString plain{0, 0, 8, 0, 0, 0, 0, 0};
  CHECK(finds_ip(plain + wireless(0x08, 0x01, 24) + kSnapIp, type));
  const ByteString padded{0, 0, 9, 0, 2, 0, 0, 0, 0x20};
  CHECK(finds_ip(padded + wireless(0x88, 0x01, 28) + kSnapIp, type));
  const ByteString timed = ByteString{0, 0, 17, 0, 3, 0, 0, 0} + zeros(8) + ByteString{0x20};
  CHECK(finds_ip(timed + wireless(0x88, 0x01, 28) + kSnapIp, type));
  // A second presence word, then the time aligned to eight bytes.
  const ByteString extended =
      ByteString{0, 0, 25, 0, 3, 0, 0, 0x80} + zeros(4) + zeros(4) + zeros(8) + ByteString{0x20};
  CHECK(finds_ip(extended + wireless(0x88, 0x01, 28) + kSnapIp, type));
  CHECK(status(ByteString{0, 0, 4, 0, 0, 0, 0, 0} + zeros(40), type) == DecodeStatus::malformed);
  CHECK(status(ByteString{0, 0, 8, 0, 0, 0, 0, 0x80} + zeros(40), type) == DecodeStatus::malformed);
}
