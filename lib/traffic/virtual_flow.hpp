// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows in virtual time: a conversation becomes packets as a capture at the client would see them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "pacer.hpp"
#include "virtual_wire.hpp"
#include "weir/base/random.hpp"
#include "weir/traffic/report.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// What a flow shares with the others of its application; outlives it.
struct VirtualContext {
  VirtualWire& wire;
  MessagePacer* pacer;  ///< null where the conversations keep the rate by themselves
  TrafficCount& count;
  std::int64_t end_ns;  ///< no message starts at or after this virtual time
};

/// A flow as a source of events; times are virtual, from 0.
class VirtualFlow {
 public:
  virtual ~VirtualFlow() = default;

  /// kNever when the flow is over.
  virtual std::int64_t next_event_ns() const noexcept = 0;

  /// Does what is due at next_event_ns(). Throws Error when a packet cannot be written.
  virtual void advance() = 0;

  const FiveTuple& tuple() const noexcept { return tuple_; }
  std::size_t application() const noexcept { return application_; }
  /// Times of its first and last packet; kNever and 0 while it has none.
  std::int64_t first_packet_ns() const noexcept { return first_packet_ns_; }
  std::int64_t last_packet_ns() const noexcept { return last_packet_ns_; }

 protected:
  VirtualFlow(const VirtualContext& context, const FlowPlan& plan, Random& random);

  /// Fills in addresses, TTL and IP identification, and puts the packet on the wire.
  void put(std::int64_t now_ns, Side sender, const TcpFields& tcp, std::size_t payload_bytes);

  /// Sends a packet of so many bytes into the path: when it arrives at the other end, or kNever
  /// where it is lost.
  std::int64_t travel(std::int64_t now_ns, Side sender, std::size_t ip_bytes, Random& random);

  void count_message(const Message& message) noexcept;

  std::size_t ip_header_bytes() const noexcept { return tuple_.dst.is_v4() ? 20 : 40; }

  VirtualContext context_;
  NetworkPath path_;

 private:
  FiveTuple tuple_;
  std::size_t application_;
  std::uint16_t ip_id_[2];
  std::int64_t last_arrival_ns_[2] = {0, 0};  // by sender
  std::int64_t first_packet_ns_ = kNever;
  std::int64_t last_packet_ns_ = 0;
};

/// Datagrams on the conversation's schedule; the server's arrive after the path's delay.
std::unique_ptr<VirtualFlow> make_virtual_udp(const VirtualContext& context, FlowPlan plan,
                                              Random random);

/// A stream over TCP (RFC 9293) or QUIC (RFC 9000), simulated packet by packet at both ends; see
/// virtual_stream.hpp.
std::unique_ptr<VirtualFlow> make_virtual_stream(const VirtualContext& context, FlowPlan plan,
                                                 Random random);

}  // namespace weir
