// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows in virtual time: a conversation becomes packets as a capture at the client would see them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>

#include "pacer.hpp"
#include "virtual_wire.hpp"
#include "weir/base/random.hpp"
#include "weir/flow/flow_key.hpp"
#include "weir/traffic/conversation.hpp"
#include "weir/traffic/report.hpp"

namespace weir {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// The network between a client and a server.
struct VirtualPath {
  std::int64_t one_way_ns = 0;
  std::int64_t jitter_ns = 0;  ///< mean of an exponential delay on top; never reorders
  double bits_per_second = 0;  ///< of the narrowest link
  std::uint16_t mss = 1460;
  std::uint8_t server_ttl = 64;  ///< as it arrives at the client
};

/// How long the next packet is under way.
std::int64_t draw_delay_ns(const VirtualPath& path, Random& random);

/// What a flow shares with the others of its application; outlives it.
struct VirtualContext {
  VirtualWire& wire;
  MessagePacer* pacer;  ///< null where the conversations keep the rate by themselves
  TrafficCount& count;
  std::int64_t end_ns;  ///< no message starts at or after this virtual time
};

/// What makes a flow this one.
struct VirtualFlowSpec {
  std::int64_t start_ns = 0;
  FiveTuple tuple;  ///< client first
  VirtualPath path;
  std::unique_ptr<Conversation> conversation;
  Random random;
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
  /// Times of its first and last packet; kNever and 0 while it has none.
  std::int64_t first_packet_ns() const noexcept { return first_packet_ns_; }
  std::int64_t last_packet_ns() const noexcept { return last_packet_ns_; }

 protected:
  VirtualFlow(VirtualContext context, const VirtualFlowSpec& spec);

  /// Fills in addresses, TTL and IP identification, and puts the packet on the wire.
  void put(std::int64_t now_ns, Side sender, const TcpFields& tcp, std::size_t payload_bytes);

  void count_message(const Message& message) noexcept;

  VirtualContext context_;

 private:
  FiveTuple tuple_;
  std::uint8_t server_ttl_;
  std::uint16_t ip_id_[2];
  std::int64_t first_packet_ns_ = kNever;
  std::int64_t last_packet_ns_ = 0;
};

/// Datagrams on the conversation's schedule; the server's arrive after the path's delay.
std::unique_ptr<VirtualFlow> make_virtual_udp(VirtualContext context, VirtualFlowSpec spec);

/// A TCP connection (RFC 9293) over a path without loss: handshake with MSS, window scale and SACK
/// options, slow start from ten segments (RFC 6928), delayed ACKs (RFC 1122, 4.2.3.2), close by FIN
/// from both ends.
std::unique_ptr<VirtualFlow> make_virtual_tcp(VirtualContext context, VirtualFlowSpec spec);

}  // namespace weir
