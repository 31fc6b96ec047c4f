// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captured packets straight into a packet CSV.
#pragma once

#include <string>

#include "weir/base/file.hpp"
#include "weir/feature/packet_csv.hpp"
#include "weir/flow/labels.hpp"
#include "weir/net/fragments.hpp"
#include "weir/net/source.hpp"

namespace weir {

/// Writes a row for each packet that can be decoded, and counts the others.
class PacketCsvSink : public PacketSink {
 public:
  /// `labeller` fills the label column and may be null (no labels); it must outlive this.
  /// `capture` is the name that rules match, the interface. Throws Error, also when rows shall be
  /// appended to a file that does not start with kPacketCsvHeader.
  PacketCsvSink(const std::string& path, OutputFile::Mode mode, const Labeller* labeller,
                std::string capture);

  void write(const RawPacket& packet) override;
  void flush() override { output_.flush(); }
  void commit() override { output_.commit(); }

  /// What became of the packets written so far.
  const DecodeCounts& counts() const noexcept { return decoder_.counts(); }

 private:
  OutputFile output_;
  PacketCsvWriter writer_;
  const Labeller* labeller_;
  std::string capture_;
  Decoder decoder_;
};

}  // namespace weir
