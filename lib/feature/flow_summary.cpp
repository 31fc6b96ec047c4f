// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From sums and kept packets to means, deviations and quartiles.
#include "flow_summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

namespace weir {
namespace {

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
constexpr double kSecondsPerNano = 1e-9;
constexpr std::size_t kForward = 0;
constexpr std::size_t kBackward = 1;
constexpr std::size_t kBoth = 2;

/// Up to kKeptPackets values, for exact quartiles.
class Values {
 public:
  void add(std::uint64_t value) noexcept { values_[count_++] = value; }
  void sort() noexcept { std::sort(values_.begin(), values_.begin() + count_); }

  /// Linear between the two nearest of the sorted values (the default of R and numpy).
  double quantile(double q) const noexcept {
    if (count_ == 0) return kAbsent;
    const double rank = q * static_cast<double>(count_ - 1);
    const auto below = static_cast<std::size_t>(rank);
    const std::size_t above =
        std::min<std::size_t>(below + 1, static_cast<std::size_t>(count_ - 1));
    const auto low = static_cast<double>(values_[below]);
    const auto high = static_cast<double>(values_[above]);
    return low + (rank - static_cast<double>(below)) * (high - low);
  }

 private:
  std::array<std::uint64_t, kKeptPackets> values_;
  std::ptrdiff_t count_ = 0;
};

/// Sizes and gaps of a short flow by direction, and of both.
struct ShortFlow {
  std::array<Values, 3> sizes;
  std::array<Values, 3> iats;

  explicit ShortFlow(const FlowRecord& flow) {
    std::array<std::int64_t, 3> last{-1, -1, -1};
    std::int64_t now = 0;
    for (std::size_t n = 0; n < flow.packets(); ++n) {
      const FlowPacket packet = flow.packet(n);
      now += static_cast<std::int64_t>(packet.gap_ns);
      for (const std::size_t side : {packet.direction(), kBoth}) {
        sizes[side].add(packet.ip_length);
        if (last[side] >= 0) iats[side].add(static_cast<std::uint64_t>(now - last[side]));
        last[side] = now;
      }
    }
    for (Values& values : sizes) values.sort();
    for (Values& values : iats) values.sort();
  }
};

/// The quantile of values counted in bins, taken as spread evenly over each bin.
template <typename Count, typename Start>
double binned_quantile(double q, const Moments& moments, std::size_t bins, Count count,
                       Start start) {
  if (moments.count == 0) return kAbsent;
  const double rank = q * static_cast<double>(moments.count - 1);
  double before = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const auto in_bin = static_cast<double>(count(bin));
    if (rank < before + in_bin) {
      const auto low = static_cast<double>(start(bin));
      const auto high = static_cast<double>(start(bin + 1));
      const double value = low + (rank - before + 0.5) / in_bin * (high - low);
      return std::clamp(value, static_cast<double>(moments.min), static_cast<double>(moments.max));
    }
    before += in_bin;
  }
  return static_cast<double>(moments.max);
}

/// `quantile(q)` and `moments` are in the series' own unit, of which `unit` makes the table's.
template <typename Quantile>
Distribution distribution(const Moments& moments, double unit, Quantile quantile) {
  if (moments.count == 0) {
    return {kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent, kAbsent};
  }
  return {static_cast<double>(moments.min) * unit,
          static_cast<double>(moments.max) * unit,
          moments.mean() * unit,
          moments.standard_deviation() * unit,
          quantile(0.25) * unit,
          quantile(0.5) * unit,
          quantile(0.75) * unit};
}

}  // namespace

