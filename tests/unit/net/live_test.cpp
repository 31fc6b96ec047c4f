// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Interfaces: found, chosen, shown. Capturing itself needs a privilege: tests/root/capture.sh.
#include "weir/net/live.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "default_route.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::StartsWith;
using namespace weir;

namespace {

constexpr const char* kIpv4Heading =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
constexpr const char* kIpv6Default =
    "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth3\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
    "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    "fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth4\n";

std::string ipv4_route(const std::string& interface, const std::string& destination,
                       const std::string& mask, const std::string& metric,
                       const std::string& flags = "0003") {
  return interface + '\t' + destination + "\t010200C0\t" + flags + "\t0\t0\t" + metric + '\t' +
         mask + "\t0\t0\t0\n";
}

}  // namespace

TEST_CASE("the default route with the lowest metric names the interface") {
  const std::string net = ipv4_route("eth0", "000200C0", "00FFFFFF", "0");
  const std::string slow = ipv4_route("wlan0", "00000000", "00000000", "600");
  const std::string fast = ipv4_route("eth1", "00000000", "00000000", "100");
  const std::string half = ipv4_route("tun0", "00000000", "00000080", "0");
  const std::string down = ipv4_route("eth2", "00000000", "00000000", "0", "0002");
  CHECK(default_route_interface(kIpv4Heading + net + slow + fast + half + down, "") == "eth1");
  CHECK(default_route_interface(kIpv4Heading + slow, kIpv6Default) == "wlan0");
}

TEST_CASE("without an IPv4 default route, that of IPv6 counts, unless it rejects") {
  CHECK(default_route_interface(kIpv4Heading, kIpv6Default) == "eth4");
  CHECK(default_route_interface("", "").empty());
  CHECK(default_route_interface("eth0 00000000", "garbage\n\n").empty());
}

TEST_CASE("interfaces are shown as a table and as JSON") {
  const std::vector<NetworkInterface> interfaces{
      {"eth0", "", {"192.0.2.1", "2001:db8::1"}, true, true, false},
      {"a-long-name0", "a \"quoted\" text", {}, true, false, false},
      {"lo", "", {"127.0.0.1"}, false, false, true}};
  CHECK(interface_table(interfaces) ==
        "INTERFACE     STATE    ADDRESSES\n"
        "eth0          up       192.0.2.1 2001:db8::1\n"
        "a-long-name0  no link\n"
        "lo            down     127.0.0.1\n");
  CHECK(interface_json({interfaces[1]}) == R"([
  {
    "name": "a-long-name0",
    "description": "a \"quoted\" text",
    "addresses": [],
    "up": true,
    "running": false,
    "loopback": false
  }
]
)");
  CHECK(interface_json({}) == "[]\n");
}

TEST_CASE("the default interface is one of the list") {
  const std::vector<NetworkInterface> interfaces = list_interfaces();
  if (std::ranges::none_of(interfaces, &NetworkInterface::loopback)) {
    WARN("skipped: there is not even a loopback interface here");
    return;
  }
  CHECK(std::ranges::count(interfaces, default_interface(), &NetworkInterface::name) == 1);
}

TEST_CASE("an interface that does not exist is an error that names those that do") {
  for (const char* name : {"", "no-such-if0", "a-name-that-is-longer-than-any-interface"}) {
    CHECK_THROWS_WITH(open_live(name, {}),
                      StartsWith(std::string("no interface named ") + name + "; there are: "));
  }
}
