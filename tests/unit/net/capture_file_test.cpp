// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captures as files: found, opened, written and read back, damaged.
#include "weir/net/capture_file.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "capture_bytes.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/random.hpp"
#include "weir/net/decode.hpp"
#include "weir/net/record.hpp"

using Catch::Matchers::Contains;
using namespace weir;
using namespace weir::test;

namespace {

/// Packets of all sizes, more than fit into any read buffer.
std::vector<KeptPacket> many_packets(std::size_t count, Random& random) {
  std::vector<KeptPacket> packets;
  std::int64_t time_ns = 1'700'000'000'000'000'000;
  for (std::size_t i = 0; i < count; ++i) {
    time_ns += random.between(0, 2'000'000'000);
    std::string data(random.below(i % 50 == 0 ? 70'000 : 1'500), static_cast<char>(i));
    const auto original = static_cast<std::uint32_t>(data.size() + random.below(100));
    packets.push_back({time_ns, std::move(data), original, LinkType::ethernet});
  }
  return packets;
}

RawPacket raw(const KeptPacket& packet) {
  return {packet.time_ns, reinterpret_cast<const std::uint8_t*>(packet.data.data()),
          static_cast<std::uint32_t>(packet.data.size()), packet.original_length, packet.link_type};
}

void write_all(PacketSink& sink, const std::vector<KeptPacket>& packets) {
  for (const KeptPacket& packet : packets) sink.write(raw(packet));
  sink.commit();
}

/// Makes a file stdin, as a shell does.
class StdinFrom {
 public:
  explicit StdinFrom(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
    REQUIRE(std::freopen(path.c_str(), "rb", stdin) != nullptr);
  }
  ~StdinFrom() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }
  StdinFrom(const StdinFrom&) = delete;
  StdinFrom& operator=(const StdinFrom&) = delete;

 private:
  int saved_;
};

}  // namespace

