// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Sums, bins, messages, bursts and activity, by hand.
#include "weir/flow/flow_statistics.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "conversation.hpp"
#include "weir/base/random.hpp"

using namespace weir;
using namespace weir::test;

namespace {

FlowPacket packet(std::uint64_t gap_ns, unsigned payload, bool backward) {
  FlowPacket p;
  p.gap_ns = gap_ns & 0xffffffffffffffU;
  p.ip_length = payload + 40;
  p.payload_length = payload & 0xffffU;
  p.backward = backward ? 1 : 0;
  return p;
}

}  // namespace

TEST_CASE("moments are exact, also of large values that differ little") {
  Moments moments;
  for (const std::uint64_t value : {2'000'000'000'000U, 2'000'000'000'002U, 2'000'000'000'004U}) {
    moments.add(value);
  }
  CHECK(moments.mean() == 2'000'000'000'002.0);
  CHECK(moments.standard_deviation() == Approx(std::sqrt(8.0 / 3)).epsilon(1e-15));
  CHECK(std::isnan(Moments{}.mean()));
  CHECK(std::isnan(Moments{}.standard_deviation()));
}

TEST_CASE("moments too large for exact arithmetic are still right to a double's precision") {
  Moments moments;
  moments.add(std::uint64_t{1} << 62U);
  for (int i = 0; i < 999; ++i) moments.add(0);
  CHECK(moments.standard_deviation() == Approx(0x1.0p62 * std::sqrt(0.001 - 1e-6)).epsilon(1e-12));
}

TEST_CASE("deviations are those of the compiler's own conversions, bit for bit") {
  Random random(6);
  for (int round = 0; round < 100'000; ++round) {
    Moments moments;
    const std::uint64_t shift = 8 + random.below(56);
    for (std::uint64_t n = 1 + random.below(30); n > 0; --n) moments.add(random.next() >> shift);
    const Moments::Wide spread =
        moments.sum_squares * moments.count - static_cast<Moments::Wide>(moments.sum) * moments.sum;
    const double expected =
        std::sqrt(static_cast<double>(spread)) / static_cast<double>(moments.count);
    if (std::bit_cast<std::uint64_t>(moments.standard_deviation()) !=
        std::bit_cast<std::uint64_t>(expected)) {
      FAIL(moments.sum << ' ' << moments.count);
    }
  }
  // Halfway between two doubles, and next to it: sums of squares that a count of 1 leaves as they
  // are.
  for (unsigned bits = 54; bits < 127; ++bits) {
    const Moments::Wide top = static_cast<Moments::Wide>(1) << bits;
    const Moments::Wide half = top >> 53U;
    for (const Moments::Wide even : {top, top + 2 * half}) {
      for (const int way : {-1, 0, 1}) {
        Moments moments;
        moments.count = 1;
        moments.sum_squares = even + half + static_cast<Moments::Wide>(way);
        REQUIRE(moments.standard_deviation() ==
                std::sqrt(static_cast<double>(moments.sum_squares)));
      }
    }
  }
}

TEST_CASE("every value lies in its bin, and bins follow one another") {
  Random random(5);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t value = random.next() >> random.below(64);
    const std::size_t gap = iat_bin(value);
    REQUIRE(gap < kIatBins);
    REQUIRE(iat_bin_start(gap) <= value);
    if (gap + 1 < kIatBins) REQUIRE(value < iat_bin_start(gap + 1));
    const std::size_t size = size_bin(value);
    REQUIRE(size < kSizeBins);
    REQUIRE(size_bin_start(size) <= value);
    if (size + 1 < kSizeBins) REQUIRE(value < size_bin_start(size + 1));
  }
  CHECK(iat_bin(0) == 0);
  for (const std::uint64_t bound : {64, 128, 256, 512, 1024, 1280, 1408}) {
    CHECK(size_bin(bound) == size_bin(bound - 1) + 1);
  }
  for (std::uint64_t bound = 10'000; bound <= 10'000'000'000; bound *= 10) {
    CHECK(iat_bin(bound) == iat_bin(bound - 1) + 1);
  }
}

