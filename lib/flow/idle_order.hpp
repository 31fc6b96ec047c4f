// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows in the order of their last packets, kept without touching the order at every packet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "open_flow.hpp"
#include "slab.hpp"

namespace weir {

/// A heap of flows by the clock of the last packet that it knows of, then by flow_id. That clock
/// may be out of date, but never late: first() brings those that come up to date.
class IdleOrder {
 public:
  explicit IdleOrder(const Slab<OpenFlow>& flows) : flows_(&flows) {}

  /// Adds a flow, under its flow_id and clock_ns.
  void add(std::uint32_t number) {
    push(number);
    ++live_;
  }

  /// The flow that is idle longest among those whose clock is less than `before_ns`; kNoNumber when
  /// there is none. It stays in the order.
  std::uint32_t first(std::int64_t before_ns) {
    while (!heap_.empty() && heap_.front().clock_ns < before_ns) {
      const Entry entry = heap_.front();
      const OpenFlow& flow = (*flows_)[entry.number];
      const bool gone = is_gone(entry);
      if (!gone && flow.clock_ns == entry.clock_ns) return entry.number;
      std::ranges::pop_heap(heap_, std::greater<>{});
      heap_.pop_back();
      if (!gone) push(entry.number);
    }
    return kNoNumber;
  }

  /// To be told of each flow of the order that ends or gets another flow_id. Its entry goes when
  /// its turn comes, or when such entries outnumber the others.
  void forget() {
    --live_;
    if (heap_.size() < kFewest || heap_.size() < 2 * live_) return;
    std::erase_if(heap_, [this](const Entry& entry) { return is_gone(entry); });
    std::ranges::make_heap(heap_, std::greater<>{});
  }

 private:
  struct Entry {
    std::int64_t clock_ns;
    std::uint32_t flow_id;  // its lower half
    std::uint32_t number;

    friend bool operator>(const Entry& a, const Entry& b) noexcept {
      return std::pair(a.clock_ns, a.flow_id) > std::pair(b.clock_ns, b.flow_id);
    }
  };
  static constexpr std::size_t kFewest = 1024;

  bool is_gone(const Entry& entry) const noexcept {
    return static_cast<std::uint32_t>((*flows_)[entry.number].flow_id) != entry.flow_id;
  }

  void push(std::uint32_t number) {
    const OpenFlow& flow = (*flows_)[number];
    heap_.push_back({flow.clock_ns, static_cast<std::uint32_t>(flow.flow_id), number});
    std::ranges::push_heap(heap_, std::greater<>{});
  }

  const Slab<OpenFlow>* flows_;
  std::vector<Entry> heap_;
  std::size_t live_ = 0;
};

}  // namespace weir
