// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The application models that weir-gen knows.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "weir/base/random.hpp"
#include "weir/base/units.hpp"
#include "weir/traffic/conversation.hpp"

namespace weir {

/// What `--type` names.
enum class TrafficType : std::uint8_t {
  voip,
  ftp,
  http,
  all,     ///< the three above
  steady,  ///< packets for load tests: send_steady(), not an application model
};

struct TrafficOptions {
  TrafficType type = TrafficType::all;
  std::int64_t duration_ns = 10 * kNanosPerSecond;
  std::uint32_t pps = 50;  ///< messages per second of each type; 1 to 1,000,000
  std::uint16_t voip_port = 5555;
  std::uint16_t ftp_port = 6666;
  std::uint16_t http_port = 7777;
  std::uint64_t seed = 1;
};

/// The models of `options.type`, none for steady. A type draws the same conversations alone and
/// among all. Throws UsageError where two types of the same transport share a port.
std::vector<std::unique_ptr<Application>> make_applications(const TrafficOptions& options);

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