TEST_CASE("what is written is read back, in both formats and any batch size") {
  const TemporaryFolder folder;
  Random random(1);
  const std::vector<KeptPacket> packets = many_packets(600, random);
  const CaptureFormat format = GENERATE(CaptureFormat::pcap, CaptureFormat::pcapng);
  const std::string path = folder.path("x");
  write_all(*create_capture(path, format, LinkType::ethernet, 262'144), packets);
  for (const std::size_t batch : {1U, 7U, 256U, 4096U}) {
    const auto capture = open_capture(path);
    CHECK(read_all(*capture, batch) == packets);
    CHECK(capture->lost_bytes() == 0);
    CHECK(capture->name() == "x");
  }
}

TEST_CASE("a capture on stdin is read like a file") {
  const TemporaryFolder folder;
  Random random(2);
  const std::vector<KeptPacket> packets = many_packets(300, random);
  write_all(*create_capture(folder.path("x"), CaptureFormat::pcap, LinkType::ethernet, 0), packets);
  const StdinFrom redirect(folder.path("x"));
  const auto capture = open_capture("-");
  CHECK(capture->name() == "stdin");
  CHECK(read_all(*capture) == packets);
}

TEST_CASE("pcapng holds several link types, pcap refuses the second") {
  const TemporaryFolder folder;
  std::vector<KeptPacket> packets{{1, "a", 1, LinkType::ethernet},
                                  {2, "b", 1, LinkType::linux_sll2},
                                  {3, "c", 1, LinkType::raw_ip},
                                  {4, "d", 1, LinkType::ethernet}};
  const std::string path = folder.path("x");
  write_all(*create_capture(path, CaptureFormat::pcapng, LinkType::ethernet, 0), packets);
  CHECK(read_all(*open_capture(path)) == packets);
  const auto pcap = create_capture(path, CaptureFormat::pcap, LinkType::ethernet, 0);
  CHECK_THROWS_WITH(write_all(*pcap, packets), Contains("write .pcapng instead"));
}

TEST_CASE("a flushed capture can be read while it is written, an abandoned one leaves no file") {
  const TemporaryFolder folder;
  {
    const auto sink = create_capture(folder.path("x"), CaptureFormat::pcap, LinkType::ethernet, 0);
    sink->write(raw({1, "a", 1, LinkType::ethernet}));
    sink->flush();
    const auto temporary = std::filesystem::directory_iterator(folder.path("."))->path();
    CHECK(read_all(*open_capture(temporary.string())).size() == 1);
  }
  CHECK(folder.entries() == 0);
}

TEST_CASE("recording copies a source, or as much as was asked for") {
  const TemporaryFolder folder;
  Random random(3);
  const std::vector<KeptPacket> packets = many_packets(2'500, random);
  write_all(*create_capture(folder.path("in"), CaptureFormat::pcap, LinkType::ethernet, 0),
            packets);
  for (const std::uint64_t limit : {0U, 1U, 1024U, 1025U, 9999U}) {
    const std::string out = folder.path("out.pcapng");
    const auto source = open_capture(folder.path("in"));
    const auto sink = create_capture(out, format_for(out), LinkType::ethernet, 0);
    const std::uint64_t written = record(*source, *sink, limit);
    CHECK(written == (limit == 0 ? packets.size() : std::min(limit, packets.size())));
    const std::vector<KeptPacket> copied = read_all(*open_capture(out));
    CHECK(std::equal(copied.begin(), copied.end(), packets.begin(),
                     packets.begin() + static_cast<std::ptrdiff_t>(written)));
  }
}

TEST_CASE("what a source gave before it failed is kept") {
  /// An interface that goes away behind its first batch.
  class Vanishing final : public PacketSource {
   public:
    std::size_t read(std::span<RawPacket> batch) override {
      if (given_) throw Error("gone");
      given_ = true;
      batch[0] = {1, data_, sizeof data_, sizeof data_, LinkType::ethernet};
      return 1;
    }
    const std::string& name() const noexcept override { return name_; }

   private:
    const std::uint8_t data_[14]{};
    std::string name_ = "gone0";
    bool given_ = false;
  };

  const TemporaryFolder folder;
  Vanishing source;
  const auto sink = create_capture(folder.path("x"), CaptureFormat::pcap, LinkType::ethernet, 0);
  CHECK_THROWS_WITH(record(source, *sink), "gone");
  CHECK(read_all(*open_capture(folder.path("x"))).size() == 1);
}

TEST_CASE("the format follows the file's ending") {
  CHECK(format_for("x.pcapng") == CaptureFormat::pcapng);
  CHECK(format_for("x.pcap") == CaptureFormat::pcap);
  CHECK(format_for("-") == CaptureFormat::pcap);
}

TEST_CASE("what is no capture is an error that names the file") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(open_capture(folder.file("x", "")), Contains("x: empty file"));
  CHECK_THROWS_WITH(open_capture(folder.file("x", "abc")), Contains("x: not a capture"));
  CHECK_THROWS_WITH(open_capture(folder.file("x", "timestamp,protocol")),
                    Contains("it starts with the bytes 74 69 6d 65"));
  CHECK_THROWS_WITH(open_capture(folder.path("none")), Contains("none: No such file"));
  CHECK_THROWS_WITH(open_capture(folder.path(".")), Contains("Is a directory"));
}

TEST_CASE("a folder stands for its captures, by name") {
  const TemporaryFolder folder;
  for (const char* name : {"b.pcap", "a.pcapng", "c.cap", "notes.txt"}) folder.file(name, "");
  std::filesystem::create_directory(folder.path("sub"));
  folder.file("sub/d.pcap", "");
  const std::string text = folder.path("notes.txt");
  CHECK(expand_captures({text, folder.path(""), "-"}) ==
        std::vector<std::string>{text, folder.path("a.pcapng"), folder.path("b.pcap"),
                                 folder.path("c.cap"), "-"});
  CHECK_THROWS_WITH(expand_captures({folder.path("none")}), Contains("cannot open"));
  std::filesystem::create_directory(folder.path("empty"));
  CHECK_THROWS_WITH(expand_captures({folder.path("empty")}), Contains("no captures"));
}

TEST_CASE("damaged captures are survived") {
  const TemporaryFolder folder;
  Random random(4);
  std::vector<std::string> seeds;
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    const std::string data("\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0\0\x1c\0\0\0\0\x40\x11",
                           24);
    seeds.push_back(pcap_header(order) + pcap_record(order, 1, 2, data) +
                    pcap_record(order, 3, 4, data + std::string(40, 'x')));
    seeds.push_back(section(order) + interface(order, 1, option(order, 9, "\x06")) +
                    enhanced_packet(order, 0, 1, data) + block(order, 5, "statistics") +
                    block(order, 3, FileBytes(order).u32(24).text(data).str()) +
                    interface(order, 101) + enhanced_packet(order, 1, 1, data.substr(14)));
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int i = 0; i < 3000 && std::chrono::steady_clock::now() < end; ++i) {
    std::string bytes = seeds[random.below(seeds.size())];
    for (std::uint64_t n = random.below(4) + 1; n > 0; --n) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    if (random.chance(0.2)) bytes.resize(random.below(bytes.size()));
    const std::string path = folder.file("x", bytes);
    try {
      const auto capture = open_capture(path);
      std::uint64_t held = 0;
      for (const KeptPacket& packet : read_all(*capture, 1 + random.below(4))) {
        held += packet.data.size();
        Packet decoded;
        decode(raw(packet), decoded);
      }
      REQUIRE(held + capture->lost_bytes() <= bytes.size());
    } catch (const Error&) {  // a damaged file header
    }
    std::filesystem::remove(path);  // overwriting it would wait for the disk
  }
}
