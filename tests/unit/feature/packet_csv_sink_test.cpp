// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captured packets straight into rows.
#include "weir/feature/packet_csv_sink.hpp"

#include <catch2/catch.hpp>

#include "frames.hpp"
#include "temporary_folder.hpp"
#include "weir/base/error.hpp"

using Catch::Matchers::Contains;
using namespace weir;
using namespace weir::test;

namespace {

constexpr const char* kRow = "1.000000000,UDP,52,10.0.0.1,10.0.0.2,40000,80,";

Frames one_datagram() {
  Frames frames;
  frames.add({.time_ns = kSecond, .payload = 10});
  return frames;
}

void write(PacketCsvSink& sink, const Frames& frames) {
  for (const RawPacket& packet : frames.packets()) sink.write(packet);
  sink.commit();
}

}  // namespace

TEST_CASE("captured packets become rows, what is no IP is only counted") {
  const TemporaryFolder folder;
  const Frames frames = one_datagram();
  PacketCsvSink sink(folder.path("p.csv"), OutputFile::Mode::replace, nullptr, "eth0");
  RawPacket cut = frames.packets()[0];
  cut.captured_length = 20;
  sink.write(cut);
  write(sink, frames);
  CHECK(read_file(folder.path("p.csv")) == std::string(kPacketCsvHeader) + '\n' + kRow + '\n');
  CHECK(sink.counts()[DecodeStatus::decoded] == 1);
  CHECK(sink.counts()[DecodeStatus::truncated] == 1);
  CHECK(sink.counts().total() == 2);
}

TEST_CASE("a labeller sees the interface, the packet's five-tuple and its time") {
  const TemporaryFolder folder;
  const auto rules = load_label_rules(folder.file("rules.toml", R"(
default = "other"
[[rule]]
label = "match"
capture = "eth0"
port = 80
cidr = "10.0.0.2"
from = 1
to = 1
)"));
  for (const auto& [capture, label] : {std::pair{"eth0", "match"}, std::pair{"eth1", "other"}}) {
    PacketCsvSink sink(folder.path("p.csv"), OutputFile::Mode::replace, rules.get(), capture);
    write(sink, one_datagram());
    CHECK(read_file(folder.path("p.csv")) ==
          std::string(kPacketCsvHeader) + '\n' + kRow + label + '\n');
  }
}

TEST_CASE("rows are added to packet CSV, and to nothing else") {
  const TemporaryFolder folder;
  for (int round = 0; round < 2; ++round) {
    PacketCsvSink sink(folder.path("p.csv"), OutputFile::Mode::append, nullptr, "eth0");
    write(sink, one_datagram());
  }
  CHECK(read_file(folder.path("p.csv")) ==
        std::string(kPacketCsvHeader) + '\n' + kRow + '\n' + kRow + '\n');

  const std::string other = folder.file("flows.csv", "capture,flow_id\n");
  CHECK_THROWS_WITH(PacketCsvSink(other, OutputFile::Mode::append, nullptr, "eth0"),
                    Contains("flows.csv: cannot append"));
  CHECK(read_file(other) == "capture,flow_id\n");
}
