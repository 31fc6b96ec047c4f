// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The block format: sections, interfaces with their clocks, packets, and what is none of these.
#include "capture_bytes.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::LinkType;
using weir::open_capture;
using namespace weir::test;

namespace {

constexpr unsigned kTimeResolution = 9;
constexpr unsigned kTimeOffset = 14;

std::string resolution(ByteOrder order, unsigned value) {
  return option(order, kTimeResolution, std::string(1, static_cast<char>(value)));
}

std::vector<KeptPacket> packets_of(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto capture = open_capture(folder.file("x.pcapng", bytes));
  std::vector<KeptPacket> packets = read_all(*capture);
  CHECK(capture->lost_bytes() == 0);
  return packets;
}

}  // namespace

TEST_CASE("pcapng interfaces have their own clocks and link types") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::string end = option(order, 0, "");
  const std::string offset = option(order, kTimeOffset, FileBytes(order).u64(1000).str());
  const std::string negative =
      option(order, kTimeOffset, FileBytes(order).u64(static_cast<std::uint64_t>(-2)).str());
  const std::string bytes =
      section(order) + interface(order, 1) +
      interface(order, 113, option(order, 2, "eth0") + resolution(order, 9) + end) +
      interface(order, 276, resolution(order, 0x80U | 20U) + offset) +
      interface(order, 101, negative) + enhanced_packet(order, 0, 1'700'000'000'000'001, "micro") +
      enhanced_packet(order, 1, 1'700'000'000'000'000'001, "nano") +
      enhanced_packet(order, 2, (5ULL << 20U) + (1ULL << 19U), "binary") +
      enhanced_packet(order, 3, 3'000'000, "moved");
  CHECK(packets_of(bytes) ==
        std::vector<KeptPacket>{{1'700'000'000'000'001'000, "micro", 105, LinkType::ethernet},
                                {1'700'000'000'000'000'001, "nano", 104, LinkType::linux_sll},
                                {1'005'500'000'000, "binary", 106, LinkType::linux_sll2},
                                {1'000'000'000, "moved", 105, LinkType::raw_ip}});
}

TEST_CASE("odd clock resolutions neither divide by zero nor overflow") {
  const ByteOrder order = ByteOrder::little;
  for (const unsigned value : {0U, 1U, 18U, 19U, 20U, 127U, 128U, 191U, 192U, 255U}) {
    const std::string bytes = section(order) + interface(order, 1, resolution(order, value)) +
                              enhanced_packet(order, 0, ~std::uint64_t{0}, "x") +
                              enhanced_packet(order, 0, 0, "y");
    const std::vector<KeptPacket> packets = packets_of(bytes);
    REQUIRE(packets.size() == 2);
    CHECK(packets[1].time_ns == 0);
  }
}

TEST_CASE("each section has its own byte order and interfaces") {
  const ByteOrder first = GENERATE(ByteOrder::little, ByteOrder::big);
  const ByteOrder second = first == ByteOrder::little ? ByteOrder::big : ByteOrder::little;
  const std::string bytes = section(first) + interface(first, 1) +
                            enhanced_packet(first, 0, 1, "a") + section(second) +
                            interface(second, 101) + enhanced_packet(second, 0, 2, "b");
  CHECK(packets_of(bytes) == std::vector<KeptPacket>{{1000, "a", 101, LinkType::ethernet},
                                                     {2000, "b", 101, LinkType::raw_ip}});
}

TEST_CASE("simple packets take the time of the packet before") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::string whole = block(order, 3, FileBytes(order).u32(5).text("whole").str());
  const std::string limited = block(order, 3, FileBytes(order).u32(100).text("12345678").str());
  const std::string bytes = section(order) + interface(order, 1, {}, 8) + whole +
                            enhanced_packet(order, 0, 7, "x") + limited;
  CHECK(packets_of(bytes) == std::vector<KeptPacket>{{0, "whole", 5, LinkType::ethernet},
                                                     {7000, "x", 101, LinkType::ethernet},
                                                     {7000, "12345678", 100, LinkType::ethernet}});
}

TEST_CASE("the obsolete packet block is read") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::string body = FileBytes(order)
                               .u16(1)  // interface
                               .u16(9)  // drops
                               .u32(1)
                               .u32(2)
                               .u32(3)
                               .u32(60)
                               .text("old")
                               .str();
  const std::string bytes =
      section(order) + interface(order, 1) + interface(order, 101) + block(order, 2, body);
  CHECK(packets_of(bytes) ==
        std::vector<KeptPacket>{{4'294'967'298'000, "old", 60, LinkType::raw_ip}});
}

TEST_CASE("unknown blocks are passed, however long") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::size_t size = GENERATE(0UL, 4UL, 200'000UL, 1'000'000UL);
  const std::string bytes = section(order) + block(order, 5, "statistics") + interface(order, 1) +
                            enhanced_packet(order, 0, 1, "a") +
                            block(order, 0xbad, std::string(size, 'x')) +
                            enhanced_packet(order, 0, 2, "b");
  CHECK(packets_of(bytes).size() == 2);
}

TEST_CASE("a pcapng that is cut anywhere gives the packets before the cut") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const TemporaryFolder folder;
  const std::vector<std::string> blocks{
      section(order), interface(order, 1), enhanced_packet(order, 0, 1, "first"),
      block(order, 5, "statistics"), enhanced_packet(order, 0, 2, "second")};
  std::string whole;
  for (const std::string& part : blocks) whole += part;
  for (std::size_t size = blocks[0].size(); size <= whole.size(); ++size) {
    CAPTURE(size);
    std::size_t complete = 0;
    std::size_t packets = 0;
    for (std::size_t i = 0; i < blocks.size() && complete + blocks[i].size() <= size; ++i) {
      complete += blocks[i].size();
      packets += i == 2 || i == 4 ? 1 : 0;
    }
    const auto capture = open_capture(folder.file("cut.pcapng", whole.substr(0, size)));
    CHECK(read_all(*capture).size() == packets);
    CHECK(capture->lost_bytes() == size - complete);
  }
}