TEST_CASE("a message is a run of data from one end; packets without data do not end it") {
  FlowStatistics s;
  s.add(packet(0, 100, false));
  s.add(packet(1, 0, true));
  s.add(packet(1, 50, false));  // first message: 150
  s.add(packet(1, 1000, true));
  s.add(packet(1, 0, false));
  s.add(packet(1, 400, true));  // second: 1400, backward
  s.add(packet(1, 30, false));  // third: 30, not ended yet
  const Moments sent = s.messages(Direction::forward);
  CHECK(sent.count == 2);
  CHECK(sent.max == 150);
  CHECK(sent.mean() == 90);
  const Moments answered = s.messages(Direction::backward);
  CHECK(answered.count == 1);
  CHECK(answered.sum == 1400);
  CHECK(s.direction_changes() == 6);
  CHECK(s.data_packets(0) == 3);
  CHECK(s.payload(1) == 1400);
}

TEST_CASE("bursts end at gaps of more than 0.1 s, periods of activity at more than 1 s") {
  FlowStatistics s;
  s.add(packet(0, 60, false));
  s.add(packet(100 * kMs, 60, true));    // same burst
  s.add(packet(101 * kMs, 60, false));   // new burst, same period
  s.add(packet(1000 * kMs, 60, true));   // new burst, same period
  s.add(packet(2000 * kMs, 60, false));  // after 2 s idle
  s.add(packet(10 * kMs, 160, false));
  const FlowStatistics::Bursts bursts = s.bursts();
  CHECK(bursts.count == 4);
  CHECK(bursts.max_packets == 2);
  CHECK(bursts.max_bytes == 300);
  CHECK(bursts.max_duration_ns == 100 * kMs);
  CHECK(bursts.sum_duration_ns == 110 * kMs);
  CHECK(s.active().count == 2);
  CHECK(s.active().max == 1201 * kMs);
  CHECK(s.active().min == 10 * kMs);
  CHECK(s.idle().count == 1);
  CHECK(s.idle().sum == 2000 * kMs);
}

TEST_CASE("gaps are those to the last packet of the same end, and to the last of either") {
  FlowStatistics s;
  s.add(packet(0, 1, false));
  s.add(packet(10, 1, true));
  s.add(packet(20, 1, false));
  s.add(packet(30, 1, true));
  CHECK(s.iats(0).sum == 30);
  CHECK(s.iats(0).count == 1);
  CHECK(s.iats(1).sum == 50);
  CHECK(s.iats_both().count == 3);
  CHECK(s.iats_both().sum == 60);
  CHECK(s.iats_both().max == 30);
}

TEST_CASE("histograms and flag counts keep counting past 16 bits") {
  FlowStatistics s;
  for (std::int64_t i = 0; i < 200'000; ++i) {
    FlowPacket p = packet(i > 0 ? kMs : 0, 10, i % 4 == 3);
    p.tcp_flags = kFlagAck;
    s.add(p);
  }
  const std::size_t size = size_bin(50);
  CHECK(s.size_count(0, size) == 150'000);
  CHECK(s.size_count(1, size) == 50'000);
  CHECK(s.iat_both_count(iat_bin(kMs)) == 199'999);
  CHECK(s.iat_count(1, iat_bin(4 * kMs)) == 49'999);
  CHECK(s.tcp_flag_count(0, 4) == 150'000);
  CHECK(s.tcp_flag_count(1, 4) == 50'000);
  CHECK(s.tcp_flag_count(0, 1) == 0);
}

TEST_CASE("48-bit numbers and sums of squares stay at their greatest values") {
  CHECK(std::uint64_t{Uint48(Uint48::kMax)} == Uint48::kMax);
  CHECK(std::uint64_t{Uint48(Uint48::kMax + 5)} == Uint48::kMax);
  CHECK(std::uint64_t{Uint48(0x123456789abcU)} == 0x123456789abcU);
  SquareSum sum;
  sum.add(Uint48::kMax);
  CHECK(sum.get() == SquareSum::Wide{Uint48::kMax} * Uint48::kMax);
  sum.add(std::uint64_t{1} << 50U);
  CHECK(sum.get() == (SquareSum::Wide{1} << 96U) - 1);
}
