// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Finding captures and opening them, whatever their format.
#include "weir/net/capture_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "capture_readers.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

namespace fs = std::filesystem;

bool has_capture_ending(fs::path path) {
  if (path.extension() == ".gz" || path.extension() == ".zst") path = path.stem();
  const fs::path ending = path.extension();
  return ending == ".pcap" || ending == ".pcapng" || ending == ".cap";
}

std::vector<std::string> captures_in(const std::string& folder) {
  std::vector<std::string> captures;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (has_capture_ending(entry->path()) && entry->is_regular_file()) {
      captures.push_back(entry->path().string());
    }
  }
  if (error) throw Error(fmt::format("cannot read {}: {}", folder, error.message()));
  if (captures.empty()) {
    throw Error(folder +
                ": no captures in this folder (*.pcap, *.pcapng, *.cap, also with .gz or .zst)");
  }
  std::ranges::sort(captures);
  return captures;
}

}  // namespace

std::unique_ptr<CaptureFile> open_capture(const std::string& path) {
  RecordBuffer buffer{InputFile(path)};
  if (!buffer.request(4)) {
    throw Error(buffer.available() == 0 ? buffer.name() + ": empty file"
                                        : buffer.name() + ": not a capture (pcap or pcapng)");
  }
  const auto magic = load_little<std::uint32_t>(buffer.data());
  if (is_pcap(magic)) return read_pcap(std::move(buffer), base_name(path));
  if (is_pcapng(magic)) return read_pcapng(std::move(buffer), base_name(path));
  throw Error(fmt::format("{}: not a capture (pcap or pcapng): it starts with the bytes {:02x}",
                          buffer.name(), fmt::join(std::span(buffer.data(), 4), " ")));
}

std::string cut_warning(const std::string& capture, std::uint64_t lost_bytes) {
  return fmt::format(
      "{}: the capture was cut or damaged: its last {} bytes hold no whole packet; everything "
      "before "
      "them was used",
      capture, lost_bytes);
}

std::vector<std::string> expand_captures(const std::vector<std::string>& paths) {
  std::vector<std::string> captures;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      if (path != "-" && !fs::exists(path, error)) {
        throw Error(fmt::format("cannot open {}: No such file or directory", path));
      }
      captures.push_back(path);
    } else {
      std::ranges::move(captures_in(path), std::back_inserter(captures));
    }
  }
  return captures;
}

CaptureFormat format_for(const std::string& path) noexcept {
  return path.ends_with(".pcapng") ? CaptureFormat::pcapng : CaptureFormat::pcap;
}

RecordReader::RecordReader(RecordBuffer buffer, std::string name)
    : buffer_(std::move(buffer)), name_(std::move(name)) {}

std::size_t RecordReader::read(std::span<RawPacket> batch) {
  std::size_t count = 0;
  while (count < batch.size() && !ended_) {
    switch (next(batch[count], count == 0)) {
      case Next::packet:
        ++count;
        break;
      case Next::wait:
        packets_ += count;
        return count;
      case Next::end:
        ended_ = true;
        break;
      case Next::damaged:
        // Draining reuses the buffer: the packets before the damage go out first.
        if (count > 0) {
          packets_ += count;
          return count;
        }
        lost_bytes_ += buffer_.drain();
        ended_ = true;
        break;
    }
  }
  packets_ += count;
  return count;
}

RecordReader::Next RecordReader::need(std::size_t bytes, bool may_read) {
  if (buffer_.holds(bytes)) return Next::packet;
  if (!may_read) return Next::wait;
  if (buffer_.request(bytes)) return Next::packet;
  return buffer_.available() == 0 ? Next::end : Next::damaged;
}

}  // namespace weir
