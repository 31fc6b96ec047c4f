// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The plan's nftables half: marks, never drops.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "plan_text.hpp"

namespace weir {
namespace plan_text {
namespace {

// A call's packets come every few milliseconds, but not in equal steps: so much may come at once.
constexpr std::uint64_t kLeastGuardBurstBytes = 16'384;
constexpr std::uint64_t kGuardBurstsPerSecond = 4;
// Without conntrack an incoming flow has no state but its verdict: it is forgotten with the flow,
// and at the latest after this time.
constexpr std::string_view kIngressTimeout = "1h";
// Flows whose rate is watched at a time.
constexpr std::size_t kGuardedFlows = 65'536;

/// The map of verdicts for one IP version.
std::string flow_map(int version, std::string_view data, std::string_view timeout) {
  return fmt::format(
      "\tmap flows{0} {{\n"
      "\t\ttype inet_proto . ipv{0}_addr . inet_service . ipv{0}_addr . inet_service : {1}\n"
      "\t\tsize {2}\n\t\tflags timeout\n\t\ttimeout {3}\n\t}}\n",
      version, data, kFlowCapacity, timeout);
}

/// The first statements of a chain: what no rule of ours touches.
std::string exemptions(const Exemptions& exempt) {
  std::string text;
  const auto rule = [&](std::string_view match) { text += fmt::format("\t\t{} return\n", match); };
  // Protocols by number: their names are in /etc/protocols, which not every machine has.
  if (exempt.icmp) rule("meta l4proto { 1, 58 }");
  if (exempt.ssh) {
    rule("tcp dport 22");
    rule("tcp sport 22");
  }
  if (exempt.dns) {
    rule("meta l4proto { 6, 17 } th dport { 53, 853, 5353 }");
    rule("meta l4proto { 6, 17 } th sport { 53, 853, 5353 }");
  }
  if (exempt.dhcp) rule("udp dport { 67, 68, 546, 547 }");
  for (const Cidr& block : exempt.networks) {
    const IpAddress first_v4 = IpAddress::v4(0U);
    const bool v4 = block.network.is_v4() && block.prefix_bits >= 96;
    if (v4 || block.contains(first_v4)) {
      const std::string network =
          v4 ? fmt::format("{}/{}", to_string(block.network), block.prefix_bits - 96)
             : std::string("0.0.0.0/0");
      rule("ip saddr " + network);
      rule("ip daddr " + network);
    }
    if (!v4) {
      const std::string network = fmt::format("{}/{}", to_string(block.network), block.prefix_bits);
      rule("ip6 saddr " + network);
      rule("ip6 daddr " + network);
    }
  }
  return text;
}

/// `action` with the flow's verdict for either order of its ends: whoever of the two the classifier
/// saw first, and whatever address translation called them before.
std::string lookups(std::string_view action) {
  std::string text;
  for (const auto& [family, version] : {std::pair{"ip", 4}, {"ip6", 6}}) {
    text += fmt::format(
        "\t\t{0} meta l4proto . {1} saddr . th sport . {1} daddr . th dport map @flows{2}\n"
        "\t\t{0} meta l4proto . {1} daddr . th dport . {1} saddr . th sport map @flows{2}\n",
        action, family, version);
  }
  return text;
}

/// The classes that set a code point, by code point.
std::map<unsigned, std::vector<std::uint32_t>> marks_of_dscp(const Policy& policy) {
  std::map<unsigned, std::vector<std::uint32_t>> marks;
  for (const ClassRule& rule : policy.classes) {
    if (rule.dscp) marks[*rule.dscp].push_back(mark(policy, rule));
  }
  return marks;
}

/// A set of watched flows and the rule that demotes, once: a demoted flow looks up no verdict. So
/// the counter's packets are flows.
struct GuardText {
  std::string sets;
  std::string rules;
};

GuardText guards(const Policy& policy) {
  GuardText text;
  for (const ClassRule& rule : policy.classes) {
    if (rule.guard_bps == 0) continue;
    if (text.sets.empty()) text.sets = "\tcounter demoted {\n\t}\n";
    const std::uint32_t own = mark(policy, rule);
    const std::uint64_t bytes = std::max<std::uint64_t>(rule.guard_bps / 8, 1);
    const std::string name = fmt::format("guard{}", own - kMarkBase);
    text.sets += fmt::format(
        "\tset {} {{  # {}\n\t\ttypeof ct id\n\t\tsize {}\n\t\tflags dynamic,timeout\n\t\ttimeout "
        "1m\n\t}}\n",
        name, rule.name, kGuardedFlows);
    text.rules += fmt::format(
        "\t\tct mark {} update @{} {{ ct id limit rate over {} bytes/second burst {} bytes }} "
        "counter name demoted ct mark set {}\n",
        hex(own), name, bytes, std::max(kLeastGuardBurstBytes, bytes / kGuardBurstsPerSecond),
        hex(kDemotedMark));
  }
  return text;
}

/// The start of a table's text. "create" refuses what is there already, "table" would add to it;
/// both have to state the owner, or the second would ask to do without.
std::string table_start(std::string_view family, const ShapingTarget& target) {
  const std::string_view owner = target.keep ? "" : "flags owner; ";
  return fmt::format(
      "create table {0} weir {{ {1}comment \"{2}\"; }}\n"
      "table {0} weir {{\n{3}",
      family, owner, target.interface, target.keep ? "" : "\tflags owner\n");
}

}  // namespace

std::string egress_table(const Policy& policy, const ShapingTarget& target,
                         std::span<const std::pair<std::uint32_t, std::string>> classids) {
  std::string text = table_start("inet", target);
  const auto out = std::back_inserter(text);
  const GuardText guard = guards(policy);
  const auto dscp_marks = marks_of_dscp(policy);

  for (const ClassRule& rule : policy.classes) {
    fmt::format_to(out, "\t# {} is {}: {}\n", hex(mark(policy, rule)), rule.name,
                   policy.bands[rule.band].name);
  }
  text += flow_map(4, "mark", "2m") + flow_map(6, "mark", "2m");
  text += "\tmap bands {\n\t\ttype mark : classid\n\t\telements = {\n";
  for (const auto& [own, id] : classids) {
    fmt::format_to(out, "\t\t\t{} : {}{}\n", hex(own), id, own == classids.back().first ? "" : ",");
  }
  text += "\t\t}\n\t}\n";
  text += guard.sets;
  for (const auto& [dscp, marks] : dscp_marks) {
    fmt::format_to(out, "\tchain dscp{0} {{\n\t\tip dscp set {0}\n\t\tip6 dscp set {0}\n\t}}\n",
                   dscp);
  }
  fmt::format_to(out, "\tchain verdict {{\n{}\t}}\n", lookups("ct mark set"));

  // Behind source translation, where packets have the addresses that a capture on the interface
  // sees.
  text +=
      "\tchain egress {\n\t\ttype filter hook postrouting priority srcnat + 50; policy accept;\n";
  fmt::format_to(out, "\t\toifname != \"{}\" return\n", target.interface);
  text += exemptions(policy.exemptions);
  fmt::format_to(out, "\t\tct mark != 0 ct mark and {} != {} return\n", hex(kMarkMask),
                 hex(kMarkBase));
  fmt::format_to(out, "\t\tct mark != {} jump verdict\n", hex(kDemotedMark));
  text += guard.rules;
  text += "\t\tmeta priority set ct mark map @bands\n";
  std::vector<std::string> jumps;
  for (const auto& [dscp, marks] : dscp_marks) {
    for (const std::uint32_t own : marks)
      jumps.push_back(fmt::format("{} : jump dscp{}", hex(own), dscp));
  }
  if (!jumps.empty()) fmt::format_to(out, "\t\tct mark vmap {{ {} }}\n", fmt::join(jumps, ", "));
  text += "\t}\n}\n";
  return text;
}

std::string ingress_table(const Policy& policy, const ShapingTarget& target) {
  std::string text = table_start("netdev", target);
  text += flow_map(4, "classid", kIngressTimeout) + flow_map(6, "classid", kIngressTimeout);
  text += fmt::format("\tchain verdict {{\n{}{}\t}}\n", exemptions(policy.exemptions),
                      lookups("meta priority set"));
  text += fmt::format(
      "\tchain ingress {{\n\t\ttype filter hook ingress device \"{}\" priority 0; policy accept;\n"
      "\t\tmeta protocol != {{ ip, ip6 }} return\n\t\tjump verdict\n\t\tfwd to \"{}\"\n\t}}\n}}\n",
      target.interface, kIfb);
  return text;
}

}  // namespace plan_text

namespace {

/// One command about the elements of one map; nothing where it has none.
class ElementCommand {
 public:
  ElementCommand(std::string_view verb, std::string_view family, int version)
      : start_(fmt::format("{} element {} weir flows{} {{ ", verb, family, version)),
        text_(start_) {}

