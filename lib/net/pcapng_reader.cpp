// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The next generation: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html
#include <algorithm>
#include <utility>

#include "capture_readers.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in both byte orders
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;

enum BlockType : std::uint32_t {
  kInterfaceDescription = 1,
  kObsoletePacket = 2,
  kSimplePacket = 3,
  kEnhancedPacket = 6,
};

constexpr std::size_t kBlockHeaderBytes = 8;     // type, total length
constexpr std::size_t kBlockOverheadBytes = 12;  // and the total length again at the end
constexpr std::size_t kSectionHeaderBytes = 28;

// Whole files describe a handful; more than this is damage, and must not fill the memory.
constexpr std::size_t kMaxInterfaces = 65536;

struct Interface {
  LinkType link_type = LinkType::ethernet;
  std::uint32_t snap_length = 0;  // 0 = unlimited
  std::uint64_t ticks_per_second = 1'000'000;
  std::int64_t offset_s = 0;
};

class PcapngReader final : public RecordReader {
 public:
  PcapngReader(RecordBuffer buffer, std::string name)
      : RecordReader(std::move(buffer), std::move(name)) {
    if (!buffer_.request(kSectionHeaderBytes)) {
      throw Error(buffer_.name() + ": the file ends inside its header");
    }
    if (!read_section_header(buffer_.data())) {
      throw Error(buffer_.name() + ": not a capture: it starts like pcapng, but has no byte order");
    }
  }

 private:
  Next next(RawPacket& packet, bool may_read) override;
  bool read_section_header(const std::uint8_t* block) noexcept;
  bool read_interface(const std::uint8_t* body, std::size_t bytes);
  bool read_packet(std::uint32_t type, const std::uint8_t* body, std::size_t bytes,
                   RawPacket& packet) noexcept;
  bool fill(RawPacket& packet, const Interface& interface, const std::uint8_t* data,
            std::size_t room, std::uint32_t captured, std::uint32_t original) const noexcept;

  std::uint32_t field32(const std::uint8_t* at) const noexcept {
    return big_endian_ ? load_big32(at) : load_little<std::uint32_t>(at);
  }
  std::uint16_t field16(const std::uint8_t* at) const noexcept {
    return big_endian_ ? load_big16(at) : load_little<std::uint16_t>(at);
  }
  std::uint64_t ticks(const std::uint8_t* high_then_low) const noexcept {
    return std::uint64_t{field32(high_then_low)} << 32U | field32(high_then_low + 4);
  }

  bool big_endian_ = false;
  std::vector<Interface> interfaces_;  // of the current section
  std::int64_t last_time_ns_ = 0;
};

