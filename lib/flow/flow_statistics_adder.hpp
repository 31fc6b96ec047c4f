// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What one packet adds to the parts of its flow's statistics, wherever they lie.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "weir/flow/flow_statistics.hpp"

namespace weir {

struct FlowStatisticsAdder {
  /// Calls `carry(counter)` where a 16-bit count starts again from 0.
  template <typename Carry>
  static void add(const FlowStatistics::Parts& parts, const FlowPacket& packet,
                  const Carry& carry) {
    const std::size_t d = packet.direction();
    FlowStatistics::DirectionPart& own = *parts.directions[d];
    FlowStatistics::CommonPart& common = *parts.common;
    const auto count = [&](std::uint16_t& lower, std::size_t counter) {
      if (++lower == 0) [[unlikely]]
        carry(counter);
    };

    std::uint64_t now_ns = 0;
    if (common.last_direction <= 1) {
      const std::uint64_t gap_ns = packet.gap_ns;
      now_ns = common.last_ns + gap_ns;
      follow_gap(common, gap_ns, now_ns);
      common.direction_changes += d != common.last_direction ? 1 : 0;
      const std::size_t bin = iat_bin(gap_ns);
      count(common.iats[bin], FlowStatistics::iat_counter(FlowStatistics::kBoth, bin));
    }
    common.last_ns = now_ns;
    common.last_direction = d & 1U;
    ++common.burst_packets;
    common.burst_bytes = common.burst_bytes + packet.ip_length;

    if (own.packets == 0) {
      own.first_ns = now_ns;
    } else {
      const std::uint64_t gap_ns = now_ns - own.last_ns;
      own.iat_squares.add(gap_ns);
      if (gap_ns < own.iat_min) own.iat_min = gap_ns;
      if (gap_ns > own.iat_max) own.iat_max = gap_ns;
      const std::size_t bin = iat_bin(gap_ns);
      count(parts.gaps->iats[d][bin], FlowStatistics::iat_counter(d, bin));
    }
    own.last_ns = now_ns;
    ++own.packets;
    own.size_sum += packet.ip_length;
    own.size_squares.add(packet.ip_length);
    own.size_min = std::min(own.size_min, packet.ip_length);
    own.size_max = std::max(own.size_max, packet.ip_length);
    const std::size_t bin = size_bin(packet.ip_length);
    count(own.sizes[bin], FlowStatistics::size_counter(d, bin));
    for (auto flags = static_cast<unsigned>(packet.tcp_flags); flags != 0; flags &= flags - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(flags));
      count(own.tcp_flags[bit], FlowStatistics::flag_counter(d, bit));
    }
    if (packet.payload_length > 0) follow_message(parts, d, packet.payload_length);
  }

  /// Remembers packet n of the first kKeptPackets for itself.
  static void keep(const FlowStatistics::Parts& parts, std::size_t n, const FlowPacket& packet) {
    constexpr std::uint64_t kLongest_ns = (std::uint64_t{1} << 40U) - 1;
    std::uint64_t gap_ns = std::min<std::uint64_t>(packet.gap_ns, kLongest_ns);
    for (std::uint8_t& byte : parts.gaps->kept_gap[n]) {
      byte = gap_ns & 0xffU;
      gap_ns >>= 8U;
    }
    parts.gaps->kept_backward |= std::uint32_t{packet.backward} << n;
    parts.directions[n % 2]->kept_payload[n / 2] =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(packet.payload_length, 0xffff));
  }

  /// What keep() remembered; the other members are 0.
  static FlowPacket kept(const FlowStatistics& statistics, std::size_t n) noexcept {
    FlowPacket packet;
    std::uint64_t gap_ns = 0;
    for (std::size_t i = 5; i > 0; --i) {
      gap_ns = gap_ns << 8U | statistics.gaps_.kept_gap[n][i - 1];
    }
    packet.gap_ns = gap_ns & 0xff'ffff'ffffU;
    packet.backward = statistics.gaps_.kept_backward >> n & 1U;
    packet.payload_length = statistics.directions_[n % 2].kept_payload[n / 2];
    return packet;
  }

 private:
  /// A packet at `now_ns`, `gap_ns` after the one before it.
  static void follow_gap(FlowStatistics::CommonPart& common, std::uint64_t gap_ns,
                         std::uint64_t now_ns) {
    common.iat_squares.add(gap_ns);
    if (gap_ns < common.iat_min) common.iat_min = gap_ns;
    if (gap_ns > common.iat_max) common.iat_max = gap_ns;
    if (gap_ns <= static_cast<std::uint64_t>(kBurstGap_ns)) return;
    const std::uint64_t burst_ns = common.last_ns - common.burst_start_ns;
    ++common.bursts;
    common.burst_max_packets = std::max(common.burst_max_packets, common.burst_packets);
    if (common.burst_bytes > common.burst_max_bytes) common.burst_max_bytes = common.burst_bytes;
    if (burst_ns > common.burst_max_ns) common.burst_max_ns = burst_ns;
    common.burst_sum_ns = common.burst_sum_ns + burst_ns;
    common.burst_start_ns = now_ns;
    common.burst_packets = 0;
    common.burst_bytes = 0;
    if (gap_ns <= static_cast<std::uint64_t>(kActivityGap_ns)) return;
    const std::uint64_t active_ns = common.last_ns - common.active_start_ns;
    common.active_squares.add(active_ns);
    if (active_ns < common.active_min) common.active_min = active_ns;
    if (active_ns > common.active_max) common.active_max = active_ns;
    common.active_start_ns = now_ns;
    ++common.idles;
    common.idle_sum = common.idle_sum + gap_ns;
    common.idle_squares.add(gap_ns);
    if (gap_ns < common.idle_min) common.idle_min = gap_ns;
  }

  static void follow_message(const FlowStatistics::Parts& parts, std::size_t d,
                             std::uint32_t payload) {
    FlowStatistics::CommonPart& common = *parts.common;
    parts.directions[d]->payload += payload;
    ++parts.directions[d]->data_packets;
    if (d != common.message_direction && common.message_bytes > 0) {
      FlowStatistics::DirectionPart& other = *parts.directions[common.message_direction];
      const std::uint64_t bytes = common.message_bytes;
      ++other.messages;
      other.message_squares.add(bytes);
      if (bytes < other.message_min) other.message_min = bytes;
      if (bytes > other.message_max) other.message_max = bytes;
      common.message_bytes = 0;
    }
    common.message_direction = d & 1U;
    common.message_bytes = common.message_bytes + payload;
  }
};

}  // namespace weir
