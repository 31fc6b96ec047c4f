// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-gen --responder.
#pragma once

#include "weir/traffic/generate.hpp"
#include "weir/traffic/report.hpp"

namespace weir {

/// Plays the servers of runs whose clients are on other hosts, until a stop request; logs what
/// became of each. Throws Error where it cannot listen, UsageError for an address that is none.
void respond(const GenerateOptions& options, const FlowObserver& on_flow);

}  // namespace weir
