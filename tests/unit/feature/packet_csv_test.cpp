// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Rows of the packet CSV.
#include "weir/feature/packet_csv.hpp"

#include <catch2/catch.hpp>

#include "temporary_folder.hpp"

using namespace weir;
using weir::test::TemporaryFolder;

namespace {

Packet packet(std::uint8_t protocol) {
  Packet p;
  p.time_ns = 1'700'000'000'123'456'789;
  p.src = IpAddress::v4(0x0a000001);
  p.dst = IpAddress::v4(0x0a000002);
  p.src_port = protocol == 1 ? 0 : 1234;
  p.dst_port = protocol == 1 ? 0 : 80;
  p.protocol = protocol;
  p.length = 60;
  return p;
}

}  // namespace

TEST_CASE("packets become rows; ports are empty where the protocol has none") {
  const TemporaryFolder folder;
  const std::string path = folder.path("p.csv");
  OutputFile output(path);
  PacketCsvWriter writer(output);
  writer.write(packet(6), "Web");
  writer.write(packet(1), "");
  output.commit();
  CHECK(read_file(path) ==
        "timestamp,protocol,length,src_ip,dst_ip,src_port,dst_port,label\n"
        "1700000000.123456789,TCP,60,10.0.0.1,10.0.0.2,1234,80,Web\n"
        "1700000000.123456789,ICMP,60,10.0.0.1,10.0.0.2,,,\n");
}

TEST_CASE("rows appended to a table come without another header") {
  const TemporaryFolder folder;
  const std::string path = folder.path("p.csv");
  for (int round = 0; round < 2; ++round) {
    OutputFile output(path, OutputFile::Mode::append);
    PacketCsvWriter writer(output);
    writer.write(packet(17), "x");
    output.commit();
  }
  const std::string row = "1700000000.123456789,UDP,60,10.0.0.1,10.0.0.2,1234,80,x\n";
  CHECK(read_file(path) == std::string(kPacketCsvHeader) + "\n" + row + row);
}
