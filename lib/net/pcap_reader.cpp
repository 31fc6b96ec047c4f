// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The classic format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
#include <fmt/format.h>

#include <utility>

#include "capture_readers.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kModified = 0xa1b2cd34;  // longer record headers, of an old Linux libpcap

constexpr bool is_magic(std::uint32_t magic) noexcept {
  return magic == kMicroseconds || magic == kNanoseconds || magic == kModified;
}

class PcapReader final : public RecordReader {
 public:
  PcapReader(RecordBuffer buffer, std::string name);

 private:
  Next next(RawPacket& packet, bool may_read) override;

  std::uint32_t field32(const std::uint8_t* at) const noexcept {
    return big_endian_ ? load_big32(at) : load_little<std::uint32_t>(at);
  }
  std::uint16_t field16(const std::uint8_t* at) const noexcept {
    return big_endian_ ? load_big16(at) : load_little<std::uint16_t>(at);
  }

  bool big_endian_;
  std::int64_t tick_ns_;
  std::size_t record_header_bytes_;
  LinkType link_type_;
  std::uint16_t minor_version_;
};

PcapReader::PcapReader(RecordBuffer buffer, std::string name)
    : RecordReader(std::move(buffer), std::move(name)) {
  if (!buffer_.request(kFileHeaderBytes)) {
    throw Error(buffer_.name() + ": the file ends inside its header");
  }
  const std::uint8_t* const header = buffer_.data();
  big_endian_ = is_magic(load_big32(header));
  const std::uint32_t magic = field32(header);
  tick_ns_ = magic == kNanoseconds ? 1 : 1000;
  record_header_bytes_ = magic == kModified ? 24 : 16;
  minor_version_ = field16(header + 6);
  link_type_ =
      static_cast<LinkType>(field32(header + 20) & 0xffffU);  // above: frame check sequence
  buffer_.consume(kFileHeaderBytes);
}

RecordReader::Next PcapReader::next(RawPacket& packet, bool may_read) {
  if (const Next state = need(record_header_bytes_, may_read); state != Next::packet) return state;
  const std::uint8_t* header = buffer_.data();
  std::uint32_t captured = field32(header + 8);
  std::uint32_t original = field32(header + 12);
  // Before version 2.3 the two lengths stood the other way round; 2.3 was written both ways.
  if (minor_version_ < 3 || (minor_version_ == 3 && captured > original)) {
    std::swap(captured, original);
  }
  if (captured > kMaxRecordBytes) return Next::damaged;
  const std::size_t record_bytes = record_header_bytes_ + captured;
  if (const Next state = need(record_bytes, may_read); state != Next::packet) return state;

  header = buffer_.data();
  packet.time_ns = static_cast<std::int64_t>(field32(header)) * 1'000'000'000 +
                   static_cast<std::int64_t>(field32(header + 4)) * tick_ns_;
  packet.data = header + record_header_bytes_;
  packet.captured_length = captured;
  packet.original_length = original;
  packet.link_type = link_type_;
  buffer_.consume(record_bytes);
  return Next::packet;
}

}  // namespace

bool is_pcap(std::uint32_t magic) noexcept {
  return is_magic(magic) || is_magic(__builtin_bswap32(magic));
}

std::unique_ptr<CaptureFile> read_pcap(RecordBuffer buffer, std::string name) {
  return std::make_unique<PcapReader>(std::move(buffer), std::move(name));
}

}  // namespace weir
