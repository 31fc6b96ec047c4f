// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A value's bin is its highest bit and the three bits after it.
#include "weir/serve/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace weir {

void LatencyHistogram::add(std::int64_t duration_ns) noexcept {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration_ns, 0));
  std::size_t bin = value;  // small values have a bin each
  if (const auto bits = static_cast<unsigned>(std::bit_width(value)); bits > kSubBits + 1) {
    const unsigned shift = bits - kSubBits - 1;
    bin = (std::size_t{shift} << kSubBits) + (value >> shift);
  }
  ++bins_[bin];
  ++count_;
  max_ns_ = std::max(max_ns_, duration_ns);
}

std::int64_t LatencyHistogram::quantile_ns(double quantile) const noexcept {
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count_))));
  std::uint64_t seen = 0;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
    seen += bins_[bin];
    if (seen < wanted) continue;
    const std::size_t shift = bin < (2U << kSubBits) ? 0 : (bin >> kSubBits) - 1;
    const std::uint64_t first = (bin - (shift << kSubBits)) << shift;
    const auto last = static_cast<std::int64_t>(first + (std::uint64_t{1} << shift) - 1);
    return std::min(last, max_ns_);
  }
  return 0;
}

}  // namespace weir
