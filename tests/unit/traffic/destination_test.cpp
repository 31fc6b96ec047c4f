// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where traffic may go.
#include "weir/traffic/destination.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using Catch::Matchers::Contains;

namespace {

weir::IpAddress address(const char* text) {
  return *weir::parse_address(text);
}

}  // namespace

TEST_CASE("loopback and private destinations are allowed") {
  for (const char* text : {"127.0.0.1", "127.8.9.1", "::1", "10.0.0.1", "172.16.0.1",
                           "172.31.255.254", "192.168.1.1", "169.254.3.4", "fd12::1", "fe80::1"}) {
    INFO(text);
    CHECK_NOTHROW(weir::check_destination(address(text), false));
  }
}

TEST_CASE("public destinations are refused unless the network is the user's own") {
  for (const char* text : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "11.0.0.1", "2001:db8::1"}) {
    INFO(text);
    CHECK_THROWS_WITH(weir::check_destination(address(text), false), Contains("public address"));
    CHECK_NOTHROW(weir::check_destination(address(text), true));
  }
}

TEST_CASE("an address of no single host is refused whosever network it is") {
  for (const char* text :
       {"0.0.0.0", "224.0.0.1", "239.255.255.250", "255.255.255.255", "::", "ff02::1"}) {
    INFO(text);
    CHECK_THROWS_AS(weir::check_destination(address(text), true), weir::UsageError);
  }
}
