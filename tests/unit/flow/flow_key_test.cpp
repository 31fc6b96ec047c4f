// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Canonical five-tuples and their hash.
#include "weir/flow/flow_key.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "weir/base/random.hpp"

using weir::FiveTuple;
using weir::FlowKey;
using weir::IpAddress;

TEST_CASE("both directions of a flow have the same key") {
  weir::Random random(1);
  for (int round = 0; round < 1000; ++round) {
    // Few addresses and ports, so that equal ends occur too.
    const FiveTuple there{IpAddress::v4(static_cast<std::uint32_t>(random.below(3))),
                          IpAddress::v4(static_cast<std::uint32_t>(random.below(3))),
                          static_cast<std::uint16_t>(random.below(3)),
                          static_cast<std::uint16_t>(random.below(3)), 17};
    const FiveTuple back{there.dst, there.src, there.dst_port, there.src_port, there.protocol};
    REQUIRE(FlowKey::of(there) == FlowKey::of(back));
    REQUIRE(hash(FlowKey::of(there)) == hash(FlowKey::of(back)));
  }
}

TEST_CASE("flows that differ in one field have different keys and hashes") {
  const IpAddress a = IpAddress::v4(0x0a000001);
  const IpAddress b = IpAddress::v4(0x0a000002);
  const IpAddress c = IpAddress::v4(0x0a000003);
  const std::vector<FiveTuple> tuples{{a, b, 1, 2, 6}, {a, b, 2, 1, 6}, {a, b, 1, 2, 17},
                                      {a, c, 1, 2, 6}, {c, b, 1, 2, 6}, {a, b, 1, 3, 6},
                                      {a, b, 3, 2, 6}};
  std::set<FlowKey> keys;
  std::set<std::uint64_t> hashes;
  for (const FiveTuple& tuple : tuples) {
    keys.insert(FlowKey::of(tuple));
    hashes.insert(hash(FlowKey::of(tuple)));
  }
  CHECK(keys.size() == tuples.size());
  CHECK(hashes.size() == tuples.size());
}

TEST_CASE("hashes of neighbouring flows spread over the low and the high bits") {
  std::set<std::uint64_t> low;
  std::set<std::uint64_t> high;
  for (std::uint16_t port = 0; port < 4096; ++port) {
    const std::uint64_t h =
        hash(FlowKey::of({IpAddress::v4(0x0a000001), IpAddress::v4(0x0a000002), port, 443, 6}));
    low.insert(h & 0xffffU);
    high.insert(h >> 48U);
  }
  // 4096 random draws from 65536 values hit about 3971 of them.
  CHECK(low.size() > 3900);
  CHECK(high.size() > 3900);
}
