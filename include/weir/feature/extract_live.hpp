// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A live interface in, a table out.
#pragma once

#include "weir/feature/extract.hpp"
#include "weir/net/live.hpp"

namespace weir {

/// Writes the table of what comes from `source`, until that ends, and commits it. The rows are
/// those that extract() makes of the same packets recorded, but for flows that are silent at the
/// end: time passes for them here, too. Rows reach the reader of a pipe within 100 ms. Captures,
/// threads and merging of the job do not matter. Throws Error; when it is the source that fails,
/// what it gave before is written and committed first.
CaptureSummary extract_live(LiveCapture& source, const ExtractJob& job, OutputFile& output);

}  // namespace weir
