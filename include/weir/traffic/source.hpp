// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where flows come from: plans of flows, each with its conversation, its ends and the network
// between them. Every way of sending is driven by the same plans.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/flow/flow_key.hpp"
#include "weir/traffic/conversation.hpp"

namespace weir {

/// How messages become packets.
enum class Transport : std::uint8_t {
  udp,   ///< a datagram each
  tcp,   ///< a stream (RFC 9293)
  quic,  ///< a stream in encrypted UDP datagrams (RFC 9000)
};

constexpr IpProtocol protocol_of(Transport transport) noexcept {
  return transport == Transport::tcp ? IpProtocol::tcp : IpProtocol::udp;
}

/// What the flows of one application have in common.
struct ApplicationInfo {
  std::string label;  ///< class in the ground truth
  const char* unit = "messages";
  /// As asked for; 0 where the conversations come as they come. See `paced`.
  double messages_per_s = 0.0;
  /// True where messages_per_s is the most that all conversations together may start in a second,
  /// both directions counted; false where the conversations' own schedule keeps the rate.
  bool paced = false;
  double share = 0.0;  ///< of the flows, and of the rows of a table; all together 1
};

/// One direction of a link that several flows may share: a queue with a limit in front of a line.
struct LinkDirection {
  double ns_per_byte = 0;
  std::int64_t queue_ns = std::numeric_limits<std::int64_t>::max();  ///< longer waits are losses
  std::int64_t free_ns = 0;  ///< virtual time when the line can take the next packet
};

/// The narrowest link between a client and its servers.
struct AccessLink {
  LinkDirection up;
  LinkDirection down;
};

/// What a packet is wrapped in on the wire.
struct Encapsulation {
  std::optional<std::uint16_t> vlan;  ///< 802.1Q VLAN id
  struct Tunnel {
    IpAddress radio;  ///< IPv4 address of the base station
    IpAddress core;   ///< IPv4 address of the gateway
    std::uint32_t up = 0;
    std::uint32_t down = 0;
  };
  std::optional<Tunnel> gtpu;  ///< GTP-U (3GPP TS 29.281) with its tunnel endpoint ids
};

/// The network between the two ends of a flow.
struct NetworkPath {
  std::int64_t one_way_ns = 0;
  std::int64_t jitter_ns = 0;             ///< mean of an exponential delay on top; never reorders
  double loss = 0;                        ///< probability that a packet is lost at random
  std::uint16_t mtu = 1500;               ///< bytes of an IP packet
  std::uint8_t server_ttl = 64;           ///< as it arrives at the client
  std::uint32_t receive_window = 64'256;  ///< bytes that either end has room for
  /// What client and server announce in their SYN: their operating systems' habit.
  std::array<std::uint16_t, 2> syn_window{64'240, 64'240};
  bool timestamps = false;           ///< TCP timestamp option (RFC 7323), 12 bytes a segment
  std::shared_ptr<AccessLink> link;  ///< shared by the flows of a user
  std::shared_ptr<const Encapsulation> encapsulation;  ///< null = none
};

/// A flow that is about to start.
struct FlowPlan {
  std::int64_t start_ns = 0;    ///< since the start of the traffic
  std::size_t application = 0;  ///< index into TrafficSource::applications()
  Transport transport = Transport::udp;
  FiveTuple tuple;  ///< client first
  NetworkPath path;
  std::unique_ptr<Conversation> conversation;
};

/// A port at which servers have to listen.
struct ServerPort {
  IpProtocol protocol = IpProtocol::udp;
  std::uint16_t port = 0;
  std::string application;  ///< who wants it, for messages
};

/// An endless sequence of flows, drawn from a seed.
class TrafficSource {
 public:
  virtual ~TrafficSource() = default;

  virtual const std::vector<ApplicationInfo>& applications() const noexcept = 0;

  /// All ports that the flows of next() go to.
  virtual std::vector<ServerPort> server_ports() const = 0;

  /// The next flow, in the order of their start.
  virtual FlowPlan next() = 0;
};

}  // namespace weir
