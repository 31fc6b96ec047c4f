// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From sums and kept packets to means, deviations and quartiles.
#include "flow_summary.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <tuple>

#include "weir/base/decimal.hpp"

namespace weir {
namespace {

constexpr std::size_t kForward = 0;
constexpr std::size_t kBackward = 1;

constexpr Distribution kNoDistribution{kAbsent, kAbsent, kAbsent, kAbsent,
                                       kAbsent, kAbsent, kAbsent};

/// Ranks instead of swaps: no branch depends on the values, and there are 20 at most.
void sort(std::span<std::uint64_t> values) noexcept {
  std::array<std::uint64_t, kKeptPackets> sorted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::size_t rank = 0;
    for (std::size_t j = 0; j < i; ++j) rank += values[j] <= values[i] ? 1U : 0U;
    for (std::size_t j = i + 1; j < values.size(); ++j) rank += values[j] < values[i] ? 1U : 0U;
    sorted[rank] = values[i];
  }
  std::copy_n(sorted.begin(), values.size(), values.begin());
}

/// Linear between the two nearest of the sorted values (the default of R and numpy), in 1/scale,
/// halves upwards.
std::int64_t exact_quartile(std::span<const std::uint64_t> sorted, std::size_t quarter,
                            std::uint64_t scale) noexcept {
  const std::size_t rank = quarter * (sorted.size() - 1);
  const std::uint64_t low = sorted[rank / 4];
  const std::uint64_t high = sorted[std::min(rank / 4 + 1, sorted.size() - 1)];
  const std::uint64_t part = rank % 4;
  const std::uint64_t way = (high - low) * scale;
  return static_cast<std::int64_t>(low * scale + way / 4 * part + (way % 4 * part + 2) / 4);
}

/// The value of a rank (0: the least) among those counted in bins. They are taken as spread evenly
/// over what of their bin lies between the least and the greatest of all, each in the middle of its
/// part.
template <typename Count, typename Start>
double binned_value(std::uint64_t rank, const Moments& moments, std::size_t bins, Count count,
                    Start start) {
  std::uint64_t before = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::uint64_t in_bin = count(bin);
    if (rank < before + in_bin) {
      const auto low = static_cast<double>(std::max(start(bin), moments.min));
      const auto high = static_cast<double>(std::min(start(bin + 1), moments.max));
      const double place = static_cast<double>(rank - before) + 0.5;
      return low + place / static_cast<double>(in_bin) * (high - low);
    }
    before += in_bin;
  }
  return static_cast<double>(moments.max);
}

/// Linear between the two nearest of the values, as with exact ones.
template <typename Count, typename Start>
double binned_quartile(std::size_t quarter, const Moments& moments, std::size_t bins, Count count,
                       Start start) {
  const std::uint64_t quarters = quarter * (moments.count - 1);
  const double low = binned_value(quarters / 4, moments, bins, count, start);
  if (quarters % 4 == 0) return low;
  const double high = binned_value(quarters / 4 + 1, moments, bins, count, start);
  return low + static_cast<double>(quarters % 4) / 4 * (high - low);
}

/// `quartile(k)` answers in the unit of the columns, which have so many decimals more than the
/// values.
template <typename Quartile>
Distribution distribution(const Moments& moments, unsigned decimals, Quartile quartile) noexcept {
  const auto min = static_cast<std::int64_t>(moments.min);
  const auto max = static_cast<std::int64_t>(moments.max);
  if (min == max) {
    const std::int64_t all = decimals == 0 ? min : min * 1000;
    return {min, max, all, 0, all, all, all};
  }
  return {min,
          max,
          decimal_ratio(moments.sum, moments.count, decimals),
          to_decimal(moments.standard_deviation(), decimals),
          quartile(1),
          quartile(2),
          quartile(3)};
}

}  // namespace

FlowSummary::FlowSummary(const FlowRecord& flow) noexcept
    : flow_(flow), statistics_(flow.statistics()) {
  add_totals();
}