TEST_CASE("bytes of an unknown block that was cut are lost bytes, also beyond the buffer") {
  const ByteOrder order = ByteOrder::little;
  const TemporaryFolder folder;
  const std::string good = section(order) + interface(order, 1) + enhanced_packet(order, 0, 1, "a");
  const std::string cut =
      FileBytes(order).u32(0xbad).u32(0xffff'fff0U).text(std::string(700'000, 'x')).str();
  const auto capture = open_capture(folder.file("x.pcapng", good + cut));
  CHECK(read_all(*capture).size() == 1);
  CHECK(capture->lost_bytes() == cut.size());
}

TEST_CASE("block lengths beyond reason end a pcapng without a huge allocation") {
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const TemporaryFolder folder;
  const std::string good = section(order) + interface(order, 1) + enhanced_packet(order, 0, 1, "a");
  for (const std::uint32_t type : {1U, 2U, 3U, 6U, 0x0a0d0d0aU, 0xbadU}) {
    for (const std::uint32_t length :
         {0U, 4U, 8U, 13U, 0xffff'fffcU, 0xffff'ffffU, 0x8000'0000U, 0x7fff'fffcU}) {
      CAPTURE(type, length);
      const std::string bad = FileBytes(order).u32(type).u32(length).text("some more bytes").str();
      const auto capture = open_capture(folder.file("x.pcapng", good + bad));
      CHECK(read_all(*capture).size() == 1);
      CHECK(capture->lost_bytes() == bad.size());
    }
  }
}

TEST_CASE("packets that contradict their block end a pcapng") {
  const ByteOrder order = ByteOrder::little;
  const TemporaryFolder folder;
  const std::string good = section(order) + interface(order, 1) + enhanced_packet(order, 0, 1, "a");
  const auto packet = [&](std::uint32_t interface_id, std::uint32_t captured) {
    return block(
        order, 6,
        FileBytes(order).u32(interface_id).u64(0).u32(captured).u32(captured).u32(0).str());
  };
  std::string mismatch = enhanced_packet(order, 0, 1, "b");
  mismatch[mismatch.size() - 4] ^= 4;
  for (const std::string& bad : {packet(1, 4), packet(0xffff'ffffU, 4), packet(0, 5),
                                 packet(0, 0xffff'ffffU), block(order, 6, "short"), mismatch}) {
    const auto capture = open_capture(folder.file("x.pcapng", good + bad));
    CHECK(read_all(*capture).size() == 1);
    CHECK(capture->lost_bytes() == bad.size());
  }
}

TEST_CASE("a section header that is cut, or has no byte order, is an error") {
  const TemporaryFolder folder;
  const std::string header = section(ByteOrder::big);
  for (std::size_t size = 4; size < header.size(); ++size) {
    CHECK_THROWS_WITH(open_capture(folder.file("x.pcapng", header.substr(0, size))),
                      Contains("x.pcapng: the file ends inside its header"));
  }
  std::string damaged = header;
  damaged[8] = 'x';
  CHECK_THROWS_WITH(open_capture(folder.file("x.pcapng", damaged)), Contains("not a capture"));
}

TEST_CASE("interfaces without end are damage, not exhausted memory") {
  const TemporaryFolder folder;
  const ByteOrder order = ByteOrder::little;
  constexpr std::size_t kMost = 65536;
  std::string bytes = section(order);
  for (std::size_t i = 0; i < kMost; ++i) bytes += interface(order, 1);
  bytes += enhanced_packet(order, kMost - 1, 1, "last");
  const std::string rest = interface(order, 1) + enhanced_packet(order, 0, 2, "lost");
  const auto capture = open_capture(folder.file("x", bytes + rest));
  CHECK(read_all(*capture).size() == 1);
  CHECK(capture->lost_bytes() == rest.size());
}
