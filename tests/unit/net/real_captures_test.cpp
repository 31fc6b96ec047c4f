// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captures of the real world, where they are to be had: all packets are read, none is too odd.
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "capture_bytes.hpp"
#include "weir/base/csv.hpp"
#include "weir/net/decode.hpp"

using namespace weir;

namespace {

/// The folder of the captures, or an empty text (with a printed reason) where it is absent.
std::string data_folder(const std::string& name) {
  const char* const named = std::getenv("WEIR_SHARED_DATA");
  const std::string folder =
      (named != nullptr ? named : std::string(WEIR_SOURCE_FOLDER "/../shared/data")) + '/' + name;
  if (std::filesystem::is_directory(folder)) return folder;
  WARN("skipped: there is no " << folder);
  return {};
}

struct Totals {
  std::uint64_t packets = 0;
  DecodeCounts counts;
};

/// Reads and decodes a capture; decoded packets have to make sense.
Totals read_and_decode(CaptureFile& capture) {
  Totals totals;
  std::array<RawPacket, 256> batch;
  while (const std::size_t count = capture.read(batch)) {
    totals.packets += count;
    for (const RawPacket& raw : std::span(batch).first(count)) {
      Packet packet;
      const DecodeStatus status = decode(raw, packet);
      totals.counts.count(status);
      if (status != DecodeStatus::decoded) continue;
      if (packet.payload_length > packet.ip_length || packet.tunnel_depth > kMaxTunnelDepth) {
        FAIL("a packet contradicts itself");
      }
    }
  }
  return totals;
}

}  // namespace

TEST_CASE("every packet of the labelled captures is read") {
  const std::string folder = data_folder("dev");
  if (folder.empty()) return;
  CsvReader files(folder + "/files.csv");
  const std::size_t file = files.column("file");
  const std::size_t packets = files.column("packets");
  DecodeCounts counts;
  while (files.next()) {
    INFO(files.field(file));
    const auto capture = open_capture(fmt::format("{}/pcap/{}", folder, files.field(file)));
    const Totals totals = read_and_decode(*capture);
    CHECK(std::to_string(totals.packets) == files.field(packets));
    CHECK(capture->lost_bytes() == 0);
    counts += totals.counts;
  }
  // They are captures of applications on plain networks: what is not decoded is ARP and the like.
  CHECK(counts[DecodeStatus::decoded] > counts.total() / 100 * 99);
  CHECK(counts[DecodeStatus::malformed] == 0);
}

TEST_CASE("odd captures hold as many packets as other readers find, and are survived") {
  const std::string folder = data_folder("robust");
  if (folder.empty()) return;
  CsvReader files(folder + "/index.csv");
  const std::size_t file = files.column("file");
  const std::size_t packets = files.column("capinfos_packets");
  const std::size_t readable = files.column("capinfos_ok");
  std::size_t compared = 0;
  while (files.next()) {
    INFO(files.field(file));
    const auto capture = open_capture(fmt::format("{}/pcap/{}", folder, files.field(file)));
    const Totals totals = read_and_decode(*capture);
    if (files.field(readable) != "1") continue;  // reading it without a crash is all there is
    CHECK(std::to_string(totals.packets) == files.field(packets));
    ++compared;
  }
  CHECK(compared > 1000);
}
