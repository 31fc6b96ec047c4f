// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The generator's values are part of the contract: same seed, same bytes, on every platform.
#include "weir/base/random.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using weir::Random;

TEST_CASE("the stream of a seed is the published xoshiro256++ over splitmix64") {
  // From the reference C code of Blackman and Vigna, seeded by splitmix64(0).
  Random random(0);
  CHECK(random.next() == 0x53175d61490b23dfU);
  CHECK(random.next() == 0x61da6f3dc380d507U);
  CHECK(random.next() == 0x5c0fdf91ec9a7bfcU);
}

TEST_CASE("bounded values stay in range and reach both ends") {
  Random random(1);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.between(-2, 3));
  CHECK(*seen.begin() == -2);
  CHECK(*seen.rbegin() == 3);
  CHECK(seen.size() == 6);
  CHECK(random.below(1) == 0);
}

TEST_CASE("distributions have the moments they name") {
  Random random(2);
  constexpr int kCount = 200'000;
  double uniform = 0;
  double exponential = 0;
  double normal = 0;
  double squares = 0;
  int above_median = 0;
  for (int i = 0; i < kCount; ++i) {
    uniform += random.uniform();
    exponential += random.exponential(3);
    const double x = random.normal(5, 2);
    normal += x;
    squares += (x - 5) * (x - 5);
    above_median += random.log_normal(10, 1) > 10 ? 1 : 0;
  }
  CHECK(uniform / kCount == Approx(0.5).margin(0.005));
  CHECK(exponential / kCount == Approx(3).margin(0.05));
  CHECK(normal / kCount == Approx(5).margin(0.03));
  CHECK(std::sqrt(squares / kCount) == Approx(2).margin(0.03));
  CHECK(above_median == Approx(kCount / 2).margin(1000));
}

TEST_CASE("a shuffle keeps the items and depends on the seed only") {
  std::array<int, 10> a{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto b = a;
  auto c = a;
  Random(3).shuffle(std::span<int>(a));
  Random(3).shuffle(std::span<int>(b));
  Random(4).shuffle(std::span<int>(c));
  CHECK(a == b);
  CHECK(a != c);
  CHECK(std::set<int>(a.begin(), a.end()).size() == a.size());
}
