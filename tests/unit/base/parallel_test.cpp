// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Results come in order, whatever the number of threads.
#include "weir/base/parallel.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

TEST_CASE("results are consumed in order for any number of threads") {
  for (const unsigned threads : {1U, 2U, 5U}) {
    std::vector<std::size_t> consumed;
    weir::parallel_ordered(
        100, threads, [](std::size_t i) { return i * i; },
        [&](std::size_t i, std::size_t square) {
          REQUIRE(square == i * i);
          consumed.push_back(i);
        });
    REQUIRE(consumed.size() == 100);
    for (std::size_t i = 0; i < consumed.size(); ++i) REQUIRE(consumed[i] == i);
  }
}

TEST_CASE("the first failure in order is rethrown, after earlier results were consumed") {
  for (const unsigned threads : {1U, 4U}) {
    std::size_t consumed = 0;
    const auto run = [&] {
      weir::parallel_ordered(
          50, threads,
          [](std::size_t i) {
            if (i >= 7) throw std::runtime_error(std::to_string(i));
            return i;
          },
          [&](std::size_t, std::size_t) { ++consumed; });
    };
    CHECK_THROWS_WITH(run(), "7");
    CHECK(consumed == 7);
  }
}

TEST_CASE("a failing consumer stops the work") {
  const auto run = [] {
    weir::parallel_ordered(
        1000, 3, [](std::size_t i) { return i; },
        [](std::size_t, std::size_t) { throw std::runtime_error("full"); });
  };
  CHECK_THROWS_WITH(run(), "full");
}
