// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a flow's packets add up to, in bounded memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "weir/base/units.hpp"
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

/// The longest gap inside a burst, and inside a period of activity.
inline constexpr std::int64_t kBurstGap_ns = 100'000'000;
inline constexpr std::int64_t kActivityGap_ns = kNanosPerSecond;

/// Bins of IP lengths: 16 bytes wide below 128, 32 below 512, 64 below 1536, then up to 4095, up to
/// 16383 and the rest.
inline constexpr std::size_t kSizeBins = 39;
std::size_t size_bin(std::uint64_t bytes) noexcept;
/// The smallest value of a bin; that of `kSizeBins` ends the last one.
std::uint64_t size_bin_start(std::size_t bin) noexcept;

/// Bins of inter-arrival times, four a decade from 1 us to 1000 s, one below and one above.
inline constexpr std::size_t kIatBins = 38;
std::size_t iat_bin(std::uint64_t nanoseconds) noexcept;
std::uint64_t iat_bin_start(std::size_t bin) noexcept;

/// The five series that are counted in bins.
struct FlowHistograms {
  template <typename Count>
  struct Bins {
    std::array<std::array<Count, kSizeBins>, 2> sizes{};  ///< IP lengths by direction
    std::array<std::array<Count, kIatBins>, 2> iats{};    ///< gaps to the last of the direction
    std::array<Count, kIatBins> iats_both{};              ///< gaps to the last of either
  };

  /// 16-bit counts are enough for nearly all flows; the first bin to fill moves all to 32 bits.
  Bins<std::uint16_t> narrow;
  std::unique_ptr<Bins<std::uint32_t>> wide;

  /// Counts a packet of the size bin `size` whose gaps fall into the bins `iat` (to the last of
  /// its direction) and `iat_both`; kIatBins = no packet before it.
  void add(std::size_t direction, std::size_t size, std::size_t iat, std::size_t iat_both);

  std::uint32_t size_count(std::size_t direction, std::size_t bin) const noexcept {
    return wide ? wide->sizes[direction][bin] : narrow.sizes[direction][bin];
  }
  std::uint32_t iat_count(std::size_t direction, std::size_t bin) const noexcept {
    return wide ? wide->iats[direction][bin] : narrow.iats[direction][bin];
  }
  std::uint32_t iat_both_count(std::size_t bin) const noexcept {
    return wide ? wide->iats_both[bin] : narrow.iats_both[bin];
  }

 private:
  void widen();
};

/// Sums over the packets of a flow, added in order. Arrays of two are indexed by Direction.
class FlowStatistics {
 public:
  void add(const FlowPacket& packet);

  /// IP lengths in bytes.
  Moments sizes(std::size_t direction) const noexcept { return sizes_[direction]; }
  /// Bytes behind the transport header.
  std::uint64_t payload(std::size_t direction) const noexcept { return payload_[direction]; }
  /// Packets with payload.
  std::uint64_t data_packets(std::size_t direction) const noexcept {
    return data_packets_[direction];
  }
  /// Nanoseconds between packets of one direction, and between packets of either.
  Moments iats(std::size_t direction) const noexcept { return iats_[direction]; }
  Moments iats_both() const noexcept { return iats_both_; }
  /// Packets sent by the other end than the one before.
  std::uint64_t direction_changes() const noexcept { return direction_changes_; }

  /// The same series, counted in bins.
  std::uint32_t size_count(std::size_t direction, std::size_t bin) const noexcept {
    return histograms_.size_count(direction, bin);
  }
  std::uint32_t iat_count(std::size_t direction, std::size_t bin) const noexcept {
    return histograms_.iat_count(direction, bin);
  }
  std::uint32_t iat_both_count(std::size_t bin) const noexcept {
    return histograms_.iat_both_count(bin);
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
  Moments idle() const noexcept { return idle_; }

 private:
  struct Burst {
    std::int64_t start_ns = 0;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };

  void end_burst(Bursts& bursts) const noexcept;

  std::array<Moments, 2> sizes_;
  std::array<std::uint64_t, 2> payload_{};
  std::array<std::uint64_t, 2> data_packets_{};
  std::array<Moments, 2> iats_;
  Moments iats_both_;
  FlowHistograms histograms_;
  std::uint64_t direction_changes_ = 0;
  Moments idle_;
  std::array<std::int64_t, 2> last_ns_{-1, -1};  // offsets; -1 = no packet yet
  std::int64_t last_both_ns_ = -1;
  std::size_t last_direction_ = 0;
  std::array<Moments, 2> messages_;  // ended ones
  std::uint64_t message_bytes_ = 0;  // of the current one
  std::size_t message_direction_ = 0;
  Bursts bursts_;   // ended ones
  Burst burst_;     // the current one
  Moments active_;  // ended periods
  std::int64_t active_start_ns_ = 0;
};

}  // namespace weir
