// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Scenarios: who uses which applications over which network, as a file says it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/traffic/source.hpp"

namespace weir {

/// A part of the mix.
struct ScenarioApplication {
  std::string model;       ///< "browsing"; see docs/traffic.md
  std::string label;       ///< class in the ground truth; the model's own unless the file says
  double share = 0;        ///< of the flows; all together 1
  std::uint16_t port = 0;  ///< of the servers; 0 = drawn from the same range for all classes
};

/// A value that differs from user to user lies between these.
struct ScenarioRange {
  double low = 0;
  double high = 0;
};

struct Scenario {
  std::string name;
  std::int64_t duration_ns = 0;
  unsigned users = 1;
  double pause_s = 5;        ///< mean pause between two sessions of a user
  double session_scale = 1;  ///< factor on the models' session lengths
  std::vector<ScenarioApplication> mix;
  ScenarioRange rtt_s{0.005, 0.1};
  ScenarioRange down_bps{5e6, 200e6};
  ScenarioRange up_bps{1e6, 50e6};
  ScenarioRange jitter{0, 0.1};  ///< share of the round-trip time
  ScenarioRange loss{0, 0};      ///< probability
  ScenarioRange mtu{1500, 1500};
  double ipv6 = 0;  ///< share of the users
  std::optional<std::uint16_t> vlan;
  bool gtpu = false;
};

/// Reads a scenario file (TOML; see examples/scenarios). Throws Error where it cannot be read and
/// UsageError, with file and line, for what it must not say: an unknown key or application, shares
/// that do not add up to 100 %, a range upside down.
Scenario load_scenario(const std::string& path);

/// The same of a file that was read already; `name` is for messages.
Scenario parse_scenario(std::string_view text, const std::string& name);

/// A scenario that is built in (the files of examples/scenarios). Throws UsageError that names all
/// where there is none of this name.
Scenario preset_scenario(std::string_view name);

/// What is decided when a scenario is run.
struct ScenarioPlace {
  std::uint64_t seed = 1;
  /// All servers have this address; none: servers of 172.16.0.0/12 and fd77:6569:7201::/48.
  std::optional<IpAddress> destination;
  /// All servers without a port of their own listen here; 0: each has 443 or one from 61000 up.
  std::uint16_t port = 0;
};

/// The scenario's flows. Users are clients of 10.64.0.0/10 or fd77:6569:7200::/48, or share the
/// destination's address where that is a loopback one.
std::unique_ptr<TrafficSource> make_scenario_source(const Scenario& scenario,
                                                    const ScenarioPlace& place);

}  // namespace weir
