// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Moments, bins, messages, bursts, activity.
#include "weir/flow/flow_statistics.hpp"

#include <bit>
#include <cmath>

#include "flow_statistics_adder.hpp"

namespace weir {
namespace {

/// As a conversion does it: rounded once. Only faster than the compiler's, which is a call.
double nearest_double(Moments::Wide value) noexcept {
  const auto high = static_cast<std::uint64_t>(value >> 64U);
  if (high == 0) return static_cast<double>(static_cast<std::uint64_t>(value));
  // 63 bits are more than a double has; the last says also whether any below it was set.
  const int shift = 65 - std::countl_zero(high);
  const Moments::Wide lost = value & ((Moments::Wide{1} << shift) - 1);
  const auto kept = static_cast<std::int64_t>(value >> shift) | (lost != 0 ? 1 : 0);
  const double unit = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + shift) << 52U);
  return static_cast<double>(kept) * unit;
}

}  // namespace

double Moments::mean() const noexcept {
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(sum) / static_cast<double>(count);
}

double Moments::standard_deviation() const noexcept {
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(count);
  Wide scaled = 0;
  if (!__builtin_mul_overflow(sum_squares, static_cast<Wide>(count), &scaled)) {
    return std::sqrt(nearest_double(scaled - static_cast<Wide>(sum) * sum)) / n;
  }
  // Only gaps of centuries get here; nanoseconds are below the precision of such a sum.
  return std::sqrt(std::max(0.0, static_cast<double>(sum_squares) / n - mean() * mean()));
}

