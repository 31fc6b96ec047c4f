// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Live capture from network interfaces.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/net/source.hpp"

namespace weir {

struct NetworkInterface {
  std::string name;
  std::string description;             ///< may be empty
  std::vector<std::string> addresses;  ///< as text
  bool up = false;
  bool running = false;  ///< has a carrier
  bool loopback = false;
};

/// The machine's interfaces that can be captured from, in the operating system's order. Throws
/// Error.
std::vector<NetworkInterface> list_interfaces();

/// For people: a heading and a line for each interface.
std::string interface_table(const std::vector<NetworkInterface>& interfaces);

/// For programs: a JSON array of objects with the members of NetworkInterface.
std::string interface_json(const std::vector<NetworkInterface>& interfaces);

/// The interface to capture from when none was named: the one of the default route, else the first
/// that is up, running and not loopback, else the loopback. Throws Error when there is none.
std::string default_interface();

/// Why packet sockets are refused to this program, and the remedies (capabilities(7)).
std::string net_raw_missing();

struct LiveOptions {
  std::string bpf;                          ///< libpcap filter expression; empty = everything
  std::uint32_t snap_length = 262'144;      ///< bytes kept of each packet
  std::uint32_t buffer_bytes = 64U << 20U;  ///< kernel ring
  bool promiscuous = false;
  std::int64_t duration_ns = 0;  ///< 0 = until stopped
  /// A packet may wait in the kernel for twice so long, for others to fill its block of 256 KiB.
  /// Short times fill the ring with blocks that are nearly empty.
  std::chrono::milliseconds block_time{20};
  /// While the interface is not there, or down, wait for it instead of failing.
  bool wait_for_interface = false;
};

/// What became of the packets of a live capture that passed the filter.
struct LiveCounters {
  std::uint64_t received = 0;           ///< handed out by read()
  std::uint64_t dropped = 0;            ///< lost for want of buffer space
  std::uint64_t interface_dropped = 0;  ///< lost by the interface or its driver
};

/// An interface being captured; ends when stop_requested() or the duration is over. Reading throws
/// Error when the interface went down or away, unless the options say to wait for it; either is
/// noticed within half a second.
class LiveCapture : public PacketSource {
 public:
  /// As read(), but gives up after `patience`, too: 0 is the end only where ended().
  virtual std::size_t read_for(std::span<RawPacket> batch, std::chrono::milliseconds patience) = 0;
  std::size_t read(std::span<RawPacket> batch) override;

  virtual bool ended() const noexcept = 0;
  /// No packet still to come is older than this (epoch nanoseconds): what timers may go by while
  /// the link is silent. A second behind the clock of the machine, for what is still in the kernel.
  virtual std::int64_t silent_until_ns() const noexcept = 0;
  virtual LinkType link_type() const noexcept = 0;
  virtual LiveCounters counters() = 0;
};

/// Throws UsageError for a filter that does not compile; Error when the interface does not exist,
/// is down, or the capability CAP_NET_RAW is missing (the message says how to grant it).
std::unique_ptr<LiveCapture> open_live(const std::string& interface, const LiveOptions& options);

}  // namespace weir
