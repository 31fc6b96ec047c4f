// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Capture files built field by field, in either byte order.
#pragma once

#include <catch2/catch.hpp>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/net/capture_file.hpp"

namespace weir::test {

enum class ByteOrder { little, big };

/// Bytes in the making.
class FileBytes {
 public:
  explicit FileBytes(ByteOrder order = ByteOrder::little) : order_(order) {}

  FileBytes& u8(unsigned value) { return add(value, 1); }
  FileBytes& u16(unsigned value) { return add(value, 2); }
  FileBytes& u32(std::uint64_t value) { return add(value, 4); }
  FileBytes& u64(std::uint64_t value) { return add(value, 8); }
  FileBytes& text(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  FileBytes& pad() {
    while (bytes_.size() % 4 != 0) bytes_ += '\0';
    return *this;
  }
  const std::string& str() const noexcept { return bytes_; }

 private:
  FileBytes& add(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) {
      const int shift = order_ == ByteOrder::little ? 8 * i : 8 * (count - 1 - i);
      bytes_ += static_cast<char>(value >> shift);
    }
    return *this;
  }

  ByteOrder order_;
  std::string bytes_;
};

inline constexpr std::uint32_t kMicroMagic = 0xa1b2c3d4;
inline constexpr std::uint32_t kNanoMagic = 0xa1b23c4d;
inline constexpr std::uint32_t kModifiedMagic = 0xa1b2cd34;

inline std::string pcap_header(ByteOrder order, std::uint32_t magic = kMicroMagic,
                               std::uint32_t link_type = 1, unsigned minor = 4) {
  return FileBytes(order).u32(magic).u16(2).u16(minor).u64(0).u32(65535).u32(link_type).str();
}

/// A record of `data`, whose original length is 100 bytes more; `extra` is what the modified format
/// has behind the lengths.
inline std::string pcap_record(ByteOrder order, std::uint32_t seconds, std::uint32_t fraction,
                               std::string_view data, std::string_view extra = {}) {
  return FileBytes(order)
      .u32(seconds)
      .u32(fraction)
      .u32(data.size())
      .u32(data.size() + 100)
      .text(extra)
      .text(data)
      .str();
}

/// A pcapng block around `body`, padded.
inline std::string block(ByteOrder order, std::uint32_t type, std::string_view body) {
  const std::string padded = FileBytes().text(body).pad().str();
  const std::uint64_t length = padded.size() + 12;
  return FileBytes(order).u32(type).u32(length).text(padded).u32(length).str();
}

inline std::string section(ByteOrder order) {
  const std::string body =
      FileBytes(order).u32(0x1a2b3c4d).u16(1).u16(0).u64(~std::uint64_t{0}).str();
  return block(order, 0x0a0d0d0a, body);
}

inline std::string option(ByteOrder order, unsigned code, std::string_view value) {
  return FileBytes(order)
      .u16(code)
      .u16(static_cast<unsigned>(value.size()))
      .text(value)
      .pad()
      .str();
}

inline std::string interface(ByteOrder order, unsigned link_type, std::string_view options = {},
                             std::uint32_t snap_length = 0) {
  return block(order, 1,
               FileBytes(order).u16(link_type).u16(0).u32(snap_length).text(options).str());
}

inline std::string enhanced_packet(ByteOrder order, std::uint32_t interface_id, std::uint64_t ticks,
                                   std::string_view data) {
  return block(order, 6,
               FileBytes(order)
                   .u32(interface_id)
                   .u32(ticks >> 32U)
                   .u32(ticks & 0xffffffffU)
                   .u32(data.size())
                   .u32(data.size() + 100)
                   .text(data)
                   .str());
}

/// A packet that owns its bytes.
struct KeptPacket {
  std::int64_t time_ns;
  std::string data;
  std::uint32_t original_length;
  LinkType link_type;

  bool operator==(const KeptPacket&) const = default;
};

/// All packets, read `batch_size` at a time; the bytes are looked at only when a batch is complete.
inline std::vector<KeptPacket> read_all(CaptureFile& capture, std::size_t batch_size = 64) {
  std::vector<KeptPacket> kept;
  std::vector<RawPacket> batch(batch_size);
  while (const std::size_t count = capture.read(batch)) {
    REQUIRE(count <= batch.size());
    for (const RawPacket& packet : std::span(batch).first(count)) {
      kept.push_back({packet.time_ns,
                      {reinterpret_cast<const char*>(packet.data), packet.captured_length},
                      packet.original_length,
                      packet.link_type});
    }
  }
  CHECK(capture.packets() == kept.size());
  CHECK(capture.read(batch) == 0);
  return kept;
}

}  // namespace weir::test
