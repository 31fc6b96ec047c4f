// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The readers behind open_capture(), one for each file format.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "byte_order.hpp"
#include "record_buffer.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {

/// Larger records do not occur in whole files; a length beyond it is damage.
inline constexpr std::uint32_t kMaxRecordBytes = 16U << 20U;

/// What both readers do: fill a batch with records that are in the buffer, and stop for good where
/// the file is cut or damaged.
class RecordReader : public CaptureFile {
 public:
  RecordReader(RecordBuffer buffer, std::string name);

  std::size_t read(std::span<RawPacket> batch) final;
  const std::string& name() const noexcept final { return name_; }
  std::uint64_t packets() const noexcept final { return packets_; }
  std::uint64_t lost_bytes() const noexcept final { return lost_bytes_; }

 protected:
  enum class Next {
    packet,   ///< `packet` was filled
    wait,     ///< more has to be read, which invalidates the packets of the batch
    end,      ///< the file ended where a record could begin
    damaged,  ///< the file ended inside a record, or a record contradicts itself
  };

  /// Takes the next packet out of the buffer. `may_read` is false while packets point into it.
  virtual Next next(RawPacket& packet, bool may_read) = 0;

  /// Makes `bytes` bytes available: packet = they are, else what next() has to return.
  Next need(std::size_t bytes, bool may_read);

  RecordBuffer buffer_;
  std::uint64_t lost_bytes_ = 0;  // of a damaged record: those that next() has taken already

 private:
  std::string name_;
  std::uint64_t packets_ = 0;
  bool ended_ = false;
};

/// `buffer` starts with a magic number of pcap. Throws Error when the file header is cut.
std::unique_ptr<CaptureFile> read_pcap(RecordBuffer buffer, std::string name);
bool is_pcap(std::uint32_t magic) noexcept;

/// `buffer` starts with the type of a section header. Throws Error when it is none, or cut.
std::unique_ptr<CaptureFile> read_pcapng(RecordBuffer buffer, std::string name);
bool is_pcapng(std::uint32_t magic) noexcept;

}  // namespace weir
