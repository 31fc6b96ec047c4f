// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Windows of usage, worked out by hand.
#include "weir/shape/accounting.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using namespace weir;

namespace {

constexpr std::uint32_t kWeb = 0;
constexpr std::uint32_t kVoice = 1;
constexpr std::uint32_t kNone = 9;

IpAddress address(const char* text) {
  return parse_address(text).value();
}

FlowTotals flow(std::uint64_t id, const char* src, const char* dst, std::uint64_t packets,
                std::uint64_t bytes) {
  return {id, {address(src), address(dst), 1000, 443, 17}, packets, bytes};
}

std::string text(const std::vector<Usage>& usages) {
  std::string lines;
  for (const Usage& usage : usages) {
    lines += (usage.user ? to_string(*usage.user) : "-") + " class " +
             std::to_string(usage.class_index) + ": " + std::to_string(usage.flows) + " flows " +
             std::to_string(usage.packets) + " packets " + std::to_string(usage.bytes) + " bytes\n";
  }
  return lines;
}

}  // namespace

TEST_CASE("the user is the end on the users' side, the initiator where both are") {
  const UserSide everywhere;
  const auto user = [](const UserSide& side, const char* src, const char* dst) {
    const auto found = side.user_of(flow(1, src, dst, 0, 0).tuple);
    return found ? to_string(*found) : "-";
  };
  CHECK(user(everywhere, "192.168.1.2", "198.51.100.1") == "192.168.1.2");
  CHECK(user(everywhere, "198.51.100.1", "172.31.0.9") == "172.31.0.9");
  CHECK(user(everywhere, "10.0.0.1", "10.0.0.2") == "10.0.0.1");
  CHECK(user(everywhere, "100.64.0.1", "198.51.100.1") == "100.64.0.1");
  CHECK(user(everywhere, "2001:db8::1", "fd00::7") == "fd00::7");
  CHECK(user(everywhere, "203.0.113.5", "198.51.100.1") == "-");
  const UserSide some = UserSide::parse("203.0.113.0/24,2001:db8::/32");
  CHECK(user(some, "10.0.0.1", "203.0.113.5") == "203.0.113.5");
  CHECK(user(some, "10.0.0.1", "2001:db8::1") == "2001:db8::1");
  CHECK(user(some, "10.0.0.1", "192.168.0.1") == "-");
  for (const char* bad : {"", "10.0.0.0/8,", "10.0.0.0/33", "home"}) {
    CHECK_THROWS_AS(UserSide::parse(bad), UsageError);
  }
}

TEST_CASE("packets count for the class that their flow has when they are read") {
  Accounting accounting({}, kNone);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 3, 300));
  accounting.classify(1, kWeb);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 10, 1300));
  accounting.add(flow(2, "198.51.100.1", "10.0.0.1", 2, 80));
  CHECK(text(accounting.take(0)) ==
        "10.0.0.1 class 0: 0 flows 7 packets 1000 bytes\n"
        "10.0.0.1 class 9: 2 flows 5 packets 380 bytes\n");
  CHECK(accounting.take(0).empty());

  accounting.classify(1, kVoice);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 11, 1400));
  accounting.add(flow(2, "198.51.100.1", "10.0.0.1", 2, 80));  // silent since
  CHECK(text(accounting.take(0)) == "10.0.0.1 class 1: 1 flows 1 packets 100 bytes\n");
}

TEST_CASE("a flow that ends counts what was not read of it, for its last class") {
  Accounting accounting({}, kNone);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 3, 300));
  accounting.take(0);
  accounting.end(flow(1, "10.0.0.1", "198.51.100.1", 5, 500), kVoice);
  accounting.end(flow(2, "10.0.0.2", "198.51.100.1", 1, 60), kWeb);             // never read
  accounting.end(flow(3, "203.0.113.1", "198.51.100.1", 1, 60), std::nullopt);  // no verdict
  CHECK(text(accounting.take(0)) ==
        "- class 9: 1 flows 1 packets 60 bytes\n"
        "10.0.0.1 class 1: 1 flows 2 packets 200 bytes\n"
        "10.0.0.2 class 0: 1 flows 1 packets 60 bytes\n");
}

TEST_CASE("the two series of windows do not disturb each other") {
  Accounting accounting({}, kNone);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 3, 300));
  accounting.take(0);
  accounting.add(flow(1, "10.0.0.1", "198.51.100.1", 4, 400));
  CHECK(text(accounting.take(0)) == "10.0.0.1 class 9: 1 flows 1 packets 100 bytes\n");
  CHECK(text(accounting.take(1)) == "10.0.0.1 class 9: 1 flows 4 packets 400 bytes\n");
}
