// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From packets to flows: who belongs together, and when a flow ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "weir/base/units.hpp"
#include "weir/flow/flow_record.hpp"
#include "weir/net/packet.hpp"

namespace weir {

/// After the last packet of a closed TCP flow, stragglers (the last ACK, repeated FINs, data in
/// flight) are taken for so long.
inline constexpr std::int64_t kTcpLinger_ns = 5 * kNanosPerSecond;

struct FlowTableSettings {
  std::int64_t idle_timeout_ns = 120 * kNanosPerSecond;
  std::int64_t active_timeout_ns = 1800 * kNanosPerSecond;  ///< at most 2^48 - 1: 78 hours
  std::vector<std::uint32_t> checkpoints;   ///< packet counts to show a flow at, ascending
  std::size_t kept_packets = kKeptPackets;  ///< packets to keep one by one
  bool keeps_packets =
      true;  ///< false: nothing of packets but FlowRecord::counts(), which is cheap
  std::size_t max_flows = 0;  ///< open at once; 0 = no bound. One more ends that idle longest
};

/// The open flows of one source. docs/flows.md says exactly when a flow starts and ends; all of it
/// is decided by the packets' own times, so the same packets give the same flows, however fast they
/// come and whatever their batches.
class FlowTable {
 public:
  /// Called for each flow that ended, in the order of their ends, and (reason none) for a flow that
  /// reached a checkpoint. The record is valid during the call; a copy, as long as it is wanted.
  using Emit = std::function<void(const FlowRecord&)>;

  FlowTable(FlowTableSettings settings, Emit emit);
  ~FlowTable();
  FlowTable(FlowTable&&) noexcept;

  /// Adds packets in the order of their arrival.
  void add(std::span<const Packet> packets);

  /// Ends all flows, in the order of their first packets: closed ones with end_of_flow, the others
  /// with forced_end.
  void finish();

  std::size_t open_flows() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
