// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Policies from TOML; every complaint names file and line.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <initializer_list>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/toml_file.hpp"
#include "weir/base/units.hpp"
#include "weir/shape/policy.hpp"

namespace weir {
namespace {

constexpr std::size_t kMostBands = 8;      // priorities of HTB
constexpr std::size_t kMostClasses = 200;  // numbers of a mark's last byte, with room to spare
constexpr double kRealtimeConfidence = 0.9;

class PolicyParser : private TomlFile {
 public:
  using TomlFile::TomlFile;

  Policy parse() {
    policy_.path = name();
    const Table& document = this->document();
    std::string default_band;
    std::string demoted_band;
    read(document,
         {{"bandwidth", [&](const Node& node) { policy_.bandwidth_bps = rate(node); }},
          {"default", [&](const Node& node) { default_band = printable(node); }},
          {"demote", [&](const Node& node) { demoted_band = printable(node); }},
          {"band",
           [&](const Node& node) { each_table(node, "band", [&](const Table& t) { band(t); }); }},
          {"class", [](const Node& /*node*/) {}},  // after the bands, which they name
          {"exempt", [&](const Node& node) { exempt(node); }}});
    if (policy_.bands.empty()) fail(document, "no [[band]]: a policy has at least one");
    policy_.default_band = required_band(document, "default", default_band);
    policy_.demoted_band = demoted_band.empty() ? policy_.default_band
                                                : required_band(document, "demote", demoted_band);
    if (const Node* classes = document.get("class"))
      each_table(*classes, "class", [&](const Table& t) { rule(t); });
    return std::move(policy_);
  }

 private:
  using Node = toml::node;
  using Table = toml::table;
  struct Key {
    std::string_view name;
    std::function<void(const Node&)> read;
  };

  void read(const Table& table, std::initializer_list<Key> keys) const {
    for (const auto& [name, node] : table) {
      const auto key = std::ranges::find(keys, name.str(), &Key::name);
      if (key == keys.end()) {
        std::vector<std::string_view> known;
        for (const Key& k : keys) known.push_back(k.name);
        fail_unknown(node, name.str(), fmt::format("{}", fmt::join(known, ", ")));
      }
      key->read(node);
    }
  }

  void band(const Table& table) {
    Band band;
    band.line = table.source().begin.line;
    read(table, {{"name", [&](const Node& node) { band.name = printable(node); }},
                 {"rate", [&](const Node& node) { band.rate = rate_or_share(node); }},
                 {"ceil", [&](const Node& node) { band.ceil = rate_or_share(node); }},
                 {"realtime", [&](const Node& node) { band.realtime = flag(node); }}});
    if (band.name.empty()) fail(table, "band without name");
    if (!table.contains("rate")) fail(table, fmt::format("band '{}' without rate", band.name));
    if (!table.contains("ceil")) band.ceil = {.share = 1};
    if (find_band(band.name)) fail(table, fmt::format("a second band '{}'", band.name));
    if (policy_.bands.size() == kMostBands) {
      fail(table, fmt::format("more than {} bands", kMostBands));
    }
    policy_.bands.push_back(std::move(band));
  }

  void rule(const Table& table) {
    ClassRule rule;
    rule.line = table.source().begin.line;
    std::string band_name;
    read(table,
         {{"name", [&](const Node& node) { rule.name = printable(node); }},
          {"band", [&](const Node& node) { band_name = printable(node); }},
          {"dscp", [&](const Node& node) { rule.dscp = dscp(node); }},
          {"guard", [&](const Node& node) { rule.guard_bps = rate(node); }},
          {"min_confidence", [&](const Node& node) { rule.min_confidence = confidence(node); }}});
    if (rule.name.empty()) fail(table, "class without name");
    if (rule.name == "Unknown") {
      fail(table, "Unknown is no class of its own: such flows go to the default band");
    }
    if (policy_.find(rule.name) != nullptr)
      fail(table, fmt::format("a second class '{}'", rule.name));
    if (policy_.classes.size() == kMostClasses) {
      fail(table, fmt::format("more than {} classes", kMostClasses));
    }
    const auto band = find_band(band_name);
    if (!band) {
      fail(table, fmt::format("class '{}': {}", rule.name, no_such_band(band_name)));
    }
    rule.band = *band;
    if (policy_.bands[rule.band].realtime) {
      if (!table.contains("min_confidence")) rule.min_confidence = kRealtimeConfidence;
      if (rule.guard_bps == 0) {
        fail(table, fmt::format("class '{}': band '{}' is realtime, where a class needs a guard: "
                                "guard = \"512kbit\"",
                                rule.name, band_name));
      }
    }
    policy_.classes.push_back(std::move(rule));
  }

