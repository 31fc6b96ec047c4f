// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// One end of a simulated stream: what it has sent, what it has received, and how fast it may send.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "virtual_flow.hpp"

namespace weir {

/// Bytes of a stream by their positions, the end not included.
struct StreamRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// A packet of a stream on its way.
struct StreamPacket {
  std::int64_t arrival_ns = 0;
  StreamRange range;               ///< a FIN takes one position
  std::uint64_t acknowledged = 0;  ///< position of the receiver up to which its sender has all
  std::uint32_t payload = 0;       ///< bytes as the capture shows them
  TcpFields tcp;                   ///< its flags also say what a QUIC packet means
};

/// Positions count payload bytes from 0; a FIN counts as one.
struct StreamEnd {
  // Sending.
  std::uint32_t initial_sequence = 0;
  std::uint64_t written = 0;  ///< payload that the application has handed over
  std::uint64_t next = 0;     ///< what is sent next
  std::uint64_t highest = 0;  ///< sent at least once
  std::uint64_t acknowledged = 0;
  std::uint64_t congestion_window = 0;  ///< bytes
  std::uint64_t slow_start_threshold = std::numeric_limits<std::uint64_t>::max();
  unsigned duplicate_acks = 0;
  bool recovering = false;
  std::uint64_t recovery_end = 0;
  std::uint64_t resent_to = 0;  ///< in this recovery
  // Round-trip time (RFC 6298): one segment at a time is timed.
  double smoothed_ns = 0;
  double deviation_ns = 0;
  std::uint64_t timed_position = 0;
  std::int64_t timed_at_ns = kNever;
  unsigned timeouts = 0;  ///< one after another
  std::int64_t timeout_at_ns = kNever;
  std::int64_t send_at_ns = kNever;  ///< the line is free for more
  std::int64_t line_free_ns = 0;
  // Receiving.
  std::uint64_t received = 0;
  std::vector<StreamRange> islands;  ///< received behind a gap; sorted, apart from each other
  std::uint64_t latest_island = 0;   ///< position in the one that changed last
  unsigned unacknowledged_packets = 0;
  std::int64_t acknowledge_at_ns = kNever;
  bool heard = false;  ///< a first packet has come
  std::deque<StreamPacket> arriving;

  std::int64_t arrival_ns() const noexcept {
    return arriving.empty() ? kNever : arriving.front().arrival_ns;
  }

  std::int64_t next_event_ns() const noexcept {
    return std::min({arrival_ns(), acknowledge_at_ns, send_at_ns, timeout_at_ns});
  }

  /// RFC 6298, 2, with Linux's minimum and a doubling for each time-out in a row.
  std::int64_t timeout_ns() const noexcept {
    const double base_ns = smoothed_ns > 0 ? std::max(200e6, smoothed_ns + 4 * deviation_ns) : 1e9;
    return static_cast<std::int64_t>(base_ns) << std::min(timeouts, 6U);
  }

  void measure(std::int64_t round_trip_ns) noexcept {
    const auto sample_ns = static_cast<double>(round_trip_ns);
    if (smoothed_ns == 0) {
      smoothed_ns = sample_ns;
      deviation_ns = sample_ns / 2;
      return;
    }
    deviation_ns += (std::abs(smoothed_ns - sample_ns) - deviation_ns) / 4;
    smoothed_ns += (sample_ns - smoothed_ns) / 8;
  }

  /// Takes in what has arrived; true where it was next in order.
  bool take(const StreamRange& range) {
    if (range.begin > received) {
      add_island(range);
      return false;
    }
    if (range.end <= received) return false;
    received = range.end;
    while (!islands.empty() && islands.front().begin <= received) {
      received = std::max(received, islands.front().end);
      islands.erase(islands.begin());
    }
    return true;
  }

  /// The first gap at or behind `from` below what has been received behind it; empty = none.
  StreamRange gap(std::uint64_t from) const noexcept {
    std::uint64_t begin = std::max(from, received);
    for (const StreamRange& island : islands) {
      if (begin < island.begin) return {begin, island.begin};
      begin = std::max(begin, island.end);
    }
    return {};
  }

 private:
  void add_island(StreamRange range) {
    auto at = std::ranges::lower_bound(islands, range.begin, {}, &StreamRange::end);
    while (at != islands.end() && at->begin <= range.end) {
      range = {std::min(range.begin, at->begin), std::max(range.end, at->end)};
      at = islands.erase(at);
    }
    latest_island = range.begin;
    islands.insert(at, range);
  }
};

}  // namespace weir
