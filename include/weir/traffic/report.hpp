// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What was sent: counts per application, and every flow for the ground truth.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "weir/flow/labels.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// Traffic of one application.
struct TrafficCount {
  std::uint64_t flows = 0;
  std::array<std::uint64_t, 2> messages{};  ///< sent, by Side
  std::array<std::uint64_t, 2> bytes{};     ///< payload sent, by Side
  std::uint64_t unsent = 0;                 ///< conversations that the machine had no room for
};

/// Called for each flow when it has ended.
using FlowObserver = std::function<void(const GroundTruthRow&)>;

/// One line for a person: "VoIP: 3 flows, client sent 100 datagrams (16000 bytes), server ...".
/// `seconds` is how long the traffic took.
std::string describe(const ApplicationInfo& info, const TrafficCount& count, double seconds);

}  // namespace weir
