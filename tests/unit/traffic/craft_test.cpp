// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Frames have the values asked for, and checksums that a computation over all their bytes confirms.
#include "weir/traffic/craft.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "memory_sink.hpp"
#include "weir/base/random.hpp"
#include "weir/net/decode.hpp"

using weir::test::parse_checked;

namespace {

/// A payload with its sum computed byte by byte, in memory order.
weir::PacketPayload summed(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint8_t> padded = bytes;
  padded.resize((bytes.size() + 1) / 2 * 2);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < padded.size(); i += 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, &padded[i], sizeof word);
    sum += word;
  }
  return {bytes, sum};
}

std::vector<std::uint8_t> bytes_of(const weir::RawPacket& frame) {
  return {frame.data, frame.data + frame.captured_length};
}

weir::PacketSpec random_spec(weir::Random& random, bool v4, bool tcp) {
  weir::PacketSpec spec;
  for (weir::IpAddress* address : {&spec.tuple.src, &spec.tuple.dst}) {
    for (std::uint8_t& byte : address->bytes) byte = static_cast<std::uint8_t>(random.next());
    if (v4) *address = weir::IpAddress::v4(static_cast<std::uint32_t>(random.next()));
  }
  spec.tuple.src_port = static_cast<std::uint16_t>(random.next());
  spec.tuple.dst_port = static_cast<std::uint16_t>(random.next());
  spec.tuple.protocol = tcp ? 6 : 17;
  spec.ttl = static_cast<std::uint8_t>(random.next());
  spec.ip_id = static_cast<std::uint16_t>(random.next());
  if (!tcp) return spec;
  spec.tcp.sequence = static_cast<std::uint32_t>(random.next());
  spec.tcp.acknowledgement = static_cast<std::uint32_t>(random.next());
  spec.tcp.flags = static_cast<std::uint8_t>(random.next());
  spec.tcp.window = static_cast<std::uint16_t>(random.next());
  if (random.chance(0.3)) spec.tcp.mss = static_cast<std::uint16_t>(random.between(1, 65'535));
  return spec;
}

}  // namespace

TEST_CASE("a crafted frame parses back to its values, with right lengths and checksums") {
  weir::PacketCrafter crafter(262'144);
  weir::Random random(7);
  for (int round = 0; round < 4'000; ++round) {
    const bool tcp = round % 2 == 0;
    weir::PacketSpec spec = random_spec(random, round % 4 < 2, tcp);
    std::vector<std::uint8_t> content(random.below(tcp ? 1'461 : 2'000));
    for (std::uint8_t& byte : content) byte = static_cast<std::uint8_t>(random.next());
    spec.payload = summed(content);
    const weir::RawPacket frame = crafter.craft(spec);
    const auto bytes = bytes_of(frame);
    if (bytes.size() < 54) continue;  // too short for parse_checked()
    const auto parsed = parse_checked(bytes);
    REQUIRE(parsed);
    CHECK(parsed->tuple == spec.tuple);
    CHECK(parsed->sequence == spec.tcp.sequence);
    CHECK(parsed->acknowledgement == spec.tcp.acknowledgement);
    CHECK(parsed->flags == spec.tcp.flags);
    CHECK(parsed->window == spec.tcp.window);
    CHECK(parsed->mss == spec.tcp.mss);
    CHECK(parsed->payload == content.size());
    CHECK(std::equal(content.rbegin(), content.rend(), bytes.rbegin()));
    weir::Packet decoded;
    REQUIRE(decode(frame, decoded) == weir::DecodeStatus::decoded);
    CHECK(decoded.ttl == spec.ttl);
  }
}

TEST_CASE("a UDP checksum that comes out as zero is sent as all ones") {
  weir::PacketCrafter crafter(262'144);
  weir::PacketSpec spec;
  spec.tuple = {weir::IpAddress::v4(0x0a000001), weir::IpAddress::v4(0x0a000002), 1'000, 2'000, 17};
  // The two bytes of payload that make the sum all ones, found by trying.
  bool found = false;
  for (unsigned word = 0; word <= 0xffff && !found; ++word) {
    std::vector<std::uint8_t> content(14);
    content[0] = static_cast<std::uint8_t>(word >> 8U);
    content[1] = static_cast<std::uint8_t>(word);
    spec.payload = summed(content);
    const auto bytes = bytes_of(crafter.craft(spec));
    REQUIRE((bytes[40] | bytes[41]) != 0);
    found = bytes[40] == 0xff && bytes[41] == 0xff;
    if (found) CHECK(parse_checked(bytes));
  }
  CHECK(found);
}

TEST_CASE("a snap length cuts the bytes of a frame and none of its values") {
  const std::vector<std::uint8_t> content(1'000, 0x5a);
  weir::Random random(3);
  weir::PacketSpec spec = random_spec(random, true, true);
  spec.tcp.mss = 0;
  spec.payload = summed(content);
  weir::PacketCrafter whole(262'144);
  const auto expected = bytes_of(whole.craft(spec));
  for (const std::uint32_t snap_length : {1U, 14U, 53U, 54U, 55U, 128U, 1'053U, 1'054U, 1'055U}) {
    weir::PacketCrafter crafter(snap_length);
    const weir::RawPacket frame = crafter.craft(spec);
    CHECK(frame.original_length == 1'054);
    const auto bytes = bytes_of(frame);
    CHECK(bytes.size() == std::min(snap_length, 1'054U));
    CHECK(std::equal(bytes.begin(), bytes.end(), expected.begin()));
  }
}

TEST_CASE("frames on loopback have no link addresses, others have those of their hosts") {
  weir::PacketCrafter crafter(262'144);
  weir::PacketSpec spec;
  spec.tuple = {weir::IpAddress::v4(0x0a000001), weir::IpAddress::v4(0x0a000002), 1, 2, 17};
  const auto outside = bytes_of(crafter.craft(spec));
  CHECK(outside[0] == 0x02);
  CHECK(outside[5] == 0x02);
  CHECK(outside[11] == 0x01);
  spec.tuple.src = spec.tuple.dst = weir::IpAddress::v4(0x7f000001);
  const auto loopback = bytes_of(crafter.craft(spec));
  CHECK(std::accumulate(loopback.begin(), loopback.begin() + 12, 0) == 0);
}

TEST_CASE("selective acknowledgements are the last option, behind timestamps or alone") {
  weir::PacketCrafter crafter(262'144);
  weir::Random random(9);
  for (const bool timestamps : {false, true}) {
    for (std::uint8_t blocks = 1; blocks <= weir::TcpFields::kMostSackBlocks; ++blocks) {
      weir::PacketSpec spec = random_spec(random, blocks % 2 == 0, true);
      spec.tcp.mss = 0;
      spec.tcp.flags = weir::kTcpAck;
      spec.tcp.timestamp = timestamps ? 7 : 0;
      spec.tcp.sack_blocks = blocks;
      for (std::uint32_t i = 0; i < blocks; ++i) spec.tcp.sack[i] = {1'000 * i, 1'000 * i + 500};
      const std::vector<std::uint8_t> frame = bytes_of(crafter.craft(spec));
      const auto parsed = parse_checked(frame);
      REQUIRE(parsed);
      CHECK(parsed->payload == 0);
      const std::size_t option_bytes = 4U + 8U * blocks;
      CHECK(frame.size() == 14 + (spec.tuple.dst.is_v4() ? 20U : 40U) + 20 +
                                (timestamps ? 12U : 0U) + option_bytes);
      const std::uint8_t* const option = frame.data() + frame.size() - option_bytes;
      CHECK(option[0] == 1);
      CHECK(option[1] == 1);
      CHECK(option[2] == 5);
      CHECK(option[3] == 2 + 8 * blocks);
      for (std::uint32_t i = 0; i < blocks; ++i) {
        CHECK(weir::test::read32(option + 4 + 8 * i) == 1'000 * i);
        CHECK(weir::test::read32(option + 8 + 8 * i) == 1'000 * i + 500);
      }
    }
  }
}
