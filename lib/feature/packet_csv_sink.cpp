// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captured packets as rows of the packet CSV.
#include "weir/feature/packet_csv_sink.hpp"

#include <utility>

#include "weir/base/row_file.hpp"

namespace weir {
namespace {

OutputFile open_rows(const std::string& path, OutputFile::Mode mode) {
  if (mode == OutputFile::Mode::append) return append_rows(path, kPacketCsvHeader, "packet CSV");
  return OutputFile(path, mode);
}

}  // namespace

PacketCsvSink::PacketCsvSink(const std::string& path, OutputFile::Mode mode,
                             const Labeller* labeller, std::string capture)
    : output_(open_rows(path, mode)),
      writer_(output_),
      labeller_(labeller),
      capture_(std::move(capture)) {}

void PacketCsvSink::write(const RawPacket& raw) {
  Packet packet;
  if (decoder_.decode(raw, packet) != DecodeStatus::decoded) return;
  std::string_view label;
  if (labeller_ != nullptr) {
    const FiveTuple tuple{packet.src, packet.dst, packet.src_port, packet.dst_port,
                          packet.protocol};
    label = labeller_->label({capture_, tuple, packet.time_ns, packet.time_ns});
  }
  writer_.write(packet, label);
}

}  // namespace weir
