// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The packet CSV: one row a packet, the eight columns of the packet schema.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/base/file.hpp"
#include "weir/feature/table_row.hpp"
#include "weir/net/packet.hpp"

namespace weir {

/// The header, exactly; frozen.
inline constexpr std::string_view kPacketCsvHeader =
    "timestamp,protocol,length,src_ip,dst_ip,src_port,dst_port,label";

/// True for TCP, UDP and SCTP: the protocols whose ports the packet table shows.
bool has_ports(std::uint8_t protocol) noexcept;

/// Adds the columns of a packet, all but the label, to a row of the packet table. Ports are absent
/// where the protocol has none.
void add_packet_columns(TableRow& row, const Packet& packet);

/// Writes packet rows to an output that outlives it.
class PacketCsvWriter {
 public:
  /// Writes the header, unless the output appends to existing rows.
  explicit PacketCsvWriter(OutputFile& output);

  /// `label` may be empty. Throws Error.
  void write(const Packet& packet, std::string_view label);

 private:
  OutputFile& output_;
  TableRow row_;
};

}  // namespace weir
