// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Moments, bins, messages, bursts, activity.
#include "weir/flow/flow_statistics.hpp"

#include <bit>
#include <cmath>

namespace weir {

double Moments::mean() const noexcept {
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(sum) / static_cast<double>(count);
}

double Moments::standard_deviation() const noexcept {
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(count);
  Wide scaled = 0;
  if (!__builtin_mul_overflow(sum_squares, static_cast<Wide>(count), &scaled)) {
    return std::sqrt(static_cast<double>(scaled - static_cast<Wide>(sum) * sum)) / n;
  }
  // Only gaps of centuries get here; nanoseconds are below the precision of such a sum.
  return std::sqrt(std::max(0.0, static_cast<double>(sum_squares) / n - mean() * mean()));
}

std::size_t size_bin(std::uint64_t bytes) noexcept {
  if (bytes < 128) return bytes / 16;
  if (bytes < 512) return 8 + (bytes - 128) / 32;
  if (bytes < 1536) return 20 + (bytes - 512) / 64;
  if (bytes < 4096) return 36;
  return bytes < 16384 ? 37 : 38;
}

std::uint64_t size_bin_start(std::size_t bin) noexcept {
  if (bin < 8) return 16 * bin;
  if (bin < 20) return 128 + 32 * (bin - 8);
  if (bin <= 36) return 512 + 64 * (bin - 20);
  if (bin == 37) return 4096;
  return bin == 38 ? 16384 : 65536;
}

namespace {

/// Starts of bins 0 to kIatBins; 10^(k/4) rounded to whole nanoseconds.
constexpr std::array<std::uint64_t, kIatBins + 1> kIatStarts = [] {
  std::array<std::uint64_t, kIatBins + 1> starts{};
  constexpr std::array<std::uint64_t, 4> kSteps{1000, 1778, 3162, 5623};
  std::uint64_t decade = 1;
  for (std::size_t k = 0; k < kIatBins; ++k) {
    if (k > 0 && k % 4 == 0) decade *= 10;
    starts[k + 1] = kSteps[k % 4] * decade;
  }
  return starts;
}();
static_assert(kIatStarts[37] == 1'000'000'000'000U);

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

std::size_t iat_bin(std::uint64_t nanoseconds) noexcept {
  std::size_t bin = kFirstIatBin[static_cast<std::size_t>(std::bit_width(nanoseconds))];
  while (bin + 1 < kIatBins && nanoseconds >= kIatStarts[bin + 1]) ++bin;
  return bin;
}

std::uint64_t iat_bin_start(std::size_t bin) noexcept {
  return kIatStarts[bin];
}

void FlowHistograms::add(std::size_t direction, std::size_t size, std::size_t iat,
                         std::size_t iat_both) {
  if (wide) {
    ++wide->sizes[direction][size];
    if (iat < kIatBins) ++wide->iats[direction][iat];
    if (iat_both < kIatBins) ++wide->iats_both[iat_both];
    return;
  }
  constexpr std::uint16_t kFull = std::numeric_limits<std::uint16_t>::max();
  bool full = ++narrow.sizes[direction][size] == kFull;
  if (iat < kIatBins) full |= ++narrow.iats[direction][iat] == kFull;
  if (iat_both < kIatBins) full |= ++narrow.iats_both[iat_both] == kFull;
  if (full) widen();
}

void FlowHistograms::widen() {
  wide = std::make_unique<Bins<std::uint32_t>>();
  for (std::size_t d = 0; d < 2; ++d) {
    std::ranges::copy(narrow.sizes[d], wide->sizes[d].begin());
    std::ranges::copy(narrow.iats[d], wide->iats[d].begin());
  }
  std::ranges::copy(narrow.iats_both, wide->iats_both.begin());
}

void FlowStatistics::add(const FlowPacket& packet) {
  const std::size_t d = packet.direction();
  const std::int64_t now =
      last_both_ns_ < 0 ? 0 : last_both_ns_ + static_cast<std::int64_t>(packet.gap_ns);
  std::size_t own_gap_bin = kIatBins;
  std::size_t gap_bin = kIatBins;

  if (last_ns_[d] >= 0) {
    const auto gap = static_cast<std::uint64_t>(now - last_ns_[d]);
    iats_[d].add(gap);
    own_gap_bin = iat_bin(gap);
  }
  if (last_both_ns_ >= 0) {
    const std::int64_t gap = now - last_both_ns_;
    iats_both_.add(static_cast<std::uint64_t>(gap));
    gap_bin = iat_bin(static_cast<std::uint64_t>(gap));
    direction_changes_ += d != last_direction_ ? 1 : 0;
    if (gap > kBurstGap_ns) {
      end_burst(bursts_);
      burst_ = {now, 0, 0};
    }
    if (gap > kActivityGap_ns) {
      active_.add(static_cast<std::uint64_t>(last_both_ns_ - active_start_ns_));
      idle_.add(static_cast<std::uint64_t>(gap));
      active_start_ns_ = now;
    }
  }
  last_ns_[d] = last_both_ns_ = now;
  last_direction_ = d;

  sizes_[d].add(packet.ip_length);
  histograms_.add(d, size_bin(packet.ip_length), own_gap_bin, gap_bin);
  ++burst_.packets;
  burst_.bytes += packet.ip_length;

  if (packet.payload_length == 0) return;
  payload_[d] += packet.payload_length;
  ++data_packets_[d];
  if (d != message_direction_ && message_bytes_ > 0) {
    messages_[message_direction_].add(message_bytes_);
    message_bytes_ = 0;
  }
  message_direction_ = d;
  message_bytes_ += packet.payload_length;
}

Moments FlowStatistics::messages(Direction direction) const noexcept {
  const auto d = static_cast<std::size_t>(direction);
  Moments all = messages_[d];
  if (d == message_direction_ && message_bytes_ > 0) all.add(message_bytes_);
  return all;
}

void FlowStatistics::end_burst(Bursts& bursts) const noexcept {
  const std::int64_t duration_ns = last_both_ns_ - burst_.start_ns;
  ++bursts.count;
  bursts.max_packets = std::max(bursts.max_packets, burst_.packets);
  bursts.max_bytes = std::max(bursts.max_bytes, burst_.bytes);
  bursts.max_duration_ns = std::max(bursts.max_duration_ns, duration_ns);
  bursts.sum_duration_ns += duration_ns;
}

FlowStatistics::Bursts FlowStatistics::bursts() const noexcept {
  Bursts all = bursts_;
  if (burst_.packets > 0) end_burst(all);
  return all;
}

Moments FlowStatistics::active() const noexcept {
  Moments all = active_;
  if (last_both_ns_ >= 0) all.add(static_cast<std::uint64_t>(last_both_ns_ - active_start_ns_));
  return all;
}

}  // namespace weir
