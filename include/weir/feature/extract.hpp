// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Whole captures in, one table out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/feature/extractor.hpp"
#include "weir/feature/flow_selection.hpp"
#include "weir/feature/packet_ml.hpp"
#include "weir/feature/table_row.hpp"
#include "weir/flow/labels.hpp"

namespace weir {

/// What the rows of the table are.
enum class ExtractLevel : std::uint8_t {
  none,  ///< no table: packets are decoded and counted only
  packet,
  flow,
};

/// What to make of which captures.
struct ExtractJob {
  std::vector<std::string> captures;  ///< paths, "-" = stdin
  ExtractLevel level = ExtractLevel::flow;
  ExtractorSettings settings;  ///< of flows; `tunnel` of packets, too
  FlowSelection features;      ///< of flows
  TableFormat format = TableFormat::csv;
  const Labeller* labeller = nullptr;  ///< none: no row has a label
  unsigned threads = 0;                ///< 0 = one for each core
  /// Called on the calling thread with captures done and their number; where there is one capture
  /// only, or one merged from all, with packets read and 0.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
  /// Read all captures as one, in the order of their packets' times (merge_captures()).
  bool merge = false;
};

/// What became of one capture.
struct CaptureSummary {
  std::string name;  ///< the value of the `capture` column
  ExtractCounts counts;
  std::uint64_t lost_bytes = 0;  ///< at the end of a capture that was cut
  std::uint64_t labelled = 0;    ///< rows that have a label
};

/// Writes the table of all captures, in their order, to `output`; the same bytes for any number of
/// threads. With `ml` (packet level), the same packets go there too. A capture that was cut, or of
/// a link type that is not supported, gives a warning in the log. Throws Error for a capture that
/// cannot be read, and Interrupted.
std::vector<CaptureSummary> extract(const ExtractJob& job, OutputFile& output,
                                    PacketMlTable* ml = nullptr);

/// "12 packets = 10 in flows + 2 not (2 not_ip); 3 flows, 3 rows, 1 labelled": one line for all.
std::string summary_line(const std::vector<CaptureSummary>& captures, ExtractLevel level);

/// A CSV of all counts, a row a capture.
std::string summary_table(const std::vector<CaptureSummary>& captures);

}  // namespace weir
