// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The command line of weir-gen.
#pragma once

#include "weir/cli/tool.hpp"
#include "weir/traffic/generate.hpp"

namespace weir {

/// Declares the options, and refuses those that would have no effect.
void declare(CLI::App& app, GenerateOptions& options);

}  // namespace weir
