// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where generated packets go: a capture file, a table, an interface.
#pragma once

#include <cstddef>

#include "weir/base/interrupt.hpp"
#include "weir/net/source.hpp"

namespace weir {

/// Takes generated packets in order of time, each with the index of its application.
class TrafficSink {
 public:
  virtual ~TrafficSink() = default;

  /// Throws Error.
  virtual void write(const RawPacket& packet, std::size_t application) = 0;

  /// False where the traffic has to end early and keep what was sent. Throws Interrupted where a
  /// part is worth nothing, as here.
  virtual bool takes_more() {
    check_interrupted();
    return true;
  }
};

/// Hands the packets on to a capture, which outlives it.
class CaptureTrafficSink final : public TrafficSink {
 public:
  explicit CaptureTrafficSink(PacketSink& capture) : capture_(capture) {}

  void write(const RawPacket& packet, std::size_t /*application*/) override {
    capture_.write(packet);
  }

 private:
  PacketSink& capture_;
};

}  // namespace weir
