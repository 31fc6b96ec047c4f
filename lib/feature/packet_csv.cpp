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

PacketCsvWriter::PacketCsvWriter(OutputFile& output) : output_(output) {
  if (output.appends_to_content()) return;
  output_.write(kPacketCsvHeader);
  output_.write(std::string_view("\n"));
}

void PacketCsvWriter::write(const Packet& packet, std::string_view label) {
  const auto address = [&](const IpAddress& value) {
    text_.clear();
    append_address(text_, value);
    row_.text(text_);
  };
  const auto port = [&](std::uint16_t value) {
    if (has_ports(packet.protocol)) {
      row_.integer(value);
    } else {
      row_.text({});
    }
  };
  row_.clear();
  row_.timestamp(packet.time_ns).text(protocol_name(packet.protocol)).integer(packet.length);
  address(packet.src);
  address(packet.dst);
  port(packet.src_port);
  port(packet.dst_port);
  row_.text(label).end();
  output_.write(row_.bytes());
}

}  // namespace weir
