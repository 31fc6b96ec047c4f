// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Fuzzes the capture readers and the decoder behind them: any bytes are a file.
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>
#include <numeric>
#include <string_view>

#include "memory_file.hpp"
#include "weir/base/error.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/decode.hpp"

namespace {

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
  static weir::fuzz::MemoryFile file;
  file.replace({reinterpret_cast<const char*>(data), size});
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
