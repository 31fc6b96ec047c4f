// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The model that comes with weir.
#pragma once

#include <string>

namespace weir {

/// Where the model lies that is used when none is named: share/weir/default.ubj beside the folder
/// of the program that runs, in a build tree as where it is installed (docs/realism.md). Throws
/// Error that says what to do where it is missing.
std::string default_model_path();

}  // namespace weir
