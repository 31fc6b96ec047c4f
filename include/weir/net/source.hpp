// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where packets come from and where they go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "weir/net/packet.hpp"

namespace weir {

/// A stream of captured packets: a file, stdin, an interface.
class PacketSource {
 public:
  virtual ~PacketSource() = default;

  /// Fills the front of `batch` with the next packets and returns how many; their bytes are valid
  /// until the next call. 0 means the end of a file, or of a live capture (stopped or time over).
  /// Throws Error.
  virtual std::size_t read(std::span<RawPacket> batch) = 0;

  /// The value of the `capture` column: the file's base name, or the interface.
  virtual const std::string& name() const noexcept = 0;
};

/// A place for captured packets: a capture file.
class PacketSink {
 public:
  virtual ~PacketSink() = default;

  /// Throws Error (disk full, closed pipe).
  virtual void write(const RawPacket& packet) = 0;

  /// Hands what is buffered to the reader of a pipe. Throws Error.
  virtual void flush() = 0;

  /// Ends the file and puts it in its place. Throws Error.
  virtual void commit() = 0;
};

}  // namespace weir
