// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Plans and batches as text (the golden command-line tests hold whole plans).
#include "weir/shape/shaping_plan.hpp"

#include <catch2/catch.hpp>

#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::FiveTuple;
using weir::MarkChange;

namespace {

constexpr std::uint32_t kVoice = weir::kMarkBase + 1;
constexpr std::uint32_t kWeb = weir::kMarkBase + 2;

const char* const kPolicy = R"(
default = "rest"
demote = "last"
[[band]]
name = "fast"
rate = "2mbit"
ceil = "4mbit"
realtime = true
[[band]]
name = "rest"
rate = "2mbit"
[[band]]
name = "last"
rate = "1mbit"
[[class]]
name = "Voice"
band = "fast"
dscp = "EF"
guard = "512kbit"
[[class]]
name = "Web"
band = "rest"
)";

weir::ShapingPlan plan(weir::ShapingTarget target, const std::string& more = "") {
  target.interface = "eth0";
  target.bandwidth_bps = 10'000'000;
  return weir::make_plan(weir::parse_policy(kPolicy + more, "p.toml"), target);
}

FiveTuple flow(const char* src, const char* dst) {
  return {*weir::parse_address(src), *weir::parse_address(dst), 1000, 2000, 17};
}

}  // namespace

TEST_CASE("every mark has a class of the tree") {
  const weir::ShapingPlan made = plan({});
  using Pair = std::pair<std::uint32_t, std::string>;
  CHECK(made.classids == std::vector<Pair>{{weir::kDefaultMark, "5073:20"},
                                           {kVoice, "5073:10"},
                                           {kWeb, "5073:20"},
                                           {weir::kDemotedMark, "5073:30"}});
  for (const auto& [mark, classid] : made.classids) {
    CHECK_THAT(made.tc, Contains(" classid " + classid + " htb "));
  }
  CHECK_THAT(made.tc, Contains("root handle 5073: htb default 20\n"));
}

TEST_CASE("no rule drops a packet, the guard only marks") {
  const weir::ShapingPlan made = plan({.interface = "eth0", .ingress = true});
  for (const std::string& text : {made.nft, made.nft_ingress}) {
    CHECK_THAT(text, !Contains("drop"));
    CHECK_THAT(text, !Contains("reject"));
  }
  CHECK_THAT(
      made.nft,
      Contains("ct mark 0x50730001 update @guard1 { ct id limit rate over 64000 bytes/second "
               "burst 16384 bytes } counter name demoted ct mark set 0x507300ff\n"));
}

TEST_CASE("tables belong to the process unless they are to stay") {
  CHECK_THAT(plan({.interface = "eth0", .ingress = true}).nft, Contains("flags owner;"));
  CHECK_THAT(plan({.interface = "eth0", .ingress = true}).nft_ingress, Contains("flags owner;"));
  CHECK_THAT(plan({.interface = "eth0", .ingress = true, .keep = true}).nft, !Contains("owner"));
  CHECK_THAT(plan({.interface = "eth0", .ingress = true, .keep = true}).nft_ingress,
             !Contains("owner"));
}

TEST_CASE("exempt traffic leaves before anything looks at it") {
  const std::string all = plan({}).nft;
  for (const char* rule :
       {"meta l4proto { 1, 58 } return", "tcp dport 22 return", "th dport { 53, 853, 5353 } return",
        "udp dport { 67, 68, 546, 547 } return"}) {
    REQUIRE_THAT(all, Contains(rule));
    CHECK(all.find(rule) < all.find("jump verdict"));
  }
  const std::string some = plan({}, R"([exempt]
ssh = false
dns = false
dhcp = false
icmp = false
cidr = ["192.0.2.0/24", "2001:db8::/32", "198.51.100.7", "::/0"]
)")
                               .nft;
  CHECK_THAT(some, !Contains("icmp"));
  CHECK_THAT(some, !Contains("tcp"));
  CHECK_THAT(some, !Contains("udp"));
  for (const char* rule : {"ip saddr 192.0.2.0/24 return", "ip daddr 192.0.2.0/24 return",
                           "ip6 saddr 2001:db8::/32 return", "ip daddr 198.51.100.7/32 return",
                           "ip saddr 0.0.0.0/0 return", "ip6 saddr ::/0 return"}) {
    CHECK_THAT(some, Contains(rule));
  }
}

TEST_CASE("the leaves are the queues that the kernel has") {
  CHECK_THAT(plan({.interface = "eth0", .leaf = weir::LeafQdisc::fq_codel}).tc,
             Contains("parent 5073:10 fq_codel\n"));
  CHECK_THAT(plan({.interface = "eth0", .leaf = weir::LeafQdisc::cake}).tc,
             Contains("parent 5073:10 cake unlimited besteffort\n"));
  // 100 ms of 4 Mbit/s in full packets.
  CHECK_THAT(plan({.interface = "eth0", .leaf = weir::LeafQdisc::pfifo}).tc,
             Contains("parent 5073:10 pfifo limit 33\n"));
}

TEST_CASE("a batch works whether or not old verdicts have timed out") {
  const FiveTuple a = flow("192.0.2.1", "192.0.2.2");
  const FiveTuple b = flow("192.0.2.3", "192.0.2.4");
  const FiveTuple c = flow("2001:db8::1", "2001:db8::2");
  const std::vector<MarkChange> changes{
      {a, std::nullopt, kVoice}, {b, kVoice, kWeb}, {c, kWeb, std::nullopt}};
  CHECK(
      weir::mark_batch(plan({}), changes) ==
      "add element inet weir flows4 { 17 . 192.0.2.3 . 1000 . 192.0.2.4 . 2000 : 0x50730001 }\n"
      "delete element inet weir flows4 { 17 . 192.0.2.3 . 1000 . 192.0.2.4 . 2000 }\n"
      "add element inet weir flows4 { 17 . 192.0.2.1 . 1000 . 192.0.2.2 . 2000 : 0x50730001, "
      "17 . 192.0.2.3 . 1000 . 192.0.2.4 . 2000 : 0x50730002 }\n"
      "add element inet weir flows6 { 17 . 2001:db8::1 . 1000 . 2001:db8::2 . 2000 : 0x50730002 }\n"
      "delete element inet weir flows6 { 17 . 2001:db8::1 . 1000 . 2001:db8::2 . 2000 }\n");
  CHECK(weir::mark_batch(plan({}), {}).empty());
}

TEST_CASE("with ingress a batch also fills the map of what comes in, with classes for marks") {
  const std::vector<MarkChange> changes{{flow("192.0.2.1", "192.0.2.2"), std::nullopt, kVoice}};
  CHECK_THAT(weir::mark_batch(plan({.interface = "eth0", .ingress = true}), changes),
             Contains("add element netdev weir flows4 { 17 . 192.0.2.1 . 1000 . 192.0.2.2 . 2000 : "
                      "5073:10 }\n"));
}

TEST_CASE("a name that could be more than a name is refused") {
  const weir::Policy policy = weir::parse_policy(kPolicy, "p.toml");
  for (const char* name : {"", "a b", "a\"b", "eth0*", "a/b", "-x", "sixteen-letters-", "a\nb"}) {
    INFO(name);
    CHECK_THROWS_AS(weir::make_plan(policy, {.interface = name, .bandwidth_bps = 10'000'000}),
                    weir::UsageError);
  }
}
