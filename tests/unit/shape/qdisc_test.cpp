// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reading what tc, nft and the kernel say.
#include "qdisc.hpp"

#include <catch2/catch.hpp>

#include "bypass.hpp"
#include "command.hpp"
#include "nft.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;

TEST_CASE("root qdiscs are told from what hangs below them") {
  const auto roots = weir::parse_root_qdiscs(R"([
    {"kind":"noqueue","handle":"0:","dev":"lo","root":true,"refcnt":2,"options":{}},
    {"kind":"htb","handle":"5073:","dev":"eth0","root":true,"refcnt":2,"options":{"r2q":10}},
    {"kind":"fq_codel","handle":"8001:","dev":"eth0","parent":"5073:10","options":{}},
    {"kind":"tbf","handle":"8002:","dev":"eth1","root":true,"options":{}},
    {"kind":"ingress","handle":"ffff:","dev":"eth1","parent":"ffff:fff1","options":{}}])");
  REQUIRE(roots.size() == 3);
  CHECK(roots[0].is_default());
  CHECK_FALSE(roots[0].is_ours());
  CHECK(roots[1].is_ours());
  CHECK_FALSE(roots[1].alone);
  CHECK_FALSE(roots[2].is_default());
  CHECK(roots[2].alone);
  CHECK_THROWS_AS(weir::parse_root_qdiscs("Cannot find device"), weir::Error);
}

TEST_CASE("a qdisc is made again with tc's own words") {
  CHECK(weir::restoring_command("qdisc tbf 8002: root refcnt 2 rate 20Mbit burst 32Kb lat 50ms \n",
                                "eth0") ==
        "qdisc add dev eth0 root handle 8002: tbf rate 20Mbit burst 32Kb lat 50ms\n");
  CHECK(weir::restoring_command(
            "qdisc fq_codel 8001: root refcnt 2 limit 10240p flows 1024 quantum 1514 target 5ms "
            "interval 100ms memory_limit 32Mb ecn drop_batch 64 \n",
            "eth0") ==
        "qdisc add dev eth0 root handle 8001: fq_codel limit 10240 flows 1024 quantum 1514 target "
        "5ms "
        "interval 100ms memory_limit 32Mb ecn drop_batch 64\n");
  CHECK(weir::restoring_command("", "eth0").empty());
}

TEST_CASE("complaints of tc and nft become one line that shows the place") {
  const weir::CommandResult tc{false, "",
                               "Error: Specified qdisc kind is unknown.\nCommand failed -:2\n"};
  CHECK(weir::first_complaint(tc, "qdisc add one\nqdisc add two\nqdisc add three\n") ==
        "Specified qdisc kind is unknown, the kernel does not have it (at: qdisc add two)");
  CHECK(weir::nft_complaint(
            "internal:0:0-0: Error: Could not process rule: Operation not supported\n\n") ==
        "Could not process rule: Operation not supported");
  CHECK(weir::nft_complaint(
            "<cmdline>:2:3-4: Error: Could not process rule: File exists\n\tct mark 1\n"
            "\t^^^\n") == "Could not process rule: File exists (at: ct mark 1)");
}

TEST_CASE("flow tables of the interface are reported, others not") {
  const char* const listing =
      "table inet filter {\n\tflowtable fast {\n\t\thook ingress priority filter\n"
      "\t\tdevices = { eth0, eth10 }\n\t}\n\tflowtable other {\n\t\thook ingress priority filter\n"
      "\t\tdevices = { \"wan\" }\n\t}\n}\n";
  REQUIRE(weir::flow_table_bypasses(listing, "eth0").size() == 1);
  CHECK_THAT(weir::flow_table_bypasses(listing, "eth10").front(), Contains("flow table fast "));
  CHECK_THAT(weir::flow_table_bypasses(listing, "wan").front(), Contains("flow table other "));
  CHECK(weir::flow_table_bypasses(listing, "eth1").empty());
  CHECK(weir::flow_table_bypasses("", "eth0").empty());
}
