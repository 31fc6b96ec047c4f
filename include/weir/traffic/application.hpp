// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The lab's traffic: VoIP, FTP and HTTP at given rates on known ports.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// What `--type` names.
enum class TrafficType : std::uint8_t {
  voip,
  ftp,
  http,
  all,     ///< the three above
  steady,  ///< packets for load tests: send_steady(), not an application model
};

inline constexpr std::uint32_t kMostPps = 100'000'000;

struct TrafficOptions {
  TrafficType type = TrafficType::all;
  std::int64_t duration_ns = 10 * kNanosPerSecond;
  std::uint32_t pps = 50;  ///< messages per second of each type; 1 to kMostPps
  std::uint16_t voip_port = 5555;
  std::uint16_t ftp_port = 6666;
  std::uint16_t http_port = 7777;
  std::uint64_t seed = 1;
};

struct PlannedConversation {
  std::int64_t start_ns = 0;  ///< since the start of the traffic
  std::unique_ptr<Conversation> conversation;
};

/// A model at a given rate: an endless sequence of conversations, drawn from a seed.
class Application {
 public:
  virtual ~Application() = default;

  /// Conversations in the order of their start.
  virtual PlannedConversation next_conversation() = 0;

  ApplicationInfo info;
  Transport transport = Transport::udp;
  std::uint16_t port = 0;  ///< where the server listens

 protected:
  Application(ApplicationInfo about, Transport over, std::uint16_t server_port)
      : info(std::move(about)), transport(over), port(server_port) {}
};

/// The models of `options.type`, none for steady. A type draws the same conversations alone and
/// among all. Throws UsageError where two types of the same transport share a port.
std::vector<std::unique_ptr<Application>> make_applications(const TrafficOptions& options);

/// The same as a source of flows to `destination`. Clients have the destination's own address where
/// that is a loopback one, else neighbours of it; every flow has a path of its own, without loss.
std::unique_ptr<TrafficSource> make_lab_source(const TrafficOptions& options,
                                               const IpAddress& destination);

/// Voice calls, one after another: datagrams of 160 bytes (20 ms of G.711, RFC 3551, 4.5.14) at
/// `pps` from the caller and, once answered, at `pps` back.
std::unique_ptr<Application> make_voip(const TrafficOptions& options, Random random);

/// File transfer: a login, commands with short replies, and files up or down in blocks, all on one
/// connection (RFC 959's dialogue without its second connection).
std::unique_ptr<Application> make_ftp(const TrafficOptions& options, Random random);

/// Web: connections that carry several requests of 100 to 800 bytes, each with a response of 1 to
/// 100 kB, some at once (objects of a page) and some after a think time.
std::unique_ptr<Application> make_http(const TrafficOptions& options, Random random);

}  // namespace weir
