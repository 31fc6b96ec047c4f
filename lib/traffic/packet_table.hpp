// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Generated packets as a table, all of them or a sample.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/base/random.hpp"
#include "weir/feature/packet_csv.hpp"
#include "weir/net/packet.hpp"
#include "weir/traffic/source.hpp"
#include "weir/traffic/traffic_sink.hpp"

namespace weir {

/// Writes a packet CSV. With `rows` > 0 it has exactly so many of them: of each class as many as
/// its share, drawn at random from all its packets (Vitter's algorithm R), in order of time.
class PacketTable : public TrafficSink {
 public:
  /// `applications` outlives this. Throws Error where the file cannot be created.
  PacketTable(const std::string& path, const std::vector<ApplicationInfo>& applications,
              std::uint64_t rows, std::uint64_t seed);

  void write(const RawPacket& packet, std::size_t application) override;

  /// Writes what is left to write and puts the file in its place. Throws Error, also where a class
  /// has fewer packets than rows.
  void commit();

 private:
  struct Sample {
    std::uint64_t rows = 0;
    std::uint64_t seen = 0;
    std::vector<Packet> kept;
  };

  void write_row(const Packet& packet, std::size_t application);

  OutputFile output_;
  PacketCsvWriter writer_;
  const std::vector<ApplicationInfo>& applications_;
  std::vector<Sample> samples_;  // by application; none where all packets are wanted
  Random random_;
};

}  // namespace weir