void FlowSummary::add_totals() noexcept {
  if (statistics_ != nullptr) {
    for (const std::size_t d : {kForward, kBackward}) {
      totals_[d] = {statistics_->sizes(d).count, statistics_->sizes(d).sum, statistics_->payload(d),
                    statistics_->data_packets(d)};
    }
  } else {
    for (std::size_t i = 0, count = flow_.kept_packets(); i < count; ++i) {
      const FlowPacket packet = flow_.packet(i);
      SideTotals& side = totals_[packet.direction()];
      ++side.packets;
      side.bytes += packet.ip_length;
      side.payload_bytes += packet.payload_length;
      side.data_packets += packet.payload_length > 0 ? 1U : 0U;
    }
  }
  const auto& [sent, answered, both] = totals_;
  totals_[kBoth] = {sent.packets + answered.packets, sent.bytes + answered.bytes,
                    sent.payload_bytes + answered.payload_bytes,
                    sent.data_packets + answered.data_packets};
}

std::size_t FlowSummary::bigger() noexcept {
  if (bigger_ != kUnknown) return bigger_;
  const auto weight = [&](std::size_t d) {
    return std::tuple(totals_[d].payload_bytes, totals_[d].packets, totals_[d].bytes);
  };
  auto order = weight(kBackward) <=> weight(kForward);
  if (order == 0) {
    need_sizes();
    need_gaps();
    const auto spread = [&](std::size_t d) {
      return std::tuple(sizes_[d].sum_squares, gaps_[d].sum, gaps_[d].sum_squares);
    };
    order = spread(kBackward) <=> spread(kForward);
  }
  return bigger_ = order > 0 ? kBackward : kForward;
}

std::size_t FlowSummary::index_of(Side side) noexcept {
  switch (side) {
    case Side::forward:
      return kForward;
    case Side::backward:
      return kBackward;
    case Side::bigger:
      return bigger();
    case Side::smaller:
      return 1 - bigger();
    case Side::both:
      break;
  }
  return kBoth;
}

std::uint64_t FlowSummary::direction_changes() noexcept {
  if (statistics_ != nullptr) return statistics_->direction_changes();
  std::uint64_t changes = 0;
  for (std::size_t i = 1, count = flow_.kept_packets(); i < count; ++i) {
    changes += flow_.packet(i).direction() != flow_.packet(i - 1).direction() ? 1U : 0U;
  }
  return changes;
}

void FlowSummary::need_sizes() noexcept {
  if (has_sizes_) return;
  has_sizes_ = true;
  if (statistics_ != nullptr) {
    sizes_[kForward] = statistics_->sizes(kForward);
    sizes_[kBackward] = statistics_->sizes(kBackward);
  } else {
    for (std::size_t i = 0, count = flow_.kept_packets(); i < count; ++i) {
      const FlowPacket packet = flow_.packet(i);
      sizes_[packet.direction()].add(packet.ip_length);
      size_values_[packet.direction()].add(packet.ip_length);
      size_values_[kBoth].add(packet.ip_length);
    }
  }
  sizes_[kBoth] = sizes_[kForward] + sizes_[kBackward];
}

void FlowSummary::need_gaps() noexcept {
  if (has_gaps_) return;
  has_gaps_ = true;
  if (statistics_ != nullptr) {
    gaps_ = {statistics_->iats(kForward), statistics_->iats(kBackward), statistics_->iats_both()};
    return;
  }
  std::array<std::uint64_t, 2> since{};  // the last packet of the direction
  std::array<bool, 2> has_sent{};
  for (std::size_t i = 0, count = flow_.kept_packets(); i < count; ++i) {
    const FlowPacket packet = flow_.packet(i);
    const std::size_t d = packet.direction();
    since[kForward] += packet.gap_ns;
    since[kBackward] += packet.gap_ns;
    if (has_sent[d]) {
      gaps_[d].add(since[d]);
      gap_values_[d].add(since[d]);
    }
    if (i > 0) {
      gaps_[kBoth].add(packet.gap_ns);
      gap_values_[kBoth].add(packet.gap_ns);
    }
    has_sent[d] = true;
    since[d] = 0;
  }
}

