// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A policy on an interface as the exact text that nft, ip and tc get, and the text that undoes it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/flow/flow_key.hpp"
#include "weir/shape/policy.hpp"

namespace weir {

/// Conntrack marks of weir are kMarkBase and a number in the last byte; marks of other programs are
/// respected. A class has 1 + its index in the policy.
inline constexpr std::uint32_t kMarkBase = 0x5073'0000;
inline constexpr std::uint32_t kMarkMask = 0xffff'ff00;
/// Of a flow that had a class and has none any more: the default band.
inline constexpr std::uint32_t kDefaultMark = kMarkBase;
/// Of a flow that its guard demoted; no verdict changes that.
inline constexpr std::uint32_t kDemotedMark = kMarkBase + 0xff;

/// So many flows may have a verdict waiting for their next packet: the size of the kernel's maps.
inline constexpr std::size_t kFlowCapacity = 131'072;
/// A verdict waits so long for the flow's next packet. After that packet the mark is conntrack's.
inline constexpr std::int64_t kMailboxTimeoutNs = 120'000'000'000;

/// The queue inside a band.
enum class LeafQdisc { fq_codel, cake, pfifo };
std::string_view to_string(LeafQdisc leaf) noexcept;

/// Where a policy is put to work.
struct ShapingTarget {
  std::string interface;
  std::uint64_t bandwidth_bps = 0;
  LeafQdisc leaf = LeafQdisc::fq_codel;
  bool ingress = false;  ///< what comes in is shaped, too, on its way through an IFB device
  bool keep = false;     ///< stays when the process ends: the tables have no owner
};

/// What the kernel is to look like, as text.
struct ShapingPlan {
  ShapingTarget target;
  std::string nft;          ///< one transaction; comes first: only one process can make the table
  std::string nft_ingress;  ///< a second transaction, once the IFB device exists; empty without
  std::string ip;           ///< "ip -batch -"; empty without ingress
  std::string tc;           ///< "tc -batch -"
  std::string undo_nft;
  std::string undo_tc;
  std::string undo_ip;
  /// The HTB class of each mark, e.g. {0x50730001, "5073:10"}.
  std::vector<std::pair<std::uint32_t, std::string>> classids;
};

/// Throws UsageError where the policy does not fit the target's bandwidth, or for a name that no
/// interface can have.
ShapingPlan make_plan(const Policy& policy, const ShapingTarget& target);

/// All texts of the plan with a heading each, as --dry-run prints them.
std::string to_text(const ShapingPlan& plan);

/// The mark of flows of the class; kDefaultMark where the policy has no rule for it.
std::uint32_t mark_of(const Policy& policy, std::string_view class_name) noexcept;

/// A verdict on its way to the kernel.
struct MarkChange {
  FiveTuple flow;                       ///< as it is on the wire, in either direction
  std::optional<std::uint32_t> before;  ///< what the maps hold unless it timed out
  std::optional<std::uint32_t> after;   ///< nothing = forget the flow

  bool operator==(const MarkChange&) const = default;
};

/// The changes as one nft transaction that succeeds whether or not old verdicts have timed out.
std::string mark_batch(const ShapingPlan& plan, std::span<const MarkChange> changes);

}  // namespace weir
