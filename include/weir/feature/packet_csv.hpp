// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The packet CSV: one row a packet, the eight columns of the packet schema.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/base/csv.hpp"
#include "weir/base/file.hpp"
#include "weir/net/packet.hpp"

namespace weir {

/// The header, exactly; frozen.
inline constexpr std::string_view kPacketCsvHeader =
    "timestamp,protocol,length,src_ip,dst_ip,src_port,dst_port,label";

/// True for TCP, UDP and SCTP: the protocols whose ports the packet table shows.
bool has_ports(std::uint8_t protocol) noexcept;

/// Writes packet rows to an output that outlives it.
class PacketCsvWriter {
 public:
  /// Writes the header, unless the output appends to existing rows.
  explicit PacketCsvWriter(OutputFile& output);

  /// `label` may be empty. Ports are empty where the protocol has none. Throws Error.
  void write(const Packet& packet, std::string_view label);

 private:
  OutputFile& output_;
  CsvRow row_;
  std::string text_;
};

}  // namespace weir
