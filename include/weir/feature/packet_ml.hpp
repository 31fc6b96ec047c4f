// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The packet table as numbers only, ready for any learner.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/net/packet.hpp"

namespace weir {

/// Packets without addresses: `timestamp,protocol,length,src_port,dst_port,label`. Numbers are
/// scaled to 0-1 by the least and the greatest of the table (0 where they are equal; a port that
/// the protocol does not have counts as 0), protocol and label are replaced by their index in the
/// sorted list of those that occur, a missing label by -1. Holds 24 bytes a packet until write().
class PacketMlTable {
 public:
  void add(const Packet& packet, std::string_view label);

  /// Adds the rows of another table behind those of this one.
  void append(const PacketMlTable& other);

  /// Writes the table and its encoding (JSON: for each column its scaling or categories). Throws
  /// Error.
  void write(OutputFile& table, OutputFile& encoding) const;

 private:
  static constexpr std::uint32_t kUnlabelled = ~std::uint32_t{0};

  struct Row {
    std::int64_t time_ns;
    std::uint32_t length;
    std::uint32_t label;  // index into labels_
    std::uint16_t src_port;
    std::uint16_t dst_port;
    std::uint8_t protocol;
  };

  std::uint32_t number_of(std::string_view label);

  std::vector<Row> rows_;
  std::vector<std::string> labels_;  // in the order in which they came
  std::map<std::string, std::uint32_t, std::less<>> label_numbers_;
};

}  // namespace weir
