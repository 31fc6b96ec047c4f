// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Writing captures, with nanosecond times, in the machine's byte order.
#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {
namespace {

/// Fixed-width integers, one behind the other; no header or block needs more room.
class Fields {
 public:
  template <typename Integer>
  Fields& add(Integer value) {
    std::memcpy(bytes_.data() + size_, &value, sizeof value);
    size_ += sizeof value;
    return *this;
  }
  std::span<const std::uint8_t> bytes() const noexcept { return std::span(bytes_).first(size_); }
  void clear() noexcept { size_ = 0; }

 private:
  std::array<std::uint8_t, 64> bytes_;
  std::size_t size_ = 0;
};

class PcapWriter final : public PacketSink {
 public:
  PcapWriter(const std::string& path, LinkType link_type, std::uint32_t snap_length)
      : output_(path), link_type_(link_type) {
    constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
    fields_.add(kNanosecondMagic).add(std::uint16_t{2}).add(std::uint16_t{4});
    fields_.add(std::uint64_t{0});  // time zone and accuracy, never used
    fields_.add(snap_length).add(static_cast<std::uint32_t>(link_type));
    output_.write(fields_.bytes());
  }

  void write(const RawPacket& packet) override {
    if (packet.link_type != link_type_) {
      throw Error(output_.name() + ": pcap holds packets of one link type; write .pcapng instead");
    }
    fields_.clear();
    fields_.add(static_cast<std::uint32_t>(packet.time_ns / kNanosPerSecond));
    fields_.add(static_cast<std::uint32_t>(packet.time_ns % kNanosPerSecond));
    fields_.add(packet.captured_length).add(packet.original_length);
    output_.write(fields_.bytes());
    output_.write(std::span(packet.data, packet.captured_length));
  }

  void flush() override { output_.flush(); }
  void commit() override { output_.commit(); }

 private:
  OutputFile output_;
  LinkType link_type_;
  Fields fields_;
};

class PcapngWriter final : public PacketSink {
 public:
  PcapngWriter(const std::string& path, LinkType link_type, std::uint32_t snap_length)
      : output_(path), snap_length_(snap_length) {
    fields_.add(std::uint32_t{0x0a0d0d0a}).add(std::uint32_t{28}).add(std::uint32_t{0x1a2b3c4d});
    fields_.add(std::uint16_t{1}).add(std::uint16_t{0});    // version 1.0
    fields_.add(~std::uint64_t{0}).add(std::uint32_t{28});  // section length not known
    output_.write(fields_.bytes());
    interface_of(link_type);
  }

  void write(const RawPacket& packet) override {
    const std::uint32_t interface = interface_of(packet.link_type);
    const auto time = static_cast<std::uint64_t>(packet.time_ns);
    const std::uint32_t padding = (4 - packet.captured_length % 4) % 4;
    const std::uint32_t block = 32 + packet.captured_length + padding;
    fields_.clear();
    fields_.add(std::uint32_t{6}).add(block).add(interface);
    fields_.add(static_cast<std::uint32_t>(time >> 32U)).add(static_cast<std::uint32_t>(time));
    fields_.add(packet.captured_length).add(packet.original_length);
    output_.write(fields_.bytes());
    output_.write(std::span(packet.data, packet.captured_length));
    fields_.clear();
    for (std::uint32_t i = 0; i < padding; ++i) fields_.add(std::uint8_t{0});
    output_.write(fields_.add(block).bytes());
  }

  void flush() override { output_.flush(); }
  void commit() override { output_.commit(); }

 private:
  /// The index of the interface of this link type, which is described when first met.
  std::uint32_t interface_of(LinkType link_type) {
    const auto known = std::ranges::find(interfaces_, link_type);
    const auto index = static_cast<std::uint32_t>(known - interfaces_.begin());
    if (known != interfaces_.end()) return index;
    interfaces_.push_back(link_type);
    fields_.clear();
    fields_.add(std::uint32_t{1}).add(std::uint32_t{32});
    fields_.add(static_cast<std::uint16_t>(link_type)).add(std::uint16_t{0}).add(snap_length_);
    fields_.add(std::uint16_t{9}).add(std::uint16_t{1}).add(std::uint32_t{9});  // if_tsresol: 10^-9
    fields_.add(std::uint32_t{0}).add(std::uint32_t{32});                       // end of options
    output_.write(fields_.bytes());
    return index;
  }

  OutputFile output_;
  std::uint32_t snap_length_;
  std::vector<LinkType> interfaces_;
  Fields fields_;
};

}  // namespace

std::unique_ptr<PacketSink> create_capture(const std::string& path, CaptureFormat format,
                                           LinkType link_type, std::uint32_t snap_length) {
  if (format == CaptureFormat::pcap) {
    return std::make_unique<PcapWriter>(path, link_type, snap_length);
  }
  return std::make_unique<PcapngWriter>(path, link_type, snap_length);
}

}  // namespace weir
