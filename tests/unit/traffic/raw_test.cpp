// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What can be said of packets on an interface without the privilege to send them.
#include "weir/traffic/raw_sender.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

TEST_CASE("a MAC address is six bytes of one machine") {
  CHECK(weir::parse_mac("02:42:0a:00:00:FF") ==
        weir::MacAddress{0x02, 0x42, 0x0a, 0x00, 0x00, 0xff});
  for (const char* text :
       {"", "02:42:0a:00:00", "02:42:0a:00:00:0", "02:42:0a:00:00:0g", "02-42-0a-00-00-01",
        "02:42:0a:00:00:01:", "2:42:0a:00:00:01:0", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01"}) {
    CAPTURE(text);
    CHECK_FALSE(weir::parse_mac(text));
  }
}

TEST_CASE("the report of an interface tells the rate achieved from the one planned") {
  weir::RawReport report{.sent = 900, .bytes = 90'000, .refused = 100};
  report.planned_ns = 1'000'000'000;
  report.elapsed_ns = 1'500'000'000;
  report.most_late_ns = 500'400'000;
  CHECK(describe(report, "eth0") ==
        "eth0: 900 packets (90000 bytes) in 1.50 s; 600.0 packets/s of 1000.0; at most 500.40 ms "
        "late; 100 lost in its full queue");
  CHECK(describe(weir::RawReport{}, "eth0") ==
        "eth0: 0 packets (0 bytes) in 0.00 s; 0.0 packets/s of 0.0; at most 0.00 ms late");
}

TEST_CASE("an interface that is not there is an error that names those that are") {
  CHECK_THROWS_WITH(weir::RawSender({"nosuch0", {}, 0}),
                    Catch::Matchers::Contains("no interface named nosuch0; there are:"));
}
