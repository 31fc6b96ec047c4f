// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What an application does on the network, told apart from how it gets there: who sends how many
// bytes when. Simulated packets and kernel sockets are both driven by it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "weir/net/packet.hpp"

namespace weir {

/// The end that opened the conversation, or the one that answers.
enum class Side : std::uint8_t { client, server };

constexpr Side other(Side side) noexcept {
  return side == Side::client ? Side::server : Side::client;
}
constexpr std::size_t index(Side side) noexcept {
  return static_cast<std::size_t>(side);
}

/// One write of an application: a datagram over UDP, over TCP as many segments as it takes.
struct Message {
  Side sender = Side::client;
  std::uint32_t bytes = 0;  ///< of payload
  /// Pause before it. UDP: since the due time of the message before (a fixed schedule). TCP: since
  /// the message before was sent, where this sender sent that one too, or else had arrived in full
  /// (a reply). The first message counts from the start, over TCP from the established connection.
  std::int64_t wait_ns = 0;
};

/// One conversation: a small state machine that is asked for message after message.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// Nothing when the conversation is over.
  virtual std::optional<Message> next() = 0;

  /// The end that closes the TCP connection first.
  virtual Side closer() const noexcept { return Side::client; }
};

struct PlannedConversation {
  std::int64_t start_ns = 0;  ///< since the start of the traffic
  std::unique_ptr<Conversation> conversation;
};

struct ApplicationInfo {
  std::string label;  ///< class in the ground truth
  IpProtocol transport = IpProtocol::udp;
  std::uint16_t port = 0;       ///< where the server listens
  double messages_per_s = 0.0;  ///< as asked for; see Application::paced
  /// True where messages_per_s is the most that all conversations together may start in a second,
  /// both directions counted; false where the conversations' own schedule keeps the rate.
  bool paced = false;
};

/// An application model: an endless sequence of conversations, drawn from a seed.
class Application {
 public:
  virtual ~Application() = default;

  virtual const ApplicationInfo& info() const noexcept = 0;

  /// Conversations in the order of their start.
  virtual PlannedConversation next_conversation() = 0;
};

}  // namespace weir
