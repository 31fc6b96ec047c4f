// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Label rules from TOML, the label that all flows share, and labellers in a row.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "toml_rules.hpp"
#include "weir/base/units.hpp"
#include "weir/flow/labels.hpp"

namespace weir {
namespace {

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;

  bool contains(std::uint16_t port) const noexcept { return first <= port && port <= last; }
};

/// A condition that a rule does not state is an empty list, or a window without bounds.
struct Rule {
  std::string label;
  std::vector<std::uint8_t> protocols;
  std::vector<PortRange> ports;
  std::vector<Cidr> networks;
  std::vector<std::string> captures;
  std::int64_t from_ns = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_ns = std::numeric_limits<std::int64_t>::max();

  bool matches(const LabelQuery& query) const;
};

bool Rule::matches(const LabelQuery& query) const {
  const FiveTuple& tuple = query.tuple;
  const auto any_of = [](const auto& list, const auto& condition) {
    return list.empty() || std::ranges::any_of(list, condition);
  };
  return query.end_ns >= from_ns && query.start_ns <= to_ns &&
         any_of(protocols, [&](std::uint8_t p) { return p == tuple.protocol; }) &&
         any_of(ports,
                [&](const PortRange& range) {
                  return range.contains(tuple.src_port) || range.contains(tuple.dst_port);
                }) &&
         any_of(networks,
                [&](const Cidr& network) {
                  return network.contains(tuple.src) || network.contains(tuple.dst);
                }) &&
         any_of(captures, [&](const std::string& pattern) {
           return ::fnmatch(pattern.c_str(), std::string(query.capture).c_str(), 0) == 0;
         });
}

class LabelRules : public Labeller {
 public:
  LabelRules(std::vector<Rule> rules, std::string otherwise)
      : rules_(std::move(rules)), otherwise_(std::move(otherwise)) {}

  std::string_view label(const LabelQuery& query) const override {
    const auto rule = std::ranges::find_if(rules_, [&](const Rule& r) { return r.matches(query); });
    return rule == rules_.end() ? otherwise_ : rule->label;
  }

 private:
  std::vector<Rule> rules_;
  std::string otherwise_;
};

class FixedLabel : public Labeller {
 public:
  explicit FixedLabel(std::string label) : label_(std::move(label)) {}
  std::string_view label(const LabelQuery& /*query*/) const override { return label_; }

 private:
  std::string label_;
};

class FirstThatKnows : public Labeller {
 public:
  explicit FirstThatKnows(std::vector<std::unique_ptr<Labeller>> labellers)
      : labellers_(std::move(labellers)) {}

  std::string_view label(const LabelQuery& query) const override {
    for (const std::unique_ptr<Labeller>& labeller : labellers_) {
      if (const std::string_view label = labeller->label(query); !label.empty()) return label;
    }
    return {};
  }

 private:
  std::vector<std::unique_ptr<Labeller>> labellers_;
};

class RuleParser : private TomlFile {
 public:
  using TomlFile::TomlFile;

  std::unique_ptr<Labeller> parse() const {
    std::vector<Rule> rules;
    std::string otherwise = each_rule(*this, "rule", [&](const toml::table& table) {
      Rule rule;
      for (const auto& [key, value] : table) parse_condition(rule, key.str(), value);
      if (rule.label.empty()) fail(table, "rule without label");
      rules.push_back(std::move(rule));
    });
    return std::make_unique<LabelRules>(std::move(rules), std::move(otherwise));
  }

 private:
  void parse_condition(Rule& rule, std::string_view key, const toml::node& value) const {
    if (key == "label") {
      rule.label = text(value, key);
    } else if (key == "protocol") {
      each_item(*this, value, [&](const toml::node& item) {
        const std::string name = text(item, key);
        const auto protocol = parse_protocol(name);
        if (!protocol) fail(item, fmt::format("not a protocol: '{}'", name));
        rule.protocols.push_back(*protocol);
      });
    } else if (key == "port" || key == "ports") {
      each_item(*this, value,
                [&](const toml::node& item) { rule.ports.push_back(port_range(item)); });
    } else if (key == "cidr") {
      each_item(*this, value, [&](const toml::node& item) {
        const std::string block = text(item, key);
        const auto network = parse_cidr(block);
        if (!network) fail(item, fmt::format("not an address block: '{}'", block));
        rule.networks.push_back(*network);
      });
    } else if (key == "capture") {
      each_item(*this, value,
                [&](const toml::node& item) { rule.captures.push_back(text(item, key)); });
    } else if (key == "from") {
      rule.from_ns = time(value, key);
    } else if (key == "to") {
      rule.to_ns = time(value, key);
    } else {
      fail_unknown(value, key, "label, protocol, port, ports, cidr, capture, from, to");
    }
  }

  std::int64_t time(const toml::node& node, std::string_view key) const {
    constexpr std::int64_t kLatest = 9'000'000'000;  // seconds that fit into 64 bits of nanoseconds
    if (const auto whole = node.value_exact<std::int64_t>(); whole && std::abs(*whole) <= kLatest) {
      return *whole * kNanosPerSecond;
    }
    if (const auto seconds = node.value_exact<double>(); seconds && std::abs(*seconds) <= kLatest) {
      return std::llround(*seconds * 1e9);
    }
    fail(node, fmt::format("'{}' must be a time in epoch seconds", key));
  }

  /// 443, or "6000-6063".
  PortRange port_range(const toml::node& node) const {
    if (const auto port = node.value_exact<std::int64_t>(); port && *port >= 0 && *port <= 65535) {
      return {static_cast<std::uint16_t>(*port), static_cast<std::uint16_t>(*port)};
    }
    if (const auto range = node.value_exact<std::string>()) {
      PortRange ports;
      const char* const end = range->data() + range->size();
      const auto first = std::from_chars(range->data(), end, ports.first);
      if (first.ec == std::errc{} && first.ptr != end && *first.ptr == '-') {
        const auto last = std::from_chars(first.ptr + 1, end, ports.last);
        if (last.ec == std::errc{} && last.ptr == end && ports.first <= ports.last) return ports;
      }
    }
    fail(node, "a port is a number from 0 to 65535, or a range like \"6000-6063\"");
  }
};

}  // namespace

std::unique_ptr<Labeller> load_label_rules(const std::string& path) {
  return RuleParser(path).parse();
}

std::unique_ptr<Labeller> fixed_label(std::string label) {
  return std::make_unique<FixedLabel>(std::move(label));
}

std::unique_ptr<Labeller> first_that_knows(std::vector<std::unique_ptr<Labeller>> labellers) {
  return std::make_unique<FirstThatKnows>(std::move(labellers));
}

}  // namespace weir
