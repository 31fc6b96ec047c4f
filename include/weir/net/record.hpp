// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Recording: packets from a source into a sink.
#pragma once

#include <cstdint>

#include "weir/net/source.hpp"

namespace weir {

/// Writes the packets of `source` to `sink` until the source ends, or `limit` packets were written
/// (0 = no limit), commits, and returns how many. Whatever was read is flushed before the next read
/// waits, so that the reader of a pipe sees packets as they come. Throws Error; when it is the
/// source that fails, what it gave before is committed first.
std::uint64_t record(PacketSource& source, PacketSink& sink, std::uint64_t limit = 0);

}  // namespace weir
