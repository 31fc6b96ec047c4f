// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Several captures as one, held against a stable sort of all their packets.
#include "weir/net/merge.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "capture_bytes.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/random.hpp"

using Catch::Matchers::Contains;
using namespace weir;
using namespace weir::test;

namespace {

RawPacket raw(const KeptPacket& packet) {
  return {packet.time_ns, reinterpret_cast<const std::uint8_t*>(packet.data.data()),
          static_cast<std::uint32_t>(packet.data.size()), packet.original_length, packet.link_type};
}

/// Packets in the order of their times, many at the same one, each with bytes of its own.
std::vector<KeptPacket> packets_of(std::size_t file, std::size_t count, LinkType link_type,
                                   Random& random) {
  std::vector<KeptPacket> packets;
  std::int64_t time_ns = random.between(0, 50);
  for (std::size_t i = 0; i < count; ++i) {
    time_ns += random.between(0, 3);
    std::string data = fmt::format("{} {} ", file, i);
    data.resize(data.size() + random.below(i % 20 == 0 ? 60'000 : 1'500), 'x');
    const auto length = static_cast<std::uint32_t>(data.size());
    packets.push_back({time_ns, std::move(data), length, link_type});
  }
  return packets;
}

/// Captures in a folder, and their packets one file after the other.
struct Captures {
  TemporaryFolder folder;
  std::vector<std::string> paths;
  std::vector<KeptPacket> packets;

  Captures() = default;

  /// Files of so many packets each, of several formats and link types.
  Captures(const std::vector<std::size_t>& counts, Random& random) {
    static constexpr std::array kLinkTypes{LinkType::ethernet, LinkType::raw_ip,
                                           LinkType::linux_sll};
    for (const std::size_t count : counts) {
      const std::size_t file = paths.size();
      add(packets_of(file, count, kLinkTypes[file % kLinkTypes.size()], random),
          file % 2 == 0 ? CaptureFormat::pcap : CaptureFormat::pcapng);
    }
  }

  void add(const std::vector<KeptPacket>& content, CaptureFormat format) {
    const LinkType link = content.empty() ? LinkType::ethernet : content.front().link_type;
    paths.push_back(folder.path(fmt::format("{}", paths.size())));
    const auto sink = create_capture(paths.back(), format, link, 0);
    for (const KeptPacket& packet : content) sink->write(raw(packet));
    sink->commit();
    packets.insert(packets.end(), content.begin(), content.end());
  }

  std::vector<KeptPacket> sorted() const {
    std::vector<KeptPacket> result = packets;
    std::ranges::stable_sort(result, {}, &KeptPacket::time_ns);
    return result;
  }
};

}  // namespace

TEST_CASE("captures merge into a stable sort of all their packets, in batches of any size") {
  Random random(1);
  for (const auto& counts : std::vector<std::vector<std::size_t>>{
           {600}, {600, 600}, {1, 900, 0, 300, 40, 2}, {0, 0}, {0, 5}, {100, 100, 100, 100, 100}}) {
    const Captures captures(counts, random);
    for (const std::size_t batch : {1U, 2U, 7U, 256U, 4096U}) {
      const auto merged = merge_captures(captures.paths);
      CHECK(merged->name() == "0");
      CHECK(read_all(*merged, batch) == captures.sorted());
      CHECK(merged->lost_bytes() == 0);
    }
  }
}

TEST_CASE("the files of a rotation, named in any order, merge into the whole capture") {
  Random random(2);
  const std::vector<KeptPacket> whole = packets_of(0, 900, LinkType::ethernet, random);
  Captures captures;
  for (const auto& [from, to] : {std::pair{600, 900}, std::pair{0, 300}, std::pair{300, 600}}) {
    captures.add({whole.begin() + from, whole.begin() + to}, CaptureFormat::pcap);
  }
  // Packets of one time on both sides of a cut come in the order of names: here, they differ.
  const std::vector<KeptPacket> merged = read_all(*merge_captures(captures.paths));
  CHECK(merged == captures.sorted());
  CHECK(std::ranges::is_permutation(merged, whole));
}

TEST_CASE("packets of one time come in the order in which their files are named") {
  Captures captures;
  for (const char* data : {"a", "b", "c"}) {
    captures.add({{5, data, 1, LinkType::ethernet}, {5, data, 1, LinkType::ethernet}},
                 CaptureFormat::pcap);
  }
  std::string order;
  for (const KeptPacket& packet : read_all(*merge_captures(captures.paths))) order += packet.data;
  CHECK(order == "aabbcc");
}

TEST_CASE("a file whose times run backwards keeps its order") {
  Captures captures;
  const auto packet = [](std::int64_t time_ns, const char* data) {
    return KeptPacket{time_ns, data, 1, LinkType::ethernet};
  };
  captures.add({packet(10, "a"), packet(30, "b"), packet(20, "c"), packet(40, "d")},
               CaptureFormat::pcap);
  captures.add({packet(15, "1"), packet(25, "2"), packet(35, "3")}, CaptureFormat::pcap);
  std::string order;
  for (const KeptPacket& kept : read_all(*merge_captures(captures.paths))) order += kept.data;
  CHECK(order == "a12bc3d");
}

TEST_CASE("damage in one file ends that file only, and its lost bytes are known") {
  Random random(3);
  Captures captures({300, 400, 500}, random);
  const std::string bytes = read_file(captures.paths[1]);
  captures.folder.file("1", bytes.substr(0, bytes.size() - 1));
  std::uint64_t lost = 0;
  {
    const auto cut = open_capture(captures.paths[1]);
    CHECK(read_all(*cut).size() == 399);
    lost = cut->lost_bytes();
  }
  REQUIRE(lost > 0);
  captures.packets.erase(captures.packets.begin() + 300 + 399);
  const auto merged = merge_captures(captures.paths);
  CHECK(read_all(*merged, 100) == captures.sorted());
  CHECK(merged->lost_bytes() == lost);
}

TEST_CASE("what cannot be merged is an error that says why") {
  Random random(4);
  const Captures captures({1, 1}, random);
  CHECK_THROWS_WITH(merge_captures({}), Contains("no captures"));
  CHECK_THROWS_WITH(merge_captures({captures.paths[0], captures.folder.path("none")}),
                    Contains("none: No such file"));
  CHECK_THROWS_WITH(merge_captures({captures.paths[0], captures.folder.file("text", "hello")}),
                    Contains("text: not a capture"));
  CHECK_THROWS_WITH(merge_captures({"-", captures.paths[0], "-"}), Contains("named twice"));
}

TEST_CASE("more captures than files may be open are refused with the remedy") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x", pcap_header(ByteOrder::little));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit low{50, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  CHECK_THROWS_WITH(merge_captures(std::vector<std::string>(60, path)),
                    Contains("cannot merge 60 captures") && Contains("ulimit -n 76"));
  CHECK(read_all(*merge_captures(std::vector<std::string>(30, path))).empty());
  CHECK(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}
