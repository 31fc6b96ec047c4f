// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Policies: what they may say, and what is said about those that are wrong.
#include "weir/shape/policy.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "weir/base/error.hpp"

using Catch::Matchers::Equals;

namespace {

const std::string kBands = R"(default = "rest"
[[band]]
name = "fast"
rate = "20%"
ceil = "40%"
realtime = true
[[band]]
name = "rest"
rate = "8mbit"
)";

weir::Policy parsed(const std::string& text) {
  return weir::parse_policy(text, "p.toml");
}

std::string complaint(const std::string& text) {
  try {
    parsed(text);
  } catch (const weir::UsageError& error) {
    return error.what();
  }
  return "none";
}

/// About the rates on a link of 10 Mbit/s.
std::string rate_complaint(const std::string& text) {
  try {
    parsed(text).check_rates(10'000'000);
  } catch (const weir::UsageError& error) {
    return error.what();
  }
  return "none";
}

std::string band(const std::string& rate, const std::string& ceil) {
  return "default = \"b\"\n[[band]]\nname = \"b\"\nrate = \"" + rate + "\"\nceil = \"" + ceil +
         "\"\n";
}

}  // namespace

TEST_CASE("a policy says how each class is served") {
  const weir::Policy policy = parsed("bandwidth = \"10mbit\"\n" + kBands + R"(
[[class]]
name = "Voice Calls"
band = "fast"
dscp = "EF"
guard = "512kbit"
[[class]]
name = "Web"
band = "rest"
min_confidence = 0.5
[exempt]
ssh = false
cidr = ["192.0.2.0/24", "2001:db8::/32"]
)");
  CHECK(policy.bandwidth_bps == 10'000'000);
  REQUIRE(policy.bands.size() == 2);
  CHECK(policy.bands[0].rate.on(10'000'000) == 2'000'000);
  CHECK(policy.bands[0].ceil.on(10'000'000) == 4'000'000);
  CHECK(policy.bands[1].rate.on(10'000'000) == 8'000'000);
  CHECK(policy.bands[1].ceil.on(10'000'000) == 10'000'000);
  CHECK(policy.default_band == 1);
  CHECK(policy.demoted_band == 1);

  const weir::ClassRule* const voice = policy.find("Voice Calls");
  REQUIRE(voice != nullptr);
  CHECK(voice->band == 0);
  CHECK(voice->dscp == 46);
  CHECK(voice->guard_bps == 512'000);
  CHECK(voice->min_confidence == 0.9);  // because the band is realtime
  const weir::ClassRule* const web = policy.find("Web");
  REQUIRE(web != nullptr);
  CHECK_FALSE(web->dscp.has_value());
  CHECK(web->min_confidence == 0.5);
  CHECK(policy.find("Games") == nullptr);

  CHECK_FALSE(policy.exemptions.ssh);
  CHECK(policy.exemptions.dns);
  CHECK(policy.exemptions.networks.size() == 2);
  CHECK_NOTHROW(policy.check_rates(10'000'000));
}

TEST_CASE("a wrong policy is refused with the line and the remedy") {
  const std::string known_bands = "(there are: fast, rest)";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "p.toml:1: no [[band]]: a policy has at least one"},
      {"default = ", "p.toml:1: Error while parsing key-value pair: encountered end-of-file"},
      {"band = 3", "p.toml:1: write each band as a table: [[band]]"},
      {"band = [3]", "p.toml:1: write each band as a table: [[band]]"},
      {"colour = 3\n" + kBands,
       "p.toml:1: unknown key 'colour' (known: bandwidth, default, demote, band, class, exempt)"},
      {"bandwidth = 20\n" + kBands, "p.toml:1: a text in quotes is needed here"},
      {"bandwidth = \"20\"\n" + kBands,
       "p.toml:1: not a rate: '20' (write 64kbit, 1.5mbit or 2gbit)"},
      {"bandwidth = \"0bit\"\n" + kBands, "p.toml:1: a rate of 0"},
      {"[[band]]\nrate = \"1mbit\"", "p.toml:1: band without name"},
      {"[[band]]\nname = \"a\"", "p.toml:1: band 'a' without rate"},
      {"[[band]]\nname = \"a\"\nrate = \"0%\"",
       "p.toml:3: not a share of the link: '0%' (write 20%)"},
      {"[[band]]\nname = \"a\"\nrate = \"101%\"",
       "p.toml:3: not a share of the link: '101%' (write 20%)"},
      {"[[band]]\nname = \"a\"\nrate = \"x%\"",
       "p.toml:3: not a share of the link: 'x%' (write 20%)"},
      {"[[band]]\nname = \"a\\nb\"\nrate = \"5%\"",
       "p.toml:2: a text without control characters is needed here"},
      {"[[band]]\nname = \"a\"\nrate = \"5%\"\nrealtime = 1",
       "p.toml:4: true or false is needed here"},
      {"[[band]]\nname = \"a\"\nrate = \"5%\"",
       "p.toml:1: no 'default': the band of what is not classified"},
      {"default = \"b\"\n[[band]]\nname = \"a\"\nrate = \"5%\"",
       "p.toml:1: default: no band 'b' (there are: a)"},
      {kBands + "[[band]]\nname = \"rest\"\nrate = \"5%\"", "p.toml:10: a second band 'rest'"},
      {"demote = \"fast\"\n" + kBands,
       "p.toml:1: demote: 'fast' is realtime; anything could get into it"},
      {kBands + "[[class]]\nband = \"rest\"", "p.toml:10: class without name"},
      {kBands + "[[class]]\nname = \"W\"", "p.toml:10: class 'W': no band '' " + known_bands},
      {kBands + "[[class]]\nname = \"W\"\nband = \"x\"",
       "p.toml:10: class 'W': no band 'x' " + known_bands},
      {kBands + "[[class]]\nname = \"Unknown\"\nband = \"rest\"",
       "p.toml:10: Unknown is no class of its own: such flows go to the default band"},
      {kBands +
           "[[class]]\nname = \"W\"\nband = \"rest\"\n[[class]]\nname = \"W\"\nband = \"rest\"",
       "p.toml:13: a second class 'W'"},
      {kBands + "[[class]]\nname = \"V\"\nband = \"fast\"",
       "p.toml:10: class 'V': band 'fast' is realtime, where a class needs a guard: guard = "
       "\"512kbit\""},
      {kBands + "[[class]]\nname = \"W\"\nband = \"rest\"\ndscp = 64",
       "p.toml:13: not a DSCP (write \"EF\", \"AF41\", \"CS1\", \"LE\", or 0 to 63)"},
      {kBands + "[[class]]\nname = \"W\"\nband = \"rest\"\nmin_confidence = 90",
       "p.toml:13: a confidence is from 0 to 1"},
      {kBands + "[exempt]\nssh = \"no\"", "p.toml:11: true or false is needed here"},
      {kBands + "[exempt]\ncidr = \"192.0.2.1\"",
       "p.toml:11: write a list: cidr = [\"192.0.2.0/24\"]"},
      {kBands + "[exempt]\ncidr = [\"192.0.2.x\"]", "p.toml:11: not an address block: '192.0.2.x'"},
  };
  for (const auto& [text, message] : cases) {
    INFO(text);
    CHECK_THAT(complaint(text), Equals(message));
  }
}

