// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Capture files: pcap (microseconds and nanoseconds, both byte orders) and pcapng.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "weir/net/source.hpp"

namespace weir {

/// A capture file, or stdin, being read.
class CaptureFile : public PacketSource {
 public:
  /// Packets read so far.
  virtual std::uint64_t packets() const noexcept = 0;

  /// Bytes at the end that hold no whole packet because the file was cut or damaged (0 until the
  /// end was read, and for a whole file).
  virtual std::uint64_t lost_bytes() const noexcept = 0;
};

/// What to tell the user of a capture that was cut or damaged; `lost_bytes` as of CaptureFile.
std::string cut_warning(const std::string& capture, std::uint64_t lost_bytes);

/// Opens `path` ("-" = stdin) and finds out its format. Throws Error when it cannot be read, is
/// empty or is not a capture.
std::unique_ptr<CaptureFile> open_capture(const std::string& path);

/// Replaces each folder in `paths` by the captures in it (not in its sub-folders), sorted by name:
/// files ending in .pcap, .pcapng or .cap, compressed (.gz, .zst) or not. Throws Error for a path
/// that does not exist and for a folder without captures.
std::vector<std::string> expand_captures(const std::vector<std::string>& paths);

enum class CaptureFormat { pcap, pcapng };

/// Writes a capture with nanosecond times ("-" = stdout). pcap holds one link type: the first
/// packet of another one throws Error; pcapng describes an interface for each. Throws Error.
std::unique_ptr<PacketSink> create_capture(const std::string& path, CaptureFormat format,
                                           LinkType link_type, std::uint32_t snap_length);

/// pcapng for a path that ends in .pcapng, else pcap.
CaptureFormat format_for(const std::string& path) noexcept;

}  // namespace weir
