// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Verdicts on flows become marks in the kernel: in batches, and without flapping.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weir/shape/kernel.hpp"

namespace weir {

/// How much of a flow a verdict has seen.
enum class VerdictStage {
  provisional,  ///< more verdicts on this flow will follow soon
  settled,      ///< the class that stays, unless something speaks against it
};

/// What a marker did.
struct MarkerCounts {
  std::uint64_t verdicts = 0;
  std::uint64_t held_back = 0;  ///< verdicts that would have changed a settled class a second time
  std::uint64_t batches = 0;    ///< transactions
  std::uint64_t changes = 0;    ///< marks that were set, changed or taken back
  std::uint64_t flows = 0;      ///< that got a mark
  std::uint64_t refused = 0;    ///< changes that the kernel did not take
};

/// Remembers the class of each flow and tells the kernel about changes. A class may change with
/// every provisional verdict, but only once after the first settled one: a queue that a flow leaves
/// and enters again reorders its packets. (The guard in the kernel demotes whatever this says.)
/// Memory is bounded: of more than kMostFlows flows, those without a verdict for the longest time
/// are forgotten.
class Marker {
 public:
  /// Below the kernel's kFlowCapacity, so that a batch always finds room.
  static constexpr std::size_t kMostFlows = 120'000;
  static constexpr std::size_t kBatchSize = 1'000;
  static constexpr std::int64_t kBatchTimeNs = 50'000'000;

  /// Both must outlive the marker; the plan of the policy has been applied.
  Marker(const Policy& policy, Kernel& kernel);

  /// A class that the policy does not know, or a confidence below the class's, counts as Unknown.
  void verdict(const FiveTuple& flow, std::string_view class_name, double confidence,
               VerdictStage stage);

  /// The flow is over: its ends may begin another one.
  void ended(const FiveTuple& flow);

  /// Sends what has gathered, at most every kBatchTimeNs of `now_ns` (any clock that goes forward).
  /// What the kernel refuses is counted, not thrown.
  void tick(std::int64_t now_ns);

  /// Sends what has gathered, now.
  void flush();

  std::size_t flows() const noexcept { return flows_.size(); }
  /// Flows whose verdict the kernel has by this mark, one of weir's.
  std::uint64_t flows_with(std::uint32_t mark) const noexcept { return with_[mark & ~kMarkMask]; }
  const MarkerCounts& counts() const noexcept { return counts_; }

 private:
  struct Flow {
    std::uint32_t wanted = kDefaultMark;
    std::optional<std::uint32_t> sent;
    bool settled = false;
    bool changed_since_settled = false;
    bool queued = false;
    std::list<FlowKey>::iterator place;  // in oldest_first_
  };
  struct Hash {
    std::size_t operator()(const FlowKey& key) const noexcept { return hash(key); }
  };

  Flow& remember(const FlowKey& key);
  void forget(const FlowKey& key, const Flow& flow);
  void set_sent(std::optional<std::uint32_t>& sent, std::optional<std::uint32_t> mark) noexcept;
  void send(std::span<const MarkChange> batch);

  const Policy& policy_;
  Kernel& kernel_;
  std::unordered_map<FlowKey, Flow, Hash> flows_;
  std::list<FlowKey> oldest_first_;
  std::vector<FlowKey> queue_;
  std::vector<MarkChange> forgotten_;
  std::int64_t last_flush_ns_ = 0;
  std::array<std::uint64_t, ~kMarkMask + 1> with_{};  // by the last byte of the mark
  MarkerCounts counts_;
};

}  // namespace weir