TEST_CASE("rates that do not fit into the link are refused with the line") {
  CHECK(rate_complaint(band("1mbit", "10mbit")) == "none");
  CHECK(rate_complaint(band("3mbit", "2mbit")) ==
        "p.toml:2: band 'b': rate 3mbit is above its ceil 2mbit");
  CHECK(rate_complaint(band("1mbit", "20mbit")) ==
        "p.toml:2: band 'b': ceil 20mbit is above the link's 10mbit");
  CHECK(
      rate_complaint(kBands + "[[band]]\nname = \"more\"\nrate = \"1kbit\"") ==
      "p.toml:10: band 'more': the bands up to here are guaranteed 10001kbit, the link has 10mbit");
  CHECK(rate_complaint(kBands + "[[class]]\nname = \"V\"\nband = \"fast\"\nguard = \"5mbit\"") ==
        "p.toml:10: class 'V': guard 5mbit is above the ceil 4mbit of band 'fast'");
}

TEST_CASE("a class that the model does not know is refused with the line") {
  const weir::Policy policy = parsed(kBands + "[[class]]\nname = \"Voip\"\nband = \"rest\"");
  const std::vector<std::string> known{"Voip", "Web"};
  CHECK_NOTHROW(policy.check_classes(known));
  const std::vector<std::string> others{"VoIP", "Web"};
  CHECK_THROWS_WITH(policy.check_classes(others),
                    "p.toml:10: the model has no class 'Voip'; it has: VoIP, Web");
}

TEST_CASE("code points have the names of their RFCs") {
  CHECK(weir::parse_dscp("EF") == 46);
  CHECK(weir::parse_dscp("AF11") == 10);
  CHECK(weir::parse_dscp("AF43") == 38);
  CHECK(weir::parse_dscp("CS0") == 0);
  CHECK(weir::parse_dscp("CS7") == 56);
  CHECK(weir::parse_dscp("LE") == 1);
  CHECK(weir::parse_dscp("63") == 63);
  for (const char* text : {"", "64", "AF14", "AF10", "AF51", "CS8", "ef", "1x", "-1"}) {
    INFO(text);
    CHECK_FALSE(weir::parse_dscp(text).has_value());
  }
}
