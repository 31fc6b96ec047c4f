// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The plan's traffic-control half (HTB under a private handle) and its frame.
#include "weir/shape/shaping_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "plan_text.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

using plan_text::kHandle;
using plan_text::kIfb;

void check_interface_name(const std::string& name) {
  constexpr std::size_t kLongest = 15;  // IFNAMSIZ without its zero
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-' || c == '@';
  };
  if (name.empty() || name.size() > kLongest || name.front() == '-' ||
      !std::ranges::all_of(name, plain)) {
    throw UsageError(fmt::format("not the name of an interface: '{}'", name));
  }
}

/// Bytes that a class may send in its turn: 20 ms of its rate, at least a packet. HTB's own choice
/// depends on r2q and warns for slow and for fast links.
std::uint64_t quantum_bytes(std::uint64_t rate_bps) {
  return std::clamp<std::uint64_t>(rate_bps / 8 / 50, 1'514, 60'000);
}

/// fq_codel and cake keep their queues short by themselves; a FIFO gets 100 ms of its ceiling.
std::string leaf_text(LeafQdisc leaf, std::uint64_t ceil_bps) {
  switch (leaf) {
    case LeafQdisc::fq_codel:
      return "fq_codel";
    case LeafQdisc::cake:
      return "cake unlimited besteffort";
    case LeafQdisc::pfifo:
      break;
  }
  constexpr std::uint64_t kPacketBits = 1'514 * 8;
  return fmt::format("pfifo limit {}",
                     std::clamp<std::uint64_t>(ceil_bps / 10 / kPacketBits, 32, 1'000));
}

/// The HTB tree on one device.
std::string tree(const Policy& policy, const ShapingTarget& target, std::string_view device) {
  const std::uint64_t link = target.bandwidth_bps;
  std::string text = fmt::format("qdisc add dev {} root handle {}: htb default {}\n", device,
                                 kHandle, plan_text::minor(policy.default_band));
  const auto out = std::back_inserter(text);
  fmt::format_to(
      out, "class add dev {0} parent {1}: classid {1}:1 htb rate {2}bit ceil {2}bit quantum {3}\n",
      device, kHandle, link, quantum_bytes(link));
  for (std::size_t i = 0; i < policy.bands.size(); ++i) {
    const Band& band = policy.bands[i];
    const std::uint64_t rate = band.rate.on(link);
    const std::uint64_t ceil = band.ceil.on(link);
    fmt::format_to(out, "# {}\n", band.name);
    fmt::format_to(
        out,
        "class add dev {} parent {}:1 classid {} htb rate {}bit ceil {}bit prio {} quantum {}\n",
        device, kHandle, plan_text::classid(i), rate, ceil, i, quantum_bytes(rate));
    fmt::format_to(out, "qdisc add dev {} parent {} {}\n", device, plan_text::classid(i),
                   leaf_text(target.leaf, ceil));
  }
  return text;
}

void section(std::string& text, std::string_view heading, std::string_view content) {
  if (content.empty()) return;
  if (!text.empty()) text += '\n';
  text += fmt::format("# {}\n{}", heading, content);
}

}  // namespace

std::string_view to_string(LeafQdisc leaf) noexcept {
  switch (leaf) {
    case LeafQdisc::fq_codel:
      return "fq_codel";
    case LeafQdisc::cake:
      return "cake";
    case LeafQdisc::pfifo:
      break;
  }
  return "pfifo";
}

std::uint32_t mark_of(const Policy& policy, std::string_view class_name) noexcept {
  const ClassRule* const rule = policy.find(class_name);
  return rule == nullptr ? kDefaultMark : plan_text::mark(policy, *rule);
}

ShapingPlan make_plan(const Policy& policy, const ShapingTarget& target) {
  check_interface_name(target.interface);
  policy.check_rates(target.bandwidth_bps);
  ShapingPlan plan;
  plan.target = target;
  plan.classids.emplace_back(kDefaultMark, plan_text::classid(policy.default_band));
  for (const ClassRule& rule : policy.classes) {
    plan.classids.emplace_back(plan_text::mark(policy, rule), plan_text::classid(rule.band));
  }
  plan.classids.emplace_back(kDemotedMark, plan_text::classid(policy.demoted_band));

  plan.tc = tree(policy, target, target.interface);
  plan.undo_tc = fmt::format("qdisc del dev {} root handle {}:\n", target.interface, kHandle);
  plan.nft = plan_text::egress_table(policy, target, plan.classids);
  plan.undo_nft = "delete table inet weir\n";
  if (target.ingress) {
    plan.ip = fmt::format("link add {0} type ifb\nlink set {0} up\n", kIfb);
    plan.tc += tree(policy, target, kIfb);
    plan.nft_ingress = plan_text::ingress_table(policy, target);
    plan.undo_nft += "delete table netdev weir\n";
    plan.undo_ip = fmt::format("link del {}\n", kIfb);
  }
  return plan;
}

std::string to_text(const ShapingPlan& plan) {
  std::string text;
  section(text, "nft -f -", plan.nft);
  section(text, "ip -batch -", plan.ip);
  section(text, "tc -batch -", plan.tc);
  section(text, "nft -f -", plan.nft_ingress);
  section(text, "undo: nft -f -", plan.undo_nft);
  section(text, "undo: tc -batch -", plan.undo_tc);
  section(text, "undo: ip -batch -", plan.undo_ip);
  return text;
}

}  // namespace weir
