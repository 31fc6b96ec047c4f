// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Label rules: matching, the shipped files, and what is refused.
#include <catch2/catch.hpp>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/labels.hpp"

using namespace weir;
using weir::test::TemporaryFolder;

namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;

LabelQuery query(std::uint8_t protocol, std::uint16_t src_port, std::uint16_t dst_port,
                 std::string_view capture = "x.pcap") {
  return {capture,
          {IpAddress::v4(0x0a000001), IpAddress::v4(0xc0000201), src_port, dst_port, protocol},
          100 * kNanosPerSecond,
          200 * kNanosPerSecond};
}

std::string shipped(const std::string& name) {
  return std::string(WEIR_SOURCE_FOLDER) + "/examples/labels/" + name;
}

}  // namespace

TEST_CASE("the shipped lab rules know the generator's three ports") {
  const auto rules = load_label_rules(shipped("lab.toml"));
  CHECK(rules->label(query(kUdp, 40000, 5555)) == "VoIP");
  CHECK(rules->label(query(kUdp, 5555, 40000)) == "VoIP");
  CHECK(rules->label(query(kTcp, 40000, 5555)) == "Other");
  CHECK(rules->label(query(kTcp, 40000, 6666)) == "FTP");
  CHECK(rules->label(query(kTcp, 40000, 7777)) == "HTTP");
  CHECK(rules->label(query(kUdp, 40000, 53)) == "Other");
}

TEST_CASE("the shipped port rules know well-known ports") {
  const auto rules = load_label_rules(shipped("ports.toml"));
  CHECK(rules->label(query(kTcp, 40000, 443)) == "Web");
  CHECK(rules->label(query(kUdp, 40000, 443)) == "Web");
  CHECK(rules->label(query(kUdp, 40000, 53)) == "DNS");
  CHECK(rules->label(query(kTcp, 21, 40000)) == "FTP");
  CHECK(rules->label(query(kTcp, 40000, 22)) == "SSH");
  CHECK(rules->label(query(kTcp, 40000, 993)) == "Email");
  CHECK(rules->label(query(kUdp, 40000, 1900)) == "SSDP");
  CHECK(rules->label(query(kUdp, 5353, 5353)) == "mDNS");
  CHECK(rules->label(query(kUdp, 40000, 5355)) == "LLMNR");
  CHECK(rules->label(query(kUdp, 138, 138)) == "NetBIOS");
  CHECK(rules->label(query(kUdp, 40000, 22)) == "Other");
}

TEST_CASE("every condition of a rule must hold, and the first such rule gives the label") {
  const TemporaryFolder folder;
  const auto rules = load_label_rules(folder.file("r.toml", R"(
[[rule]]
label = "window"
from = 150
to = 160.5
port = 1
[[rule]]
label = "late"
from = 201
[[rule]]
label = "file"
capture = ["voip-*", "call?.pcap"]
[[rule]]
label = "range"
ports = ["6000-6063", 7000]
cidr = "192.0.2.0/24"
[[rule]]
label = "elsewhere"
cidr = ["198.51.100.0/24", "2001:db8::/32"]
)"));
  CHECK(rules->label(query(kTcp, 1, 2)) == "window");
  CHECK(rules->label(query(kTcp, 9, 2, "voip-3.pcap")) == "file");
  CHECK(rules->label(query(kTcp, 9, 2, "call1.pcap")) == "file");
  CHECK(rules->label(query(kTcp, 9, 6063)) == "range");
  CHECK(rules->label(query(kTcp, 7000, 9)) == "range");
  CHECK(rules->label(query(kTcp, 9, 6064)).empty());
}

TEST_CASE("wrong rules are usage errors with file and line") {
  const TemporaryFolder folder;
  const auto error_of = [&](const std::string& text) {
    const std::string path = folder.file("bad.toml", text);
    try {
      load_label_rules(path);
    } catch (const UsageError& error) {
      return std::string(error.what()).substr(path.size());
    }
    return std::string("no error");
  };
  CHECK(error_of("default = 3\n") == ":1: 'default' must be a text");
  CHECK(error_of("\nrules = []\n") == ":2: unknown key 'rules' (known: default, rule)");
  CHECK(error_of("[[rule]]\nport = 80\n") == ":1: rule without label");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\nport = 70000\n") ==
        ":3: a port is a number from 0 to 65535, or a range like \"6000-6063\"");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\nports = [\"9-8\"]\n") ==
        ":3: a port is a number from 0 to 65535, or a range like \"6000-6063\"");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\nports = []\n") == ":3: empty list: nothing could match");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\ncidr = \"10.0.0.0/40\"\n") ==
        ":3: not an address block: '10.0.0.0/40'");
  CHECK(error_of("[[rule]]\nlabel = \"x\"\nprotocol = \"QQ\"\n") == ":3: not a protocol: 'QQ'");
  CHECK(
      error_of("[[rule]]\nlabel = \"x\"\nprot = \"TCP\"\n").starts_with(":3: unknown key 'prot'"));
  CHECK(error_of("[[rule]]\nlabel = \"x\"\nfrom = 1e300\n") ==
        ":3: 'from' must be a time in epoch seconds");
  CHECK(error_of("[[rule]\n").starts_with(":1: "));
}

TEST_CASE("a missing rules file is an error, not a usage error") {
  try {
    load_label_rules("/nonexistent/rules.toml");
    FAIL("no error");
  } catch (const UsageError&) {
    FAIL("usage error");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "cannot open /nonexistent/rules.toml: No such file or directory");
  }
}

TEST_CASE("a fixed label is every flow's") {
  CHECK(fixed_label("VoIP")->label(query(kTcp, 1, 2)) == "VoIP");
}

TEST_CASE("of several labellers, the first that knows a flow gives its label") {
  const TemporaryFolder folder;
  std::vector<std::unique_ptr<Labeller>> labellers;
  labellers.push_back(
      load_label_rules(folder.file("r.toml", "[[rule]]\nlabel = \"Web\"\nport = 80\n")));
  labellers.push_back(fixed_label("rest"));
  const auto both = first_that_knows(std::move(labellers));
  CHECK(both->label(query(kTcp, 1, 80)) == "Web");
  CHECK(both->label(query(kTcp, 1, 81)) == "rest");
  CHECK(first_that_knows({})->label(query(kTcp, 1, 81)).empty());
}