FlowSummary::FlowSummary(const FlowRecord& record)
    : flow(record),
      context(record.context()),
      duration_s(static_cast<double>(record.last_ns() - record.start_ns()) * kSecondsPerNano),
      statistics_(record.statistics()) {
  std::optional<ShortFlow> exact;
  if (statistics_ == nullptr) {
    exact.emplace(record);
    statistics_ = &replayed_.emplace();
    for (std::size_t n = 0; n < record.packets(); ++n) replayed_->add(record.packet(n));
  }
  const FlowStatistics& s = *statistics_;
  bursts = s.bursts();
  active = s.active();

  const std::array<Moments, 3> sizes{s.sizes(0), s.sizes(1), s.sizes(0) + s.sizes(1)};
  const std::array<Moments, 3> iats{s.iats(0), s.iats(1), s.iats_both()};
  const Moments sent = s.messages(Direction::forward);
  const Moments answered = s.messages(Direction::backward);
  const std::array<Moments, 3> messages{sent, answered, sent + answered};
  const auto total = [&](auto count, std::size_t side) {
    return static_cast<double>(side == kBoth ? (s.*count)(0) + (s.*count)(1) : (s.*count)(side));
  };
  for (std::size_t side = 0; side < 3; ++side) {
    const auto size_quantile = [&](double q) {
      if (exact) return exact->sizes[side].quantile(q);
      const auto count = [&](std::size_t bin) {
        return side == kBoth
                   ? std::uint64_t{s.size_count(kForward, bin)} + s.size_count(kBackward, bin)
                   : s.size_count(side, bin);
      };
      return binned_quantile(q, sizes[side], kSizeBins, count, size_bin_start);
    };
    const auto iat_quantile = [&](double q) {
      if (exact) return exact->iats[side].quantile(q);
      const auto count = [&](std::size_t bin) {
        return side == kBoth ? s.iat_both_count(bin) : s.iat_count(side, bin);
      };
      return binned_quantile(q, iats[side], kIatBins, count, iat_bin_start);
    };
    sides_[side] = {
        static_cast<double>(sizes[side].count),
        static_cast<double>(sizes[side].sum),
        total(&FlowStatistics::payload, side),
        total(&FlowStatistics::data_packets, side),
        distribution(sizes[side], 1.0, size_quantile),
        distribution(iats[side], kSecondsPerNano, iat_quantile),
        static_cast<double>(messages[side].count),
        distribution(messages[side], 1.0, [](double) { return kAbsent; }),
    };
  }
  const auto weight = [&](std::size_t d) {
    return std::tuple(s.payload(d), sizes[d].count, sizes[d].sum, sizes[d].sum_squares, iats[d].sum,
                      iats[d].sum_squares);
  };
  bigger_ = weight(kBackward) > weight(kForward) ? kBackward : kForward;
}

const SideSummary& FlowSummary::of(Side side) const noexcept {
  return side == Side::both ? sides_[kBoth] : sides_[direction_of(side)];
}

std::size_t FlowSummary::direction_of(Side side) const noexcept {
  switch (side) {
    case Side::backward:
      return kBackward;
    case Side::bigger:
      return bigger_;
    case Side::smaller:
      return 1 - bigger_;
    default:
      return kForward;
  }
}

namespace {

/// The first fine bin of each of the 8 bins, and the end of the last.
constexpr std::array<std::size_t, kShareBins + 1> kSizeShareBins{0,  4,  8,  12,       20,
                                                                 28, 32, 34, kSizeBins};
constexpr std::array<std::size_t, kShareBins + 1> kIatShareBins{0,  5,  9,  13,      17,
                                                                21, 25, 29, kIatBins};

template <typename Count>
double share(const std::array<std::size_t, kShareBins + 1>& bounds, std::size_t bin,
             std::uint64_t total, Count count) {
  if (total == 0) return kAbsent;
  std::uint64_t sum = 0;
  for (std::size_t fine = bounds[bin]; fine < bounds[bin + 1]; ++fine) sum += count(fine);
  return static_cast<double>(sum) / static_cast<double>(total);
}

}  // namespace

double FlowSummary::size_share(std::size_t direction, std::size_t bin) const noexcept {
  return share(kSizeShareBins, bin, statistics_->sizes(direction).count,
               [&](std::size_t fine) { return statistics_->size_count(direction, fine); });
}

double FlowSummary::iat_share(std::size_t direction, std::size_t bin) const noexcept {
  return share(kIatShareBins, bin, statistics_->iats(direction).count,
               [&](std::size_t fine) { return statistics_->iat_count(direction, fine); });
}

std::optional<FlowPacket> FlowSummary::packet(std::size_t n) const noexcept {
  if (n >= flow.kept_packets()) return std::nullopt;
  return flow.packet(n);
}

}  // namespace weir
