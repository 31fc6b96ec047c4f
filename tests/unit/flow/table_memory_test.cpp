// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Memory of large tables keeps what is in it while pages are made one, and lies where it should.
#include "table_memory.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

#include "number_index.hpp"
#include "slab.hpp"

using namespace weir;

namespace {

struct Object {
  std::uint64_t number = 0;
  std::uint64_t rest[11] = {};
};

bool is_aligned(const void* address, std::size_t bytes) {
  return reinterpret_cast<std::uintptr_t>(address) % bytes == 0;
}

}  // namespace

TEST_CASE("blocks keep what is in them while their table grows by huge pages") {
  constexpr std::size_t kBytes = 48U << 10U;  // three of them lie on two huge pages, one on both
  constexpr std::size_t kBlocks = 10 * kHugePageBytes / kBytes;
  TableBlocks<kBytes> memory;
  std::vector<std::byte*> blocks;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    blocks.push_back(memory.take());
    std::memset(blocks.back(), static_cast<int>(i % 251), kBytes);
  }
  std::set<std::byte*> places;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    REQUIRE(is_aligned(blocks[i], kCacheLineBytes));
    REQUIRE(places.insert(blocks[i]).second);
    const std::vector<std::byte> expected(kBytes, static_cast<std::byte>(i % 251));
    REQUIRE(std::memcmp(blocks[i], expected.data(), kBytes) == 0);
  }
}

TEST_CASE("a slab of many objects gives each back as it was, also those used again") {
  constexpr std::uint32_t kObjects = 200'000;  // 19 MB
  Slab<Object> slab;
  for (std::uint32_t i = 0; i < kObjects; ++i) {
    REQUIRE(slab.acquire() == i);
    slab[i].number = i;
  }
  for (std::uint32_t i = 0; i < kObjects; i += 3) slab.release(i);
  for (std::uint32_t i = 0; i < kObjects; i += 3) {
    const std::uint32_t again = slab.acquire();
    REQUIRE(again % 3 == 0);
    REQUIRE(slab[again].number == 0);
    slab[again].number = again;
  }
  REQUIRE(slab.used() == kObjects);
  for (std::uint32_t i = 0; i < kObjects; ++i) REQUIRE(slab[i].number == i);
}

TEST_CASE("an index that has grown over huge pages finds all numbers") {
  constexpr std::uint32_t kNumbers = 400'000;  // 4 MB of slots
  const auto hash = [](std::uint32_t number) { return number * 0x9e3779b97f4a7c15U; };
  NumberIndex index;
  for (std::uint32_t i = 0; i < kNumbers; ++i) index.insert(hash(i), i);
  for (std::uint32_t i = 0; i < kNumbers; i += 2) index.erase(hash(i), i);
  REQUIRE(index.size() == kNumbers / 2);
  for (std::uint32_t i = 0; i < kNumbers; ++i) {
    const std::uint32_t found = index.find(hash(i), [&](std::uint32_t n) { return n == i; });
    REQUIRE(found == (i % 2 == 0 ? kNoNumber : i));
  }
}