namespace {

constexpr std::array<std::uint16_t, kSizeBins> kSizeStarts{
    0,   44,  56,  64,   80,   96,   128,  160,  192,  256,  320,  384,
    512, 640, 768, 1024, 1152, 1280, 1344, 1408, 1440, 1472, 1504, 4096};

/// The bins of lengths below 1536; all bounds are multiples of 4.
constexpr std::array<std::uint8_t, 384> kSizeBinOfQuads = [] {
  std::array<std::uint8_t, 384> bins{};
  std::uint8_t bin = 0;
  for (std::size_t quad = 0; quad < bins.size(); ++quad) {
    while (bin + 1U < kSizeBins && 4 * quad >= kSizeStarts[bin + 1U]) ++bin;
    bins[quad] = bin;
  }
  return bins;
}();

constexpr std::array<std::uint64_t, kIatBins + 1> kIatStarts{0,
                                                             1'000,
                                                             10'000,
                                                             21'544,
                                                             46'416,
                                                             100'000,
                                                             215'443,
                                                             464'159,
                                                             1'000'000,
                                                             2'154'435,
                                                             4'641'589,
                                                             10'000'000,
                                                             21'544'347,
                                                             46'415'888,
                                                             100'000'000,
                                                             215'443'469,
                                                             464'158'883,
                                                             1'000'000'000,
                                                             2'154'434'690,
                                                             4'641'588'834,
                                                             10'000'000'000,
                                                             31'622'776'602,
                                                             100'000'000'000};

/// For each number of bits, the bin of the smallest value that has so many.
constexpr std::array<std::uint8_t, 65> kFirstIatBin = [] {
  std::array<std::uint8_t, 65> bins{};
  for (unsigned bits = 1; bits <= 64; ++bits) {
    const std::uint64_t smallest = std::uint64_t{1} << (bits - 1);
    std::uint8_t bin = 0;
    while (bin + 1U < kIatBins && smallest >= kIatStarts[bin + 1U]) ++bin;
    bins[bits] = bin;
  }
  return bins;
}();

}  // namespace

std::size_t size_bin(std::uint64_t bytes) noexcept {
  if (bytes < 4 * kSizeBinOfQuads.size()) return kSizeBinOfQuads[bytes / 4];
  return bytes < kSizeStarts[kSizeBins - 1] ? kSizeBins - 2 : kSizeBins - 1;
}

std::uint64_t size_bin_start(std::size_t bin) noexcept {
  return bin < kSizeBins ? kSizeStarts[bin] : 65536;
}

std::size_t iat_bin(std::uint64_t nanoseconds) noexcept {
  std::size_t bin = kFirstIatBin[static_cast<std::size_t>(std::bit_width(nanoseconds))];
  while (bin + 1 < kIatBins && nanoseconds >= kIatStarts[bin + 1]) ++bin;
  return bin;
}

std::uint64_t iat_bin_start(std::size_t bin) noexcept {
  return kIatStarts[bin];
}

void FlowStatistics::add(const FlowPacket& packet) noexcept {
  FlowStatisticsAdder::add({{&directions_[0], &directions_[1]}, &common_, &gaps_}, packet,
                           [this](std::size_t counter) { ++upper_[counter]; });
}

Moments FlowStatistics::sizes(std::size_t direction) const noexcept {
  const DirectionPart& own = directions_[direction];
  if (own.packets == 0) return {};
  return {own.size_squares.get(), own.size_sum, own.packets, own.size_min, own.size_max};
}

Moments FlowStatistics::iats(std::size_t direction) const noexcept {
  const DirectionPart& own = directions_[direction];
  if (own.packets < 2) return {};
  return {own.iat_squares.get(), own.last_ns - own.first_ns, own.packets - 1U, own.iat_min,
          own.iat_max};
}

Moments FlowStatistics::iats_both() const noexcept {
  const std::uint64_t packets = std::uint64_t{directions_[0].packets} + directions_[1].packets;
  if (packets < 2) return {};
  return {common_.iat_squares.get(), common_.last_ns, packets - 1, common_.iat_min,
          common_.iat_max};
}

Moments FlowStatistics::messages(Direction direction) const noexcept {
  const auto d = static_cast<std::size_t>(direction);
  const DirectionPart& own = directions_[d];
  Moments all;
  if (own.messages > 0) {
    all = {own.message_squares.get(), own.payload, own.messages, own.message_min, own.message_max};
  }
  if (d == common_.message_direction && common_.message_bytes > 0) {
    all.add(common_.message_bytes);
    all.sum = own.payload;  // which the current message is a part of
  }
  return all;
}

void FlowStatistics::end_burst(Bursts& bursts) const noexcept {
  const auto duration_ns = static_cast<std::int64_t>(common_.last_ns - common_.burst_start_ns);
  ++bursts.count;
  bursts.max_packets = std::max<std::uint64_t>(bursts.max_packets, common_.burst_packets);
  bursts.max_bytes = std::max<std::uint64_t>(bursts.max_bytes, common_.burst_bytes);
  bursts.max_duration_ns = std::max(bursts.max_duration_ns, duration_ns);
  bursts.sum_duration_ns += duration_ns;
}

FlowStatistics::Bursts FlowStatistics::bursts() const noexcept {
  const CommonPart& c = common_;
  Bursts all{c.bursts, c.burst_max_packets, c.burst_max_bytes,
             static_cast<std::int64_t>(std::uint64_t{c.burst_max_ns}),
             static_cast<std::int64_t>(std::uint64_t{c.burst_sum_ns})};
  if (c.burst_packets > 0) end_burst(all);
  return all;
}

Moments FlowStatistics::active() const noexcept {
  const CommonPart& c = common_;
  if (c.burst_packets == 0) return {};
  Moments all{c.active_squares.get(), 0, c.idles, c.active_min, c.active_max};
  all.add(c.last_ns - c.active_start_ns);
  all.sum = c.last_ns - c.idle_sum;
  return all;
}

Moments FlowStatistics::idle() const noexcept {
  const CommonPart& c = common_;
  if (c.idles == 0) return {};
  return {c.idle_squares.get(), c.idle_sum, c.idles, c.idle_min, c.iat_max};
}

}  // namespace weir
