// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a flow's packets add up to, in bounded memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "weir/base/units.hpp"
#include "weir/flow/compact.hpp"
#include "weir/flow/moments.hpp"

namespace weir {

/// forward: sent by the initiator.
enum class Direction : std::uint8_t { forward = 0, backward = 1 };

/// What is remembered of one packet of a flow.
struct FlowPacket {
  std::uint64_t gap_ns : 56 = 0;    ///< since the packet before it; 0 for the first
  std::uint64_t tcp_flags : 8 = 0;  ///< TcpFlag bits; 0 for other protocols
  std::uint32_t ip_length = 0;
  std::uint32_t payload_length : 31 = 0;
  std::uint32_t backward : 1 = 0;

  std::size_t direction() const noexcept { return backward; }
};

/// So many first packets of a flow are kept one by one. Up to here all statistics are computed from
/// the packets themselves, which costs short flows neither time nor memory and makes their
/// quantiles exact; from the next packet on, FlowStatistics carries them.
inline constexpr std::size_t kKeptPackets = 20;

/// The longest gap inside a burst, and inside a period of activity.
inline constexpr std::int64_t kBurstGap_ns = 100'000'000;
inline constexpr std::int64_t kActivityGap_ns = kNanosPerSecond;

/// Bins of IP lengths: their bounds are those of the feature table's shares (64, 128, 256, 512,
/// 1024, 1280 and 1408 bytes) and others between and beyond.
inline constexpr std::size_t kSizeBins = 24;
std::size_t size_bin(std::uint64_t bytes) noexcept;
/// The smallest value of a bin; that of `kSizeBins` ends the last one.
std::uint64_t size_bin_start(std::size_t bin) noexcept;

/// Bins of inter-arrival times: one below 1 us, one to 10 us, two to 100 us, three a decade to 10
/// s, and one above.
inline constexpr std::size_t kIatBins = 22;
std::size_t iat_bin(std::uint64_t nanoseconds) noexcept;
std::uint64_t iat_bin_start(std::size_t bin) noexcept;

/// Sums over the packets of a flow, added in order: at most 2^32 - 1 packets in less than 2^48 ns
/// (78 hours), which keeps all of it exact in 0.8 KB. What follows from other sums is not kept.
/// Directions are numbered as in Direction.
class FlowStatistics {
 public:
  void add(const FlowPacket& packet) noexcept;

  /// IP lengths in bytes.
  Moments sizes(std::size_t direction) const noexcept;
  /// Bytes behind the transport header.
  std::uint64_t payload(std::size_t direction) const noexcept {
    return directions_[direction].payload;
  }
  /// Packets with payload.
  std::uint64_t data_packets(std::size_t direction) const noexcept {
    return directions_[direction].data_packets;
  }
  /// Nanoseconds between packets of one direction, and between packets of either.
  Moments iats(std::size_t direction) const noexcept;
  Moments iats_both() const noexcept;
  /// Packets sent by the other end than the one before.
  std::uint64_t direction_changes() const noexcept { return common_.direction_changes; }
  /// Packets with bit `bit` of the TCP flags set.
  std::uint64_t tcp_flag_count(std::size_t direction, std::size_t bit) const noexcept {
    return whole(directions_[direction].tcp_flags[bit], flag_counter(direction, bit));
  }

  /// The series of sizes and gaps, counted in bins.
  std::uint32_t size_count(std::size_t direction, std::size_t bin) const noexcept {
    return whole(directions_[direction].sizes[bin], size_counter(direction, bin));
  }
  std::uint32_t iat_count(std::size_t direction, std::size_t bin) const noexcept {
    return whole(gaps_.iats[direction][bin], iat_counter(direction, bin));
  }
  std::uint32_t iat_both_count(std::size_t bin) const noexcept {
    return whole(common_.iats[bin], iat_counter(kBoth, bin));
  }

  /// Payload bytes of messages: runs of packets with payload from one end, ended by payload from
  /// the other end. The last message is included.
  Moments messages(Direction direction) const noexcept;

  /// Runs of packets with gaps of at most kBurstGap_ns. The last burst is included.
  struct Bursts {
    std::uint64_t count = 0;
    std::uint64_t max_packets = 0;
    std::uint64_t max_bytes = 0;  ///< IP lengths
    std::int64_t max_duration_ns = 0;
    std::int64_t sum_duration_ns = 0;
  };
  Bursts bursts() const noexcept;