  void exempt(const Node& node) {
    const Table* const table = node.as_table();
    if (table == nullptr) fail(node, "write the exemptions as a table: [exempt]");
    Exemptions& exemptions = policy_.exemptions;
    read(*table, {{"ssh", [&](const Node& value) { exemptions.ssh = flag(value); }},
                  {"dns", [&](const Node& value) { exemptions.dns = flag(value); }},
                  {"dhcp", [&](const Node& value) { exemptions.dhcp = flag(value); }},
                  {"icmp", [&](const Node& value) { exemptions.icmp = flag(value); }},
                  {"cidr", [&](const Node& value) { networks(value); }}});
  }

  void networks(const Node& node) {
    const toml::array* const list = node.as_array();
    if (list == nullptr) fail(node, "write a list: cidr = [\"192.0.2.0/24\"]");
    for (const Node& item : *list) {
      const std::string block = printable(item);
      const auto network = parse_cidr(block);
      if (!network) fail(item, fmt::format("not an address block: '{}'", block));
      policy_.exemptions.networks.push_back(*network);
    }
  }

  std::optional<std::size_t> find_band(std::string_view name) const {
    const auto band = std::ranges::find(policy_.bands, name, &Band::name);
    if (band == policy_.bands.end()) return std::nullopt;
    return static_cast<std::size_t>(band - policy_.bands.begin());
  }

  std::string no_such_band(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Band& band : policy_.bands) names.push_back(band.name);
    return fmt::format("no band '{}' (there are: {})", name, fmt::join(names, ", "));
  }

  /// Of "default" and "demote", where what nobody vouches for goes.
  std::size_t required_band(const toml::table& document, std::string_view key,
                            std::string_view name) const {
    const Node* const given = document.get(key);
    const Node& where = given == nullptr ? document : *given;
    if (given == nullptr)
      fail(where, fmt::format("no '{}': the band of what is not classified", key));
    const auto band = find_band(name);
    if (!band) fail(where, fmt::format("{}: {}", key, no_such_band(name)));
    if (policy_.bands[*band].realtime) {
      fail(where, fmt::format("{}: '{}' is realtime; anything could get into it", key, name));
    }
    return *band;
  }

  std::string printable(const Node& node) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) fail(node, "a text in quotes is needed here");
    // Names end up in the kernel's tables and on terminals.
    if (std::ranges::any_of(*value, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
      fail(node, "a text without control characters is needed here");
    }
    return *value;
  }

  bool flag(const Node& node) const {
    const auto value = node.value_exact<bool>();
    if (!value) fail(node, "true or false is needed here");
    return *value;
  }

  std::uint64_t rate(const Node& node) const {
    const std::string value = printable(node);
    std::uint64_t bps = 0;
    try {
      bps = parse_rate_bps(value);
    } catch (const UsageError& error) {
      fail(node, error.what());
    }
    if (bps == 0) fail(node, "a rate of 0");
    return bps;
  }

  PolicyRate rate_or_share(const Node& node) const {
    const std::string value = printable(node);
    if (!value.ends_with('%')) return {.bps = rate(node)};
    double percent = 0;
    const char* const end = value.data() + value.size() - 1;
    const auto [stop, error] = std::from_chars(value.data(), end, percent);
    if (error != std::errc{} || stop != end || !(percent > 0 && percent <= 100)) {
      fail(node, fmt::format("not a share of the link: '{}' (write 20%)", value));
    }
    return {.share = percent / 100};
  }

  std::uint8_t dscp(const Node& node) const {
    if (const auto number = node.value_exact<std::int64_t>();
        number && *number >= 0 && *number <= 63) {
      return static_cast<std::uint8_t>(*number);
    }
    const auto name = node.value_exact<std::string>();
    const auto code = name ? parse_dscp(*name) : std::nullopt;
    if (!code) fail(node, "not a DSCP (write \"EF\", \"AF41\", \"CS1\", \"LE\", or 0 to 63)");
    return *code;
  }

  double confidence(const Node& node) const {
    const auto value = node.value<double>();
    if (!value || !(*value >= 0 && *value <= 1)) fail(node, "a confidence is from 0 to 1");
    return *value;
  }

  Policy policy_;
};

}  // namespace

Policy parse_policy(std::string_view toml, const std::string& path) {
  return PolicyParser(path, toml).parse();
}

Policy load_policy(const std::string& path) {
  return PolicyParser(path).parse();
}

}  // namespace weir
