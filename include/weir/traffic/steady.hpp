// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Traffic for load tests: a given number of flows, all open at once, as on a busy link.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "weir/net/source.hpp"
#include "weir/traffic/report.hpp"

namespace weir {

/// How much to send.
struct SteadyLoad {
  static constexpr std::uint64_t kMaxFlows = 10'000'000;
  static constexpr std::uint64_t kMaxRate = 1'000'000'000;

  std::uint64_t flows = 1'000;          ///< five-tuples; 1 to kMaxFlows, each takes 32 bytes
  std::uint64_t packets_per_flow = 50;  ///< of either direction together; at least 1
  std::uint64_t rate = 100'000;         ///< packets per second of all flows; 1 to kMaxRate
  bool ipv6 = false;                    ///< instead of IPv4
};

struct SteadyTrafficOptions {
  SteadyLoad load;
  std::int64_t start_ns = 0;  ///< epoch time of the first packet's clock
  std::uint64_t seed = 1;
  std::string capture;                  ///< the ground truth's capture column
  std::uint32_t snap_length = 262'144;  ///< bytes of a frame that are kept
};

struct SteadyTrafficResult {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;                 ///< of whole frames
  std::array<std::uint64_t, 2> by_side{};  ///< packets, by Side
  std::int64_t elapsed_ns = 0;             ///< of virtual time
};

/// The class of steady traffic in the ground truth.
inline constexpr const char* kSteadyLabel = "Steady";

/// How long the load takes, seconds of virtual time, rounded up. Throws UsageError where the
/// packets are more than 64 bits count.
std::uint64_t duration_s(const SteadyLoad& load);

/// Writes the packets. Each comes from a flow drawn at random among those that have packets left,
/// so that every flow sends exactly packets_per_flow of them and all are open nearly from the start
/// to nearly the end. Seven in ten flows are TCP connections (handshake, then data and ACKs both
/// ways, no close), the others UDP; a packet is small, medium-sized or full. Clients are a
/// sixteenth as many as flows and have addresses of 10.0.0.0/8, servers, fewer again, of
/// 172.16.0.0/12; with IPv6 both are in fd77:6569:7200::/40. Memory is that of the flows. Throws
/// Error when the sink does, Interrupted when asked to stop.
SteadyTrafficResult send_steady(const SteadyTrafficOptions& options, PacketSink& sink,
                                const FlowObserver& on_flow);

}  // namespace weir
