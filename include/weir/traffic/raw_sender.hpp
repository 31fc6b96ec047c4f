// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Generated packets on an interface, in real time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "weir/traffic/traffic_sink.hpp"

namespace weir {

using MacAddress = std::array<std::uint8_t, 6>;

/// Six bytes in hexadecimal between colons. Nothing for other text, and for a group's address
/// (broadcast, multicast): what is sent to one goes to every machine there is.
std::optional<MacAddress> parse_mac(std::string_view text);

struct RawOptions {
  std::string interface;                  ///< Ethernet or loopback
  std::optional<MacAddress> destination;  ///< of all frames; none: as they are made
  std::int64_t duration_ns = 0;           ///< where it ends even if packets are late
};

/// What became of the packets.
struct RawReport {
  std::uint64_t sent = 0;
  std::uint64_t bytes = 0;        ///< of frames sent
  std::uint64_t refused = 0;      ///< by a full queue of the interface
  std::int64_t planned_ns = 0;    ///< from the start to the time of the last packet
  std::int64_t elapsed_ns = 0;    ///< from the start to when it was sent
  std::int64_t most_late_ns = 0;  ///< of any packet, behind its time
};

/// Sends each frame when its time has come, by a packet socket (packet(7)); those that are due at
/// once go in one call. Needs CAP_NET_RAW.
class RawSender final : public TrafficSink {
 public:
  /// The clock starts here. Throws Error where there is no such interface or it is down, is not
  /// Ethernet, or where CAP_NET_RAW is missing.
  explicit RawSender(const RawOptions& options);
  ~RawSender() override;

  /// Epoch time of the start: packets are due by their timestamps.
  std::int64_t start_ns() const noexcept;

  /// Returns when the packet's time has come, or a stop was asked for. Throws Error where the
  /// interface does not take the packet: too long, or gone.
  void write(const RawPacket& packet, std::size_t application) override;

  /// False after a stop request, and where the duration is over and packets are more than a second
  /// late.
  bool takes_more() override;

  /// Sends what is due still. Throws Error.
  RawReport finish();

 private:
  class Socket;
  std::unique_ptr<Socket> socket_;
};

/// One line for a person: "eth0: 1200 packets (150000 bytes) in 10.00 s; 120.0 packets/s of 120.0".
std::string describe(const RawReport& report, const std::string& interface);

}  // namespace weir
