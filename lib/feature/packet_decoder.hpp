// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captured packets to decoded ones, with the account of each.
#pragma once

#include <cstdint>
#include <span>

#include "weir/feature/extractor.hpp"
#include "weir/net/fragments.hpp"

namespace weir {

/// Decodes the packets of one source in the order of their arrival.
class PacketDecoder {
 public:
  explicit PacketDecoder(TunnelView tunnel) : decoder_(tunnel) {}

  /// Calls `take(packet)` for those of `raw` that can be decoded.
  template <typename Take>
  void decode(std::span<const RawPacket> raw, const Take& take) {
    for (const RawPacket& packet : raw) {
      bytes_ += packet.original_length;
      if (decoder_.decode(packet, decoded_) == DecodeStatus::decoded) take(decoded_);
    }
  }

  /// Writes down what became of all packets so far.
  void count_in(ExtractCounts& counts) const {
    counts.decode = decoder_.counts();
    counts.bytes = bytes_;
  }

 private:
  Decoder decoder_;
  Packet decoded_;
  std::uint64_t bytes_ = 0;
};

}  // namespace weir
