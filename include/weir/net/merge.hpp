// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Several captures read as one: the files of a rotation, or of interfaces recorded side by side.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "weir/net/capture_file.hpp"

namespace weir {

/// Opens captures of any formats and link types as one, whose packets come in the order of their
/// times; those of the same time in the order in which the files are named. Packets of one file
/// keep their order even where their times run backwards: such a packet comes right after the one
/// before it.
///
/// The name is the first file's; packets() and lost_bytes() are sums, and a file that was cut is
/// named by a warning in the log when its end is reached. All files are open at once, each with its
/// own buffer (256 KiB). Throws Error when one cannot be read or is no capture, and when there are
/// more than the process may have open; UsageError when there is none, or stdin is named twice.
std::unique_ptr<CaptureFile> merge_captures(const std::vector<std::string>& paths);

}  // namespace weir
