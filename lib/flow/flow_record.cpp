// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a flow record does not hold as it is.
#include "weir/flow/flow_record.hpp"
#include "weir/flow/flow_table.hpp"

#include <utility>

namespace weir {
namespace {

/// The bits of a byte as eight bytes of 0 or 1, the lowest first.
constexpr std::uint64_t spread(std::uint64_t bits) noexcept {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  const std::uint64_t picked = bits * kEach & 0x8040201008040201;  // bit b of byte b
  return (picked + 0x7f * kEach) >> 7U & kEach;
}

}  // namespace

FiveTuple FlowRecord::tuple() const noexcept {
  return tuple_of(head_);
}

FiveTuple tuple_of(const FlowHead& flow) noexcept {
  const FlowKey& key = flow.key;
  FiveTuple tuple{key.low, key.high, key.low_port, key.high_port, key.protocol};
  if (!flow.initiator_is_low) {
    std::swap(tuple.src, tuple.dst);
    std::swap(tuple.src_port, tuple.dst_port);
  }
  return tuple;
}

std::array<std::uint64_t, 8> FlowRecord::tcp_flag_counts(std::size_t direction) const noexcept {
  std::array<std::uint64_t, 8> counts;
  if (packets() > kKeptPackets) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      counts[bit] = statistics_.tcp_flag_count(direction, bit);
    }
    return counts;
  }
  static_assert(kKeptPackets < 256);
  std::uint64_t packed = 0;  // a byte a bit
  for (std::size_t n = 0; n < packets(); ++n) {
    const FlowPacket& packet = first_packets_[n];
    packed += spread(packet.direction() == direction ? packet.tcp_flags : 0U);
  }
  for (std::size_t bit = 0; bit < 8; ++bit) counts[bit] = packed >> 8 * bit & 0xffU;
  return counts;
}

}  // namespace weir
