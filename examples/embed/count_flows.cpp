// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Prints the flows of a capture with weir's library: the initiator, the responder, packets and
// bytes.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "weir/base/error.hpp"
#include "weir/feature/extractor.hpp"
#include "weir/net/capture_file.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: count_flows CAPTURE\n");
    return 2;
  }
  try {
    weir::FlowExtractor extractor({}, [](const weir::FlowRow& flow) {
      fmt::print("{} port {} -> {} port {}: {} packets, {} bytes\n", to_string(flow.tuple.src),
                 flow.tuple.src_port, to_string(flow.tuple.dst), flow.tuple.dst_port, flow.packets,
                 flow.bytes);
    });
    const auto capture = weir::open_capture(argv[1]);
    std::array<weir::RawPacket, 64> batch;
    while (const std::size_t count = capture->read(batch)) {
      extractor.add(std::span(batch).first(count));
    }
    extractor.finish();
    fmt::print("{} flows\n", extractor.counts().flows);
    return 0;
  } catch (const weir::Error& error) {
    fmt::print(stderr, "count_flows: {}\n", error.what());
    return 1;
  }
}
