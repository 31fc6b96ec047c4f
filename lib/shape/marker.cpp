// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From verdicts to batches of marks.
#include "weir/shape/marker.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "weir/base/error.hpp"

namespace weir {
namespace {

/// The kernel looks a packet up in both directions: one order of the ends is enough.
FiveTuple in_one_order(const FlowKey& key) {
  return {key.low, key.high, key.low_port, key.high_port, key.protocol};
}

std::uint32_t wanted_mark(const Policy& policy, std::string_view class_name, double confidence) {
  const ClassRule* const rule = policy.find(class_name);
  if (rule == nullptr || !(confidence >= rule->min_confidence)) return kDefaultMark;
  return mark_of(policy, class_name);
}

}  // namespace

Marker::Marker(const Policy& policy, Kernel& kernel) : policy_(policy), kernel_(kernel) {}

void Marker::verdict(const FiveTuple& tuple, std::string_view class_name, double confidence,
                     VerdictStage stage) {
  ++counts_.verdicts;
  const FlowKey key = FlowKey::of(tuple);
  Flow& flow = remember(key);
  const std::uint32_t mark = wanted_mark(policy_, class_name, confidence);
  if (mark != flow.wanted) {
    if (flow.settled && flow.changed_since_settled) {
      ++counts_.held_back;
    } else {
      flow.changed_since_settled = flow.settled;
      flow.wanted = mark;
      if (!flow.queued) queue_.push_back(key);
      flow.queued = true;
    }
  }
  if (stage == VerdictStage::settled) flow.settled = true;
}

void Marker::ended(const FiveTuple& tuple) {
  const FlowKey key = FlowKey::of(tuple);
  if (const auto found = flows_.find(key); found != flows_.end()) forget(key, found->second);
}

void Marker::tick(std::int64_t now_ns) {
  if (now_ns - last_flush_ns_ < kBatchTimeNs) return;
  last_flush_ns_ = now_ns;
  flush();
}

void Marker::flush() {
  std::vector<MarkChange> changes = std::move(forgotten_);
  forgotten_.clear();
  for (const FlowKey& key : queue_) {
    const auto found = flows_.find(key);
    // Forgotten since; it may even have been queued twice, once for each of its lives.
    if (found == flows_.end() || !found->second.queued) continue;
    Flow& flow = found->second;
    flow.queued = false;
    if (flow.sent.value_or(kDefaultMark) == flow.wanted) continue;
    changes.push_back({in_one_order(key), flow.sent, flow.wanted});
    set_sent(flow.sent, flow.wanted);
  }
  queue_.clear();
  for (std::size_t at = 0; at < changes.size(); at += kBatchSize) {
    const std::size_t size = std::min(kBatchSize, changes.size() - at);
    send(std::span(changes).subspan(at, size));
  }
}

Marker::Flow& Marker::remember(const FlowKey& key) {
  const auto [at, is_new] = flows_.try_emplace(key);
  Flow& flow = at->second;
  if (!is_new) {
    oldest_first_.splice(oldest_first_.end(), oldest_first_, flow.place);
    return flow;
  }
  flow.place = oldest_first_.insert(oldest_first_.end(), key);
  if (flows_.size() > kMostFlows) {
    const FlowKey oldest = oldest_first_.front();
    forget(oldest, flows_.at(oldest));
  }
  return flow;
}

void Marker::forget(const FlowKey& key, const Flow& flow) {
  if (flow.sent) {
    forgotten_.push_back({in_one_order(key), flow.sent, std::nullopt});
    --with_[*flow.sent & ~kMarkMask];
  }
  oldest_first_.erase(flow.place);
  flows_.erase(FlowKey(key));  // a copy: the key may live in what is erased
}

void Marker::set_sent(std::optional<std::uint32_t>& sent,
                      std::optional<std::uint32_t> mark) noexcept {
  if (sent) --with_[*sent & ~kMarkMask];
  if (mark) ++with_[*mark & ~kMarkMask];
  sent = mark;
}

void Marker::send(std::span<const MarkChange> batch) {
  try {
    ++counts_.batches;
    kernel_.mark(batch);
    counts_.changes += batch.size();
    counts_.flows += static_cast<std::uint64_t>(std::ranges::count_if(
        batch, [](const MarkChange& change) { return !change.before && change.after; }));
  } catch (const Error& error) {
    // A transaction fails as a whole: find the change that spoils it.
    if (batch.size() > 1) {
      send(batch.first(batch.size() / 2));
      send(batch.subspan(batch.size() / 2));
      return;
    }
    ++counts_.refused;
    const MarkChange& change = batch.front();
    if (const auto found = flows_.find(FlowKey::of(change.flow)); found != flows_.end()) {
      set_sent(found->second.sent, change.before);  // as it was
    }
    spdlog::debug("a mark was refused: {}", error.what());
  }
}

}  // namespace weir
