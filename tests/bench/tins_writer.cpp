// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The yardstick of making a capture: libtins builds each packet and its PacketWriter writes it.
//
// usage: bench_tins_writer PACKETS FILE
#include <tins/ethernetII.h>
#include <tins/ip.h>
#include <tins/packet_writer.h>
#include <tins/rawpdu.h>
#include <tins/udp.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

namespace {

/// What weir-gen sends for a call: datagrams of 160 bytes, both ways.
void write_call(std::uint64_t packets, const char* path) {
  const std::vector<std::uint8_t> payload(160, 0x5a);
  const Tins::IPv4Address client("10.0.0.2");
  const Tins::IPv4Address server("10.0.0.1");
  Tins::PacketWriter writer(path, Tins::DataLinkType<Tins::EthernetII>());
  for (std::uint64_t i = 0; i < packets; ++i) {
    const bool from_client = i % 2 == 0;
    Tins::IP ip(from_client ? server : client, from_client ? client : server);
    ip.ttl(64);
    ip.id(static_cast<std::uint16_t>(i / 2));
    ip.flags(Tins::IP::DONT_FRAGMENT);
    Tins::EthernetII frame =
        Tins::EthernetII("02:00:00:00:00:01", "02:00:00:00:00:02") / ip /
        (from_client ? Tins::UDP(5555, 40'000) : Tins::UDP(40'000, 5555)) /
        Tins::RawPDU(payload.data(), static_cast<std::uint32_t>(payload.size()));
    writer.write(frame);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s PACKETS FILE\n", argv[0]);
    return 2;
  }
  try {
    write_call(std::strtoull(argv[1], nullptr, 10), argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[2], error.what());
    return 1;
  }
  return 0;
}
