// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Addresses, CIDR blocks and protocol names from and to text.
#include "weir/net/address.hpp"

#include <arpa/inet.h>

#include <catch2/catch.hpp>

#include "weir/base/random.hpp"
#include "weir/net/packet.hpp"

using weir::IpAddress;
using weir::parse_address;
using weir::parse_cidr;
using weir::parse_protocol;
using weir::protocol_name;

TEST_CASE("addresses have the text of RFC 5952") {
  CHECK(to_string(IpAddress::v4(0xc0000201)) == "192.0.2.1");
  CHECK(to_string(IpAddress::v4(0U)) == "0.0.0.0");
  CHECK(to_string(IpAddress::v4(0xffffffff)) == "255.255.255.255");
  CHECK(to_string(IpAddress::v4(0x0a636409)) == "10.99.100.9");
  for (const char* text : {"::", "::1", "2001:db8::1", "fe80::a:0:0:1", "2001:db8:0:1:1:1:1:1"}) {
    REQUIRE(parse_address(text));
    CHECK(to_string(*parse_address(text)) == text);
  }
  CHECK(to_string(*parse_address("2001:0DB8:0:0:0:0:0:1")) == "2001:db8::1");
}

TEST_CASE("an IPv4 address is the same in both notations") {
  CHECK(parse_address("::ffff:192.0.2.1") == IpAddress::v4(0xc0000201));
  CHECK(parse_address("192.0.2.1")->is_v4());
  CHECK_FALSE(parse_address("2001:db8::1")->is_v4());
  const std::uint8_t network_order[] = {192, 0, 2, 1};
  CHECK(IpAddress::v4(network_order) == IpAddress::v4(0xc0000201));
}

TEST_CASE("any address survives its text") {
  weir::Random random(1);
  for (int round = 0; round < 2000; ++round) {
    IpAddress address = IpAddress::v4(static_cast<std::uint32_t>(random.next()));
    if (random.chance(0.5)) {
      for (std::uint8_t& byte : address.bytes) {
        byte = random.chance(0.5) ? std::uint8_t{0} : static_cast<std::uint8_t>(random.next());
      }
    }
    REQUIRE(parse_address(to_string(address)) == address);
  }
}

TEST_CASE("the text of an IPv6 address is the system's") {
  weir::Random random(2);
  for (int round = 0; round < 5000; ++round) {
    IpAddress address;
    for (std::size_t i = 0; i < 16; i += 2) {
      const std::uint64_t group = random.chance(0.5) ? 0 : random.next() >> (48 + random.below(16));
      address.bytes[i] = static_cast<std::uint8_t>(group >> 8);
      address.bytes[i + 1] = static_cast<std::uint8_t>(group);
    }
    address.bytes[0] = 0x20;  // ::192.0.2.1 has a text of its own there
    char text[INET6_ADDRSTRLEN];
    REQUIRE(to_string(address) == inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text));
  }
}

TEST_CASE("what is no address is refused") {
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "::g", "1:2:3:4:5:6:7",
        "host", "1.2.3.4/24", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"}) {
    CHECK_FALSE(parse_address(text));
  }
}

TEST_CASE("a block holds the addresses of its prefix") {
  const auto holds = [](const char* block, const char* address) {
    return parse_cidr(block).value().contains(parse_address(address).value());
  };
  CHECK(holds("192.0.2.0/24", "192.0.2.255"));
  CHECK_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
  CHECK(holds("192.0.2.77/24", "192.0.2.1"));
  CHECK(holds("10.128.0.0/9", "10.255.0.1"));
  CHECK_FALSE(holds("10.128.0.0/9", "10.127.0.1"));
  CHECK(holds("192.0.2.1", "192.0.2.1"));
  CHECK_FALSE(holds("192.0.2.1", "192.0.2.2"));
  CHECK(holds("0.0.0.0/0", "203.0.113.9"));
  CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  CHECK(holds("::ffff:192.0.2.0/120", "192.0.2.9"));
  CHECK_FALSE(holds("::ffff:192.0.2.0/120", "192.0.3.9"));
  CHECK(holds("::/0", "2001:db8::1"));
  CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(holds("2001:db8::1/128", "2001:db8::1"));
}

TEST_CASE("what is no block is refused") {
  for (const char* text :
       {"", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/2x", "::/129", "x/8"}) {
    CHECK_FALSE(parse_cidr(text));
  }
}

TEST_CASE("protocols have names, or their number") {
  CHECK(protocol_name(6) == "TCP");
  CHECK(protocol_name(17) == "UDP");
  CHECK(protocol_name(1) == "ICMP");
  CHECK(protocol_name(58) == "ICMPv6");
  CHECK(protocol_name(2) == "IGMP");
  CHECK(protocol_name(132) == "SCTP");
  CHECK(protocol_name(0) == "0");
  CHECK(protocol_name(47) == "47");
  CHECK(protocol_name(255) == "255");
  for (unsigned number = 0; number < 256; ++number) {
    const auto protocol = static_cast<std::uint8_t>(number);
    REQUIRE(parse_protocol(protocol_name(protocol)) == protocol);
  }
  CHECK(parse_protocol("tcp") == 6);
  for (const char* text : {"", "256", "-1", "6 ", "TCPx", "x"}) CHECK_FALSE(parse_protocol(text));
}
