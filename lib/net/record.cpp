// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The loop of a recording.
#include "weir/net/record.hpp"

#include <algorithm>
#include <vector>

#include "weir/base/error.hpp"

namespace weir {

std::uint64_t record(PacketSource& source, PacketSink& sink, std::uint64_t limit) {
  std::vector<RawPacket> batch(1024);
  sink.flush();  // the reader of a pipe learns the format before the first packet comes
  std::uint64_t written = 0;
  while (limit == 0 || written < limit) {
    const std::size_t room =
        limit == 0 ? batch.size() : std::min<std::uint64_t>(batch.size(), limit - written);
    std::size_t count = 0;
    try {
      count = source.read(std::span(batch).first(room));
    } catch (const Error&) {  // an interface that went away: what it gave is kept
      sink.commit();
      throw;
    }
    if (count == 0) break;
    for (const RawPacket& packet : std::span(batch).first(count)) sink.write(packet);
    sink.flush();
    written += count;
  }
  sink.commit();
  return written;
}

}  // namespace weir