  void add(const FiveTuple& flow, std::string_view data) {
    if (text_.size() > start_.size()) text_ += ", ";
    fmt::format_to(std::back_inserter(text_), "{} . ", flow.protocol);
    end(flow.src, flow.src_port);
    text_ += " . ";
    end(flow.dst, flow.dst_port);
    if (!data.empty()) {
      text_ += " : ";
      text_ += data;
    }
  }

  std::string take() { return text_.size() > start_.size() ? text_ + " }\n" : std::string{}; }

 private:
  void end(const IpAddress& address, std::uint16_t port) {
    char digits[kAddressChars];
    text_.append(digits, write_address(digits, address));
    fmt::format_to(std::back_inserter(text_), " . {}", port);
  }

  std::string start_;
  std::string text_;
};

std::string table_batch(const ShapingPlan& plan, std::span<const MarkChange> changes,
                        bool ingress) {
  const auto data = [&](std::uint32_t mark) {
    if (!ingress) return plan_text::hex(mark);
    const auto found =
        std::ranges::find(plan.classids, mark, &std::pair<std::uint32_t, std::string>::first);
    return found == plan.classids.end() ? plan.classids.front().second : found->second;
  };
  const std::string_view family = ingress ? "netdev" : "inet";
  std::string text;
  for (const int version : {4, 6}) {
    // A verdict may have timed out, and deleting what is not there fails the whole batch; so does
    // adding a key with another value. Adding the old value, deleting it and adding the new one
    // succeeds in both cases.
    ElementCommand restore("add", family, version);
    ElementCommand remove("delete", family, version);
    ElementCommand insert("add", family, version);
    for (const MarkChange& change : changes) {
      if (change.flow.src.is_v4() != (version == 4)) continue;
      if (change.before) {
        restore.add(change.flow, data(*change.before));
        remove.add(change.flow, "");
      }
      if (change.after) insert.add(change.flow, data(*change.after));
    }
    text += restore.take() + remove.take() + insert.take();
  }
  return text;
}

}  // namespace

std::string mark_batch(const ShapingPlan& plan, std::span<const MarkChange> changes) {
  std::string text = table_batch(plan, changes, false);
  if (plan.target.ingress) text += table_batch(plan, changes, true);
  return text;
}

}  // namespace weir
