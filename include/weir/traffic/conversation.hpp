// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What an application does on the network, told apart from how it gets there: who sends how many
// bytes when. Simulated packets and kernel sockets are both driven by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

/// The end that opened the conversation, or the one that answers.
enum class Side : std::uint8_t { client, server };

constexpr Side other(Side side) noexcept {
  return side == Side::client ? Side::server : Side::client;
}
constexpr std::size_t index(Side side) noexcept {
  return static_cast<std::size_t>(side);
}

/// What a message waits for.
enum class Cue : std::uint8_t {
  /// The message before: that it has been sent, where this sender sent it too, or else that it has
  /// arrived in full (a reply).
  previous,
  /// The clock: the due time of the message before, whatever became of it. Voice, video and games
  /// speak on a schedule.
  clock,
};

/// One write of an application: a datagram over UDP, over a stream as many packets as it takes.
struct Message {
  Side sender = Side::client;
  std::uint32_t bytes = 0;  ///< of payload
  /// Pause behind what it waits for. The first message counts from the flow's start, over TCP from
  /// the established connection.
  std::int64_t wait_ns = 0;
  Cue cue = Cue::previous;
};

/// One conversation: a small state machine that is asked for message after message.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// Nothing when the conversation is over.
  virtual std::optional<Message> next() = 0;

  /// The end that closes the connection first.
  virtual Side closer() const noexcept { return Side::client; }

  /// Seconds for which a connection is kept open when nothing more is said, in case more comes.
  virtual double linger_s() const noexcept { return 0; }
};

}  // namespace weir
