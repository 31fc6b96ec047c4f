// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fuzzes the capture readers and the decoder behind them: any bytes are a file.
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <numeric>
#include <string>

#include "weir/base/error.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/decode.hpp"

namespace {

/// A file in memory that open_capture() can open by its path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    if (descriptor_ < 0) std::abort();
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  void replace(const std::uint8_t* data, std::size_t size) {
    if (::ftruncate(descriptor_, 0) != 0) std::abort();
    if (::pwrite(descriptor_, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

void check(const weir::RawPacket& raw) {
  // Touches every byte, so that a sanitizer sees a packet that reaches out of the buffer.
  [[maybe_unused]] const volatile unsigned sum =
      std::accumulate(raw.data, raw.data + raw.captured_length, 0U);
  weir::Packet packet;
  if (weir::decode(raw, packet) != weir::DecodeStatus::decoded) return;
  if (packet.payload_length > packet.ip_length || packet.ip_length > packet.length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  spdlog::set_level(spdlog::level::off);  // of damaged gzip data, which is every second input
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static MemoryFile file;
  file.replace(data, size);
  try {
    const auto capture = weir::open_capture(file.path());
    std::array<weir::RawPacket, 16> batch;
    std::uint64_t packets = 0;
    while (const std::size_t count = capture->read(batch)) {
      for (std::size_t i = 0; i < count; ++i) check(batch[i]);
      packets += count;
    }
    if (packets != capture->packets()) std::abort();
  } catch (const weir::Error&) {
    // Refusing the file is an answer.
  }
  return 0;
}