const Distribution& FlowSummary::sizes(Side side) noexcept {
  constexpr unsigned kDecimals = 3;
  const std::size_t at = index_of(side);
  Distribution& result = size_distributions_[at];
  if (has_size_distribution_[at]) return result;
  has_size_distribution_[at] = true;
  need_sizes();
  const Moments& moments = sizes_[at];
  if (moments.count == 0) return result = kNoDistribution;
  if (statistics_ == nullptr) {
    Values& kept = size_values_[at];
    const std::span values(kept.values.data(), kept.count);
    if (moments.min != moments.max) sort(values);
    return result = distribution(moments, kDecimals, [&](std::size_t quarter) {
             return exact_quartile(values, quarter, 1000);
           });
  }
  const FlowStatistics& bins = *statistics_;
  const auto count = [&](std::size_t bin) {
    return at == kBoth
               ? std::uint64_t{bins.size_count(kForward, bin)} + bins.size_count(kBackward, bin)
               : bins.size_count(at, bin);
  };
  return result = distribution(moments, kDecimals, [&](std::size_t quarter) {
           return to_decimal(binned_quartile(quarter, moments, kSizeBins, count, size_bin_start),
                             kDecimals);
         });
}

const Distribution& FlowSummary::gaps(Side side) noexcept {
  const std::size_t at = index_of(side);
  Distribution& result = gap_distributions_[at];
  if (has_gap_distribution_[at]) return result;
  has_gap_distribution_[at] = true;
  need_gaps();
  const Moments& moments = gaps_[at];
  if (moments.count == 0) return result = kNoDistribution;
  if (statistics_ == nullptr) {
    Values& kept = gap_values_[at];
    const std::span values(kept.values.data(), kept.count);
    if (moments.min != moments.max) sort(values);
    return result = distribution(
               moments, 0, [&](std::size_t quarter) { return exact_quartile(values, quarter, 1); });
  }
  const FlowStatistics& bins = *statistics_;
  const auto count = [&](std::size_t bin) {
    return at == kBoth ? bins.iat_both_count(bin) : bins.iat_count(at, bin);
  };
  return result = distribution(moments, 0, [&](std::size_t quarter) {
           return to_decimal(binned_quartile(quarter, moments, kIatBins, count, iat_bin_start), 0);
         });
}

void FlowSummary::need_messages() noexcept {
  if (has_messages_) return;
  has_messages_ = true;
  if (statistics_ != nullptr) {
    messages_[kForward] = statistics_->messages(Direction::forward);
    messages_[kBackward] = statistics_->messages(Direction::backward);
  } else {
    std::uint64_t bytes = 0;
    std::size_t sender = kForward;
    for (std::size_t i = 0, count = flow_.kept_packets(); i < count; ++i) {
      const FlowPacket packet = flow_.packet(i);
      if (packet.payload_length == 0) continue;
      if (packet.direction() != sender && bytes > 0) {
        messages_[sender].add(bytes);
        bytes = 0;
      }
      sender = packet.direction();
      bytes += packet.payload_length;
    }
    if (bytes > 0) messages_[sender].add(bytes);
  }
  messages_[kBoth] = messages_[kForward] + messages_[kBackward];
}

const Moments& FlowSummary::messages(Side side) noexcept {
  need_messages();
  return messages_[index_of(side)];
}

