// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The table of one capture.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/feature/extract.hpp"
#include "weir/feature/packet_ml.hpp"
#include "weir/feature/table_row.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {

/// Column names of the job's table, `label` last; none where there is no table.
std::vector<std::string> columns_of(const ExtractJob& job);

/// The rows of one capture and what is known of it.
struct CaptureTable {
  CaptureSummary summary;
  std::string rows;  ///< those that read_capture() had nobody to give to
  PacketMlTable ml;
};

/// How to read a capture.
struct CaptureReading {
  unsigned threads = 1;
  bool wants_ml = false;
  /// Gets rows as they come, on the calling thread; none: they wait in the table.
  std::function<void(std::string_view rows)> write;
  /// Called now and then with the packets read so far; may be empty.
  std::function<void(std::uint64_t packets)> report;
};

/// Reads a capture to its end. The rows do not depend on the number of threads. Throws Error,
/// Interrupted.
CaptureTable read_capture(CaptureFile& capture, const ExtractJob& job,
                          const CaptureReading& reading);

}  // namespace weir
