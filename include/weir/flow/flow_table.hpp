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
#include "weir/flow/flow_steps.hpp"
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
  /// Asked for each flow that ended or reached a checkpoint, in order: is it to be shown? Empty:
  /// all are.
  std::function<bool(const FlowHead&)> shows;
};

/// What a FlowTable wants to know of a packet. Making it can be left to another thread.
struct FlowArrival {
  FlowKey key;
  bool from_low = true;  ///< the sender is the key's lower end
  std::uint8_t tcp_flags = 0;
  std::uint16_t tcp_window = 0;
  std::uint32_t length = 0;  ///< frame on the wire
  std::uint32_t ip_length = 0;
  std::uint32_t payload_length = 0;
  std::int64_t time_ns = 0;
  std::uint64_t hash = 0;  ///< of the key
  bool is_tunnelled = false;
  TunnelEnds outer;  ///< where it is

  static FlowArrival of(const Packet& packet) noexcept;
};

/// The ends of a flow, the initiator's first.
FiveTuple tuple_of(const FlowHead& flow) noexcept;

/// The open flows of one source. docs/flows.md says exactly when a flow starts and ends; all of it
/// is decided by the packets' own times, so the same packets give the same flows, however fast they
/// come and whatever their batches.
class FlowTable {
 public:
  /// Called for each flow that ended, in the order of their ends, and (reason none) for a flow that
  /// reached a checkpoint. The record is valid during the call; a copy, as long as it is wanted.
  using Emit = std::function<void(const FlowRecord&)>;
  /// Gets steps of bounded number, and leaves none.
  using Take = std::function<void(FlowSteps&)>;

  /// Flows are shown before add() or finish() returns.
  FlowTable(FlowTableSettings settings, Emit emit);
  /// What the packets add up to is left to the FlowContents of `lanes` lanes (a power of two up to
  /// 32,768), which get their steps by way of `take`, the last ones in finish().
  FlowTable(FlowTableSettings settings, std::size_t lanes, Take take);
  ~FlowTable();
  FlowTable(FlowTable&&) noexcept;
  FlowTable& operator=(FlowTable&&) noexcept;

  /// Adds packets in the order of their arrival.
  void add(std::span<const Packet> packets);
  void add(std::span<const FlowArrival> packets);

  /// Ends the flows that have expired by `time_ns`, for a source that may be silent. Where no
  /// packet is added afterwards with an earlier time, the flows are the same as without this.
  void advance_to(std::int64_t time_ns);

  /// Ends all flows, in the order of their first packets: closed ones with end_of_flow, the others
  /// with forced_end. With an Emit, a new life may begin then.
  void finish();

  std::size_t open_flows() const noexcept;

  /// Shows all open flows as they are now, in no order.
  void visit(const std::function<void(const FlowHead&)>& show) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