void FlowSummary::need_activity() noexcept {
  if (has_activity_) return;
  has_activity_ = true;
  if (statistics_ != nullptr) {
    bursts_ = statistics_->bursts();
    active_ = statistics_->active();
    idle_ = statistics_->idle();
    return;
  }
  std::int64_t burst_ns = 0;
  std::int64_t period_ns = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  const auto end_burst = [&] {
    ++bursts_.count;
    bursts_.max_packets = std::max(bursts_.max_packets, packets);
    bursts_.max_bytes = std::max(bursts_.max_bytes, bytes);
    bursts_.max_duration_ns = std::max(bursts_.max_duration_ns, burst_ns);
    bursts_.sum_duration_ns += burst_ns;
  };
  for (std::size_t i = 0, count = flow_.kept_packets(); i < count; ++i) {
    const FlowPacket packet = flow_.packet(i);
    const auto gap_ns = static_cast<std::int64_t>(packet.gap_ns);
    burst_ns += gap_ns;
    period_ns += gap_ns;
    if (gap_ns > kBurstGap_ns) {
      burst_ns -= gap_ns;
      end_burst();
      burst_ns = 0;
      packets = bytes = 0;
    }
    if (gap_ns > kActivityGap_ns) {
      active_.add(static_cast<std::uint64_t>(period_ns - gap_ns));
      idle_.add(packet.gap_ns);
      period_ns = 0;
    }
    ++packets;
    bytes += packet.ip_length;
  }
  end_burst();
  active_.add(static_cast<std::uint64_t>(period_ns));
}

const FlowStatistics::Bursts& FlowSummary::bursts() noexcept {
  need_activity();
  return bursts_;
}

const Moments& FlowSummary::active() noexcept {
  need_activity();
  return active_;
}

const Moments& FlowSummary::idle() noexcept {
  need_activity();
  return idle_;
}

namespace {

/// The first fine bin of each of the 8 bins, and the end of the last.
constexpr std::array<std::size_t, kShareBins + 1> kSizeShareBins{0,  3,  6,  9,        12,
                                                                 15, 17, 19, kSizeBins};
constexpr std::array<std::size_t, kShareBins + 1> kIatShareBins{0,  2,  5,  8,       11,
                                                                14, 17, 20, kIatBins};

template <typename Count>
ShareCounts merge_bins(const std::array<std::size_t, kShareBins + 1>& bounds, Count count) {
  ShareCounts merged{};
  for (std::size_t bin = 0; bin < kShareBins; ++bin) {
    for (std::size_t fine = bounds[bin]; fine < bounds[bin + 1]; ++fine) merged[bin] += count(fine);
  }
  return merged;
}

/// 64, 128, 256, 512, 1024, 1280, 1408 begin the bins after the first: all multiples of 64.
std::size_t size_share_bin(std::uint64_t bytes) noexcept {
  static constexpr std::array<std::uint8_t, 23> kBins{0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4,
                                                      4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7};
  return kBins[std::min<std::uint64_t>(bytes / 64, kBins.size() - 1)];
}

/// 10 us to 10 s, one a decade, begin the bins after the first.
std::size_t gap_share_bin(std::uint64_t ns) noexcept {
  static constexpr std::array<std::uint64_t, kShareBins - 1> kStarts{
      10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000, 10'000'000'000};
  std::size_t bin = 0;
  for (const std::uint64_t start : kStarts) bin += ns >= start ? 1U : 0U;
  return bin;
}

}  // namespace

ShareCounts FlowSummary::size_shares(Side side) noexcept {
  const std::size_t d = index_of(side);
  if (statistics_ != nullptr) {
    return merge_bins(kSizeShareBins,
                      [&](std::size_t fine) { return statistics_->size_count(d, fine); });
  }
  need_sizes();
  ShareCounts counts{};
  for (std::size_t i = 0; i < size_values_[d].count; ++i) {
    ++counts[size_share_bin(size_values_[d].values[i])];
  }
  return counts;
}

ShareCounts FlowSummary::gap_shares(Side side) noexcept {
  const std::size_t d = index_of(side);
  if (statistics_ != nullptr) {
    return merge_bins(kIatShareBins,
                      [&](std::size_t fine) { return statistics_->iat_count(d, fine); });
  }
  need_gaps();
  ShareCounts counts{};
  for (std::size_t i = 0; i < gap_values_[d].count; ++i) {
    ++counts[gap_share_bin(gap_values_[d].values[i])];
  }
  return counts;
}

}  // namespace weir
