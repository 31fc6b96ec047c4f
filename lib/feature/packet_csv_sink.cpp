// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captured packets as rows of the packet CSV.
#include "weir/feature/packet_csv_sink.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

/// Opens `path`; before rows are added to a file, it has to be one of such rows.
OutputFile open_rows(const std::string& path, OutputFile::Mode mode) {
  std::error_code error;
  if (mode == OutputFile::Mode::append && std::filesystem::is_regular_file(path, error) &&
      std::filesystem::file_size(path, error) > 0) {
    std::string header;
    std::getline(std::ifstream(path), header);
    if (header != kPacketCsvHeader) {
      throw Error(path + ": cannot append: its first line is not the header of a packet CSV");
    }
  }
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