std::int64_t to_nanoseconds(std::uint64_t ticks, const Interface& interface) noexcept {
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t per_second = interface.ticks_per_second;
  const std::uint64_t seconds = ticks / per_second;
  const auto nanos = static_cast<std::uint64_t>(static_cast<Wide>(ticks % per_second) *
                                                1'000'000'000 / per_second);
  // Unsigned, since a damaged file may hold any number and must not overflow.
  return static_cast<std::int64_t>(
      (seconds + static_cast<std::uint64_t>(interface.offset_s)) * 1'000'000'000 + nanos);
}

/// Bits of if_tsresol: a power of 10, or of 2 where the highest bit is set.
std::uint64_t ticks_per_second(std::uint8_t resolution) noexcept {
  if ((resolution & 0x80U) != 0) {
    return std::uint64_t{1} << std::min<unsigned>(resolution & 0x7fU, 63);
  }
  std::uint64_t ticks = 1;
  for (unsigned i = 0; i < std::min<unsigned>(resolution, 19); ++i) ticks *= 10;
  return ticks;
}

RecordReader::Next PcapngReader::next(RawPacket& packet, bool may_read) {
  for (;;) {
    if (const Next state = need(kBlockHeaderBytes, may_read); state != Next::packet) return state;
    const std::uint32_t type = load_little<std::uint32_t>(buffer_.data());
    if (type == kSectionHeader) {
      if (const Next state = need(kSectionHeaderBytes, may_read); state != Next::packet) {
        return state;
      }
      if (!read_section_header(buffer_.data())) return Next::damaged;
    }
    const std::uint32_t length = field32(buffer_.data() + 4);
    if (length < kBlockOverheadBytes || length % 4 != 0) return Next::damaged;

    switch (const std::uint32_t kind = field32(buffer_.data())) {
      case kInterfaceDescription:
      case kObsoletePacket:
      case kSimplePacket:
      case kEnhancedPacket: {
        if (length > kMaxRecordBytes) return Next::damaged;
        if (const Next state = need(length, may_read); state != Next::packet) return state;
        const std::uint8_t* const body = buffer_.data() + kBlockHeaderBytes;
        const std::size_t body_bytes = length - kBlockOverheadBytes;
        if (field32(body + body_bytes) != length) return Next::damaged;
        if (kind == kInterfaceDescription) {
          if (!read_interface(body, body_bytes)) return Next::damaged;
          buffer_.consume(length);
          break;
        }
        if (!read_packet(kind, body, body_bytes, packet)) return Next::damaged;
        buffer_.consume(length);
        return Next::packet;
      }
      default:  // statistics, names, secrets, custom blocks: nothing of theirs is used
        if (buffer_.holds(length)) {
          buffer_.consume(length);
        } else if (!may_read) {
          return Next::wait;
        } else if (const std::size_t skipped = buffer_.skip(length); skipped < length) {
          lost_bytes_ = skipped;
          return Next::damaged;
        }
    }
  }
}

bool PcapngReader::read_section_header(const std::uint8_t* block) noexcept {
  const std::uint32_t magic = load_little<std::uint32_t>(block + kBlockHeaderBytes);
  if (magic != kByteOrderMagic && __builtin_bswap32(magic) != kByteOrderMagic) return false;
  big_endian_ = magic != kByteOrderMagic;
  interfaces_.clear();
  return true;
}

bool PcapngReader::read_interface(const std::uint8_t* body, std::size_t bytes) {
  constexpr std::size_t kFixedBytes = 8;
  if (bytes < kFixedBytes || interfaces_.size() == kMaxInterfaces) return false;
  Interface interface;
  interface.link_type = static_cast<LinkType>(field16(body));
  interface.snap_length = field32(body + 4);

  constexpr std::uint16_t kEnd = 0;
  constexpr std::uint16_t kTimeResolution = 9;
  constexpr std::uint16_t kTimeOffset = 14;
  for (std::size_t at = kFixedBytes; at + 4 <= bytes;) {
    const std::uint16_t code = field16(body + at);
    const std::size_t length = field16(body + at + 2);
    const std::uint8_t* const value = body + at + 4;
    at += 4 + (length + 3) / 4 * 4;
    if (code == kEnd) break;
    if (at > bytes) return false;
    if (code == kTimeResolution && length == 1) {
      interface.ticks_per_second = ticks_per_second(*value);
    } else if (code == kTimeOffset && length == 8) {
      const std::uint64_t high = field32(big_endian_ ? value : value + 4);
      const std::uint64_t low = field32(big_endian_ ? value + 4 : value);
      interface.offset_s = static_cast<std::int64_t>(high << 32U | low);
    }
  }
  interfaces_.push_back(interface);
  return true;
}

bool PcapngReader::read_packet(std::uint32_t type, const std::uint8_t* body, std::size_t bytes,
                               RawPacket& packet) noexcept {
  constexpr std::size_t kFixedBytes = 20;  // of the enhanced and the obsolete block
  if (type == kSimplePacket) {
    // Without a time: it gets that of the packet before. Always of the first interface.
    if (bytes < 4 || interfaces_.empty()) return false;
    const std::uint32_t original = field32(body);
    const std::uint32_t limit = interfaces_[0].snap_length;
    const std::uint32_t captured = limit == 0 ? original : std::min(original, limit);
    packet.time_ns = last_time_ns_;
    return fill(packet, interfaces_[0], body + 4, bytes - 4, captured, original);
  }
  if (bytes < kFixedBytes) return false;
  const std::size_t index = type == kEnhancedPacket ? field32(body) : field16(body);
  if (index >= interfaces_.size()) return false;
  last_time_ns_ = packet.time_ns = to_nanoseconds(ticks(body + 4), interfaces_[index]);
  return fill(packet, interfaces_[index], body + kFixedBytes, bytes - kFixedBytes,
              field32(body + 12), field32(body + 16));
}

bool PcapngReader::fill(RawPacket& packet, const Interface& interface, const std::uint8_t* data,
                        std::size_t room, std::uint32_t captured,
                        std::uint32_t original) const noexcept {
  if (captured > room) return false;
  packet.data = data;
  packet.captured_length = captured;
  packet.original_length = original;
  packet.link_type = interface.link_type;
  return true;
}

}  // namespace

bool is_pcapng(std::uint32_t magic) noexcept {
  return magic == kSectionHeader;
}

std::unique_ptr<CaptureFile> read_pcapng(RecordBuffer buffer, std::string name) {
  return std::make_unique<PcapngReader>(std::move(buffer), std::move(name));
}

}  // namespace weir
