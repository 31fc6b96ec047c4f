// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The classic capture format in all its variants.
#include "capture_bytes.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using weir::LinkType;
using weir::open_capture;
using namespace weir::test;

TEST_CASE("pcap is read in both byte orders and both resolutions") {
  const TemporaryFolder folder;
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::string micro = pcap_header(order, kMicroMagic) +
                            pcap_record(order, 1'700'000'000, 999'999, "first") +
                            pcap_record(order, 4'294'967'295, 1, "");
  CHECK(read_all(*open_capture(folder.file("micro.pcap", micro))) ==
        std::vector<KeptPacket>{{1'700'000'000'999'999'000, "first", 105, LinkType::ethernet},
                                {4'294'967'295'000'001'000, "", 100, LinkType::ethernet}});
  const std::string nano =
      pcap_header(order, kNanoMagic, 113) + pcap_record(order, 1'700'000'000, 999'999'999, "first");
  CHECK(read_all(*open_capture(folder.file("nano.pcap", nano))) ==
        std::vector<KeptPacket>{{1'700'000'000'999'999'999, "first", 105, LinkType::linux_sll}});
}

TEST_CASE("the longer record headers of an old Linux are passed") {
  const TemporaryFolder folder;
  const ByteOrder order = GENERATE(ByteOrder::little, ByteOrder::big);
  const std::string bytes = pcap_header(order, kModifiedMagic) +
                            pcap_record(order, 1, 2, "first", "12345678") +
                            pcap_record(order, 3, 4, "second", "12345678");
  CHECK(read_all(*open_capture(folder.file("x.pcap", bytes))) ==
        std::vector<KeptPacket>{{1'000'002'000, "first", 105, LinkType::ethernet},
                                {3'000'004'000, "second", 106, LinkType::ethernet}});
}

TEST_CASE("before version 2.3 the original length came first") {
  const TemporaryFolder folder;
  const std::string record =
      FileBytes().u32(1).u32(0).u32(1500).u32(5).text("first").str();  // original, captured
  const std::string newer = pcap_record(ByteOrder::little, 1, 0, "first");
  for (const unsigned minor : {2U, 3U}) {
    const std::string bytes = pcap_header(ByteOrder::little, kMicroMagic, 1, minor) + record;
    CHECK(read_all(*open_capture(folder.file("old.pcap", bytes))) ==
          std::vector<KeptPacket>{{1'000'000'000, "first", 1500, LinkType::ethernet}});
  }
  const std::string either = pcap_header(ByteOrder::little, kMicroMagic, 1, 3) + newer;
  CHECK(read_all(*open_capture(folder.file("new.pcap", either))).at(0).original_length == 105);
}

TEST_CASE("bits above the link type tell of the checksum at the frames' end, not of another type") {
  const TemporaryFolder folder;
  const std::string bytes = pcap_header(ByteOrder::little, kMicroMagic, 0x2400'0001) +
                            pcap_record(ByteOrder::little, 1, 0, "x");
  CHECK(read_all(*open_capture(folder.file("x.pcap", bytes))).at(0).link_type ==
        LinkType::ethernet);
}

TEST_CASE("a pcap that is cut anywhere gives the packets before the cut") {
  const TemporaryFolder folder;
  const std::string header = pcap_header(ByteOrder::little);
  const std::string first = header + pcap_record(ByteOrder::little, 1, 0, "first");
  const std::string whole = first + pcap_record(ByteOrder::little, 2, 0, "the second");
  for (std::size_t size = header.size(); size <= whole.size(); ++size) {
    CAPTURE(size);
    const auto capture = open_capture(folder.file("cut.pcap", whole.substr(0, size)));
    CHECK(capture->lost_bytes() == 0);
    const std::size_t complete = size == whole.size()   ? whole.size()
                                 : size >= first.size() ? first.size()
                                                        : header.size();
    const std::size_t packets = complete == whole.size() ? 2 : complete == first.size() ? 1 : 0;
    CHECK(read_all(*capture).size() == packets);
    CHECK(capture->lost_bytes() == size - complete);
  }
}

TEST_CASE("a record length beyond reason ends a pcap without a huge allocation") {
  const TemporaryFolder folder;
  const std::string good =
      pcap_header(ByteOrder::little) + pcap_record(ByteOrder::little, 1, 0, "first");
  for (const std::uint32_t length : {0xffff'ffffU, 0x8000'0000U, 0x7fff'ffffU, (16U << 20U) + 1}) {
    const std::string bad = FileBytes().u32(2).u32(0).u32(length).u32(length).text("xyz").str();
    const auto capture = open_capture(folder.file("x.pcap", good + bad));
    CHECK(read_all(*capture).size() == 1);
    CHECK(capture->lost_bytes() == bad.size());
  }
}

TEST_CASE("a cut file header is an error that says so") {
  const TemporaryFolder folder;
  const std::string header = pcap_header(ByteOrder::little);
  for (std::size_t size = 4; size < header.size(); ++size) {
    CHECK_THROWS_WITH(open_capture(folder.file("x.pcap", header.substr(0, size))),
                      Contains("x.pcap: the file ends inside its header"));
  }
}