  /// Nanoseconds of the periods whose gaps are at most kActivityGap_ns; the last is included.
  Moments active() const noexcept;
  /// Nanoseconds of the gaps between them.
  Moments idle() const noexcept;

  /// Everything of one direction. Members that every packet touches come first, here and below.
  struct DirectionPart {
    std::uint64_t size_sum = 0;
    std::uint64_t payload = 0;
    std::uint32_t packets = 0;
    std::uint32_t data_packets = 0;
    std::uint32_t size_min = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t size_max = 0;
    SquareSum size_squares;
    SquareSum iat_squares;
    Uint48 last_ns;  ///< of the direction's last and first packet, since the flow's first
    Uint48 first_ns;
    Uint48 iat_min = Uint48::kMax;
    Uint48 iat_max;
    SquareSum message_squares;  ///< of ended messages, as all three
    Uint48 message_min = Uint48::kMax;
    Uint48 message_max;
    std::uint32_t messages = 0;
    std::array<std::uint16_t, 8> tcp_flags{};  ///< packets with bit b
    std::array<std::uint16_t, kSizeBins> sizes{};
    std::array<std::uint16_t, kKeptPackets / 2> kept_payload{};  ///< of packets 2 i + direction
  };

  /// What concerns both directions.
  struct CommonPart {
    Uint48 last_ns;  ///< of the last packet, since the first
    Uint48 iat_min = Uint48::kMax;
    Uint48 iat_max;
    Uint48 burst_start_ns;
    Uint48 burst_bytes;               ///< of the current burst
    Uint48 message_bytes;             ///< of the current message
    std::uint8_t last_direction = 2;  ///< 2 = no packet yet
    std::uint8_t message_direction = 0;
    std::uint32_t burst_packets = 0;  ///< of the current burst
    std::uint32_t direction_changes = 0;
    SquareSum iat_squares;
    std::array<std::uint16_t, kIatBins> iats{};
    std::uint32_t bursts = 0;  ///< ended ones, as all that follows
    std::uint32_t burst_max_packets = 0;
    Uint48 burst_max_bytes;
    Uint48 burst_max_ns;
    Uint48 burst_sum_ns;
    Uint48 active_start_ns;  ///< of the current period
    Uint48 active_min = Uint48::kMax;
    Uint48 active_max;
    SquareSum active_squares;
    SquareSum idle_squares;
    std::uint32_t idles = 0;
    Uint48 idle_sum;
    Uint48 idle_min = Uint48::kMax;
  };

  /// Counted gaps by direction, and the packets that were kept one by one.
  struct GapPart {
    std::array<std::array<std::uint16_t, kIatBins>, 2> iats{};
    std::array<std::array<std::uint8_t, 5>, kKeptPackets> kept_gap{};
    std::uint32_t kept_backward = 0;  ///< bit n: packet n came from the responder
  };

  /// Where the parts of one flow lie; in a FlowTable, not side by side.
  struct Parts {
    std::array<DirectionPart*, 2> directions;
    CommonPart* common;
    GapPart* gaps;
  };

  /// Counts of bins and flags have 16 bits. Their upper halves, where a flow needs them, are here,
  /// by the counter's number.
  static constexpr std::size_t kCounters = 2 * kSizeBins + 3 * kIatBins + 2 * 8;
  using UpperHalves = std::array<std::uint16_t, kCounters>;

 private:
  friend class FlowContents;
  friend struct FlowStatisticsAdder;

  static constexpr std::size_t kBoth = 2;
  static constexpr std::size_t size_counter(std::size_t direction, std::size_t bin) {
    return direction * kSizeBins + bin;
  }
  static constexpr std::size_t iat_counter(std::size_t direction, std::size_t bin) {
    return 2 * kSizeBins + direction * kIatBins + bin;
  }
  static constexpr std::size_t flag_counter(std::size_t direction, std::size_t bit) {
    return 2 * kSizeBins + 3 * kIatBins + direction * 8 + bit;
  }
  std::uint32_t whole(std::uint16_t lower, std::size_t counter) const noexcept {
    return lower | std::uint32_t{upper_[counter]} << 16U;
  }
  void end_burst(Bursts& bursts) const noexcept;

  std::array<DirectionPart, 2> directions_;
  CommonPart common_;
  GapPart gaps_;
  UpperHalves upper_{};
};

}  // namespace weir
