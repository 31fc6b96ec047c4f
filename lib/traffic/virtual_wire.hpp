// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where simulated packets go: values become frames.
#pragma once

#include <cstddef>
#include <cstdint>

#include "payload_pool.hpp"
#include "weir/traffic/craft.hpp"
#include "weir/traffic/traffic_sink.hpp"

namespace weir {

/// The wire of all flows, which use it in order of time.
class VirtualWire {
 public:
  /// `start_ns`: epoch time of virtual time 0; `snap_length`: bytes of a frame that are kept.
  VirtualWire(TrafficSink& sink, std::int64_t start_ns, std::uint32_t snap_length, Random random)
      : sink_(sink), start_ns_(start_ns), crafter_(snap_length), payloads_(random) {}

  /// Makes the packet with `payload_bytes` random bytes and hands it on as one of `application`;
  /// returns the length of its frame. Throws Error as the sink does.
  std::uint32_t put(std::int64_t now_ns, PacketSpec& packet, std::size_t payload_bytes,
                    std::size_t application) {
    packet.payload = payloads_.take(payload_bytes);
    RawPacket frame = crafter_.craft(packet);
    frame.time_ns = start_ns_ + now_ns;
    sink_.write(frame, application);
    ++packets_;
    return frame.original_length;
  }

  std::uint64_t packets() const noexcept { return packets_; }

 private:
  TrafficSink& sink_;
  std::int64_t start_ns_;
  PacketCrafter crafter_;
  PayloadPool payloads_;
  std::uint64_t packets_ = 0;
};

}  // namespace weir
