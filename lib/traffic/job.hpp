// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What weir-gen is asked to send, as a source of flows and as a message to another host.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "weir/traffic/generate.hpp"
#include "weir/traffic/source.hpp"

namespace weir {

/// The traffic to send, and how long.
struct Job {
  std::unique_ptr<TrafficSource> source;
  std::int64_t duration_ns = 0;
  bool cut = false;
};

/// The address that `options.destination` says; nothing where a scenario has servers of its own.
/// Throws UsageError.
std::optional<IpAddress> destination_of(const GenerateOptions& options);

/// Throws UsageError and Error as scenarios and models do.
Job make_job(const GenerateOptions& options, const std::optional<IpAddress>& destination);

/// All that decides which flows a job over sockets has; a scenario file goes with it. Throws Error.
nlohmann::json job_message(const GenerateOptions& options);

/// The options that such a message was made of. Throws UsageError for one of another version, and
/// for values that no command line would have.
GenerateOptions job_options(const nlohmann::json& message);

}  // namespace weir
