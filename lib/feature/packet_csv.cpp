// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets as rows of the packet CSV.
#include "weir/feature/packet_csv.hpp"

namespace weir {

bool has_ports(std::uint8_t protocol) noexcept {
  switch (static_cast<IpProtocol>(protocol)) {
    case IpProtocol::tcp:
    case IpProtocol::udp:
    case IpProtocol::sctp:
      return true;
    default:
      return false;
  }
}

void add_packet_columns(TableRow& row, const Packet& packet) {
  row.timestamp(packet.time_ns).word(protocol_name(packet.protocol)).integer(packet.length);
  row.address(packet.src).address(packet.dst);
  if (has_ports(packet.protocol)) {
    row.integer(packet.src_port).integer(packet.dst_port);
  } else {
    row.absent().absent();
  }
}

PacketCsvWriter::PacketCsvWriter(OutputFile& output) : output_(output), row_(TableFormat::csv, {}) {
  if (output.appends_to_content()) return;
  output_.write(kPacketCsvHeader);
  output_.write(std::string_view("\n"));
}

void PacketCsvWriter::write(const Packet& packet, std::string_view label) {
  row_.clear();
  add_packet_columns(row_, packet);
  row_.text(label).end();
  output_.write(row_.bytes());
}

}  // namespace weir
