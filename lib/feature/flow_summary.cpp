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

constexpr Distribution kNoDistribution{kAbsent, kAbsent, kAbsent, kAbsent,
                                       kAbsent, kAbsent, kAbsent};

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
  if (statistics_ == nullptr) {
    totals_ = short_.emplace(flow).totals;
    return;
  }
  auto& [sent, answered, both] = totals_;
  for (const std::size_t d : {kForward, kBackward}) {
    totals_[d] = {statistics_->sizes(d).count, statistics_->sizes(d).sum, statistics_->payload(d),
                  statistics_->data_packets(d)};
  }
  both = {sent.packets + answered.packets, sent.bytes + answered.bytes,
          sent.payload_bytes + answered.payload_bytes, sent.data_packets + answered.data_packets};
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
  return kBothSides;
}

std::uint64_t FlowSummary::direction_changes() noexcept {
  return short_ ? short_->direction_changes : statistics_->direction_changes();
}

void FlowSummary::need_sizes() noexcept {
  if (has_sizes_) return;
  has_sizes_ = true;
  for (const std::size_t d : {kForward, kBackward}) {
    sizes_[d] = short_ ? short_->sizes[d].moments() : statistics_->sizes(d);
  }
  sizes_[kBothSides] = sizes_[kForward] + sizes_[kBackward];
}

void FlowSummary::need_gaps() noexcept {
  if (has_gaps_) return;
  has_gaps_ = true;
  if (short_) {
    for (std::size_t side = 0; side < gaps_.size(); ++side) {
      gaps_[side] = short_->gaps[side].moments();
    }
  } else {
    gaps_ = {statistics_->iats(kForward), statistics_->iats(kBackward), statistics_->iats_both()};
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
  if (short_) {
    Series& values = short_->sizes[at];
    if (moments.min != moments.max) values.sort();
    return result = distribution(moments, kDecimals, [&](std::size_t quarter) {
             return exact_quartile(values.all(), quarter, 1000);
           });
  }
  const FlowStatistics& bins = *statistics_;
  const auto count = [&](std::size_t bin) {
    return at == kBothSides
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
  if (short_) {
    Series& values = short_->gaps[at];
    if (moments.min != moments.max) values.sort();
    return result = distribution(moments, 0, [&](std::size_t quarter) {
             return exact_quartile(values.all(), quarter, 1);
           });
  }
  const FlowStatistics& bins = *statistics_;
  const auto count = [&](std::size_t bin) {
    return at == kBothSides ? bins.iat_both_count(bin) : bins.iat_count(at, bin);
  };
  return result = distribution(moments, 0, [&](std::size_t quarter) {
           return to_decimal(binned_quartile(quarter, moments, kIatBins, count, iat_bin_start), 0);
         });
}

void FlowSummary::need_messages() noexcept {
  if (has_messages_) return;
  has_messages_ = true;
  if (short_) {
    const MessageList& list = opening();
    for (std::size_t n = 0; n < list.count; ++n) messages_[list.direction_of(n)].add(list.bytes[n]);
  } else {
    messages_[kForward] = statistics_->messages(Direction::forward);
    messages_[kBackward] = statistics_->messages(Direction::backward);
  }
  messages_[kBothSides] = messages_[kForward] + messages_[kBackward];
}

const Moments& FlowSummary::messages(Side side) noexcept {
  need_messages();
  return messages_[index_of(side)];
}

const MessageList& FlowSummary::opening() noexcept {
  return opening_ ? *opening_ : opening_.emplace(flow_);
}

void FlowSummary::need_activity() noexcept {
  if (has_activity_) return;
  has_activity_ = true;
  if (short_) {
    const ShortActivity activity(flow_);
    bursts_ = activity.bursts;
    active_ = activity.active;
    idle_ = activity.idle;
  } else {
    bursts_ = statistics_->bursts();
    active_ = statistics_->active();
    idle_ = statistics_->idle();
  }
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
  static constexpr std::array<std::uint64_t, kShareBins> kEnds{
      10'000,      100'000,       1'000'000,      10'000'000,
      100'000'000, 1'000'000'000, 10'000'000'000, ~std::uint64_t{0}};
  // The bin of the least number that has so many bits; the greatest is at most in the next.
  static constexpr std::array<std::uint8_t, 65> kFirstBin = [] {
    std::array<std::uint8_t, 65> bins{};
    for (unsigned bits = 1; bits <= 64; ++bits) {
      while ((std::uint64_t{1} << (bits - 1)) >= kEnds[bins[bits]]) ++bins[bits];
    }
    return bins;
  }();
  const std::size_t bin = kFirstBin[static_cast<std::size_t>(std::bit_width(ns))];
  return bin + (ns >= kEnds[bin] ? 1U : 0U);
}

template <typename Bin>
ShareCounts share_counts(const Series& series, Bin bin_of) noexcept {
  static_assert(kShareBins == 8 && kKeptPackets < 256);
  std::uint64_t packed = 0;  // a byte a bin
  for (const std::uint64_t value : series.all()) packed += std::uint64_t{1} << 8 * bin_of(value);
  ShareCounts counts;
  for (std::size_t bin = 0; bin < kShareBins; ++bin) counts[bin] = packed >> 8 * bin & 0xffU;
  return counts;
}

}  // namespace

ShareCounts FlowSummary::size_shares(Side side) noexcept {
  const std::size_t d = index_of(side);
  if (statistics_ != nullptr) {
    return merge_bins(kSizeShareBins,
                      [&](std::size_t fine) { return statistics_->size_count(d, fine); });
  }
  return share_counts(short_->sizes[d], size_share_bin);
}

ShareCounts FlowSummary::gap_shares(Side side) noexcept {
  const std::size_t d = index_of(side);
  if (statistics_ != nullptr) {
    return merge_bins(kIatShareBins,
                      [&](std::size_t fine) { return statistics_->iat_count(d, fine); });
  }
  return share_counts(short_->gaps[d], gap_share_bin);
}

}  // namespace weir
