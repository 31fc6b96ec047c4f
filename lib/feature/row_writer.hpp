// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The rows of an ExtractJob's table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "capture_table.hpp"
#include "flow_rows.hpp"
#include "weir/feature/packet_csv.hpp"

namespace weir {

/// Makes text of flows or packets, with their labels. Each thread has its own.
class RowWriter {
 public:
  RowWriter(const ExtractJob& job, const std::string& capture)
      : labeller_(job.labeller),
        capture_(capture),
        flows_(job.features),
        rows_(job.format, columns_of(job)) {}

  void add(const FlowRecord& flow) {
    add_flow_row(rows_, capture_, flows_.make(flow),
                 label(flow.tuple(), flow.start_ns(), flow.last_ns()));
  }

  /// Returns the packet's label.
  std::string_view add(const Packet& packet) {
    const std::string_view text =
        label({packet.src, packet.dst, packet.src_port, packet.dst_port, packet.protocol},
              packet.time_ns, packet.time_ns);
    add_packet_columns(rows_, packet);
    rows_.text(text).end();
    return text;
  }

  std::string_view rows() const noexcept { return rows_.bytes(); }

  /// Forgets the rows; returns how many of them have a label.
  std::uint64_t clear() {
    rows_.clear();
    return std::exchange(labelled_, 0);
  }

 private:
  std::string_view label(const FiveTuple& tuple, std::int64_t start_ns, std::int64_t end_ns) {
    if (labeller_ == nullptr) return {};
    const std::string_view text = labeller_->label({capture_, tuple, start_ns, end_ns});
    if (!text.empty()) ++labelled_;
    return text;
  }

  const Labeller* labeller_;
  std::string capture_;
  FlowRowMaker flows_;
  TableRow rows_;
  std::uint64_t labelled_ = 0;
};

}  // namespace weir
