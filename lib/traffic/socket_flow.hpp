// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Flows over kernel sockets: one object plays one or both ends of a conversation.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>

#include "datagrams.hpp"
#include "event_loop.hpp"
#include "pacer.hpp"
#include "payload_pool.hpp"
#include "weir/flow/flow_key.hpp"
#include "weir/traffic/report.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// What all flows use, one at a time.
struct SocketTools {
  explicit SocketTools(std::uint64_t seed) : payloads(Random(seed)) {}

  EventLoop loop;
  PayloadPool payloads;
  std::array<DatagramBatch, 2> batches;  // by Side
  DatagramReader reader;
};

/// What the flows of one application share; outlives them.
struct SocketLane {
  const ApplicationInfo& info;
  SocketTools& tools;
  const std::int64_t& end_ns;  ///< no message starts at or after it
  std::optional<MessagePacer> pacer = std::nullopt;
  TrafficCount count = {};
  std::uint64_t received_bytes = 0;
};

/// A port that flows go to; outlives them.
struct SocketServer {
  IpProtocol protocol = IpProtocol::udp;
  Endpoint endpoint;
  bool plays_client = true;
  /// The server's part is played by a program that does not know the conversations.
  bool is_foreign = false;
  /// A listener, or a bound datagram socket; not open where the server's part is played elsewhere.
  Descriptor responder = Descriptor();
  std::unordered_map<std::uint16_t, SocketLane*> senders = {};  ///< client port, over UDP
  /// Told of datagrams that come from none of them.
  DatagramReader::Take on_stranger = [](std::uint64_t, const Endpoint&) {};
  std::uint64_t attempts = 0;     ///< connections asked for
  std::uint64_t established = 0;  ///< and come about

  bool plays(Side side) const noexcept {
    return side == Side::client ? plays_client : responder.is_open();
  }
  bool plays_both() const noexcept { return plays_client && responder.is_open(); }
};

/// A flow; `over()` after any call means that it wants to be removed.
class SocketFlow {
 public:
  virtual ~SocketFlow() = default;

  /// A timer that was set for this flow came.
  virtual void on_timer(std::int64_t time_ns) = 0;
  /// One of its sockets is ready: epoll's event bits.
  virtual void on_socket(Side side, std::uint32_t events) = 0;
  /// The server has the other end of this connection, or a first datagram from it.
  virtual void on_accepted(Descriptor server) = 0;
  /// The end has come: no more messages; close what is open.
  virtual void drain() = 0;

  /// Bytes have come from its client before it was known.
  void count_received(std::uint64_t bytes) noexcept { lane_.received_bytes += bytes; }

  bool over() const noexcept { return over_; }
  const FiveTuple& tuple() const noexcept { return tuple_; }
  std::int64_t start_ns() const noexcept { return start_ns_; }
  std::int64_t last_ns() const noexcept { return last_ns_; }  ///< of its last sign of life

 protected:
  SocketFlow(SocketLane& lane, SocketServer& server, std::uint64_t id, const Endpoint& client);

  EventLoop& loop() const noexcept { return lane_.tools.loop; }
  std::uint64_t key(Side side) const noexcept;
  void set_timer(std::int64_t time_ns);
  void touch() noexcept { last_ns_ = loop().now_ns(); }

  SocketLane& lane_;
  SocketServer& server_;
  bool over_ = false;

 private:
  std::uint64_t id_;
  FiveTuple tuple_;
  std::int64_t start_ns_;
  std::int64_t last_ns_;
};

/// What a key of the event loop is about: `id` of a flow, or index of a server.
enum class Topic : std::uint8_t {
  client,
  server,
  timer,
  listener,    ///< a server's listener or bound socket
  plan_timer,  ///< the next flow starts
  control,     ///< the other host has something to say
};
constexpr std::uint64_t make_key(std::uint64_t id, Topic topic) noexcept {
  return id << 3U | static_cast<std::uint64_t>(topic);
}
constexpr std::uint64_t key_id(std::uint64_t key) noexcept {
  return key >> 3U;
}
constexpr Topic key_topic(std::uint64_t key) noexcept {
  return static_cast<Topic>(key & 7U);
}

/// Reads what has come to a server's datagram socket and counts it for the flow that sent it.
/// Throws Error.
void receive_datagrams(SocketTools& tools, SocketServer& server);

/// The sockets of a flow, as far as they are played here: the client's on its way to the server, or
/// the server's accepted from `peer` (over UDP all share the server's own, and none is open).
struct FlowSockets {
  Descriptor client = Descriptor();
  Descriptor server = Descriptor();
  Endpoint client_end = {};
};

/// Datagrams on the conversation's schedule, which starts at the plan's time. What QUIC would send
/// as a stream goes as datagrams of at most 1,350 bytes, at most sixteen in a millisecond, every
/// second of them acknowledged by a small one.
std::unique_ptr<SocketFlow> make_socket_udp(SocketLane& lane, SocketServer& server,
                                            std::uint64_t id, FlowSockets sockets, FlowPlan plan);

/// Messages one after another over a connection.
std::unique_ptr<SocketFlow> make_socket_tcp(SocketLane& lane, SocketServer& server,
                                            std::uint64_t id, FlowSockets sockets, FlowPlan plan);

}  // namespace weir
