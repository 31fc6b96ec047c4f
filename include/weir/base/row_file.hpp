// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tables that grow from run to run.
#pragma once

#include <string>
#include <string_view>

#include "weir/base/file.hpp"

namespace weir {

/// Opens a table to add rows to it. Its `header` (a line without its end; empty = it has none) is
/// not written, but where there are rows already, theirs has to be the same: throws Error, which
/// calls the table `what` ("packet CSV").
OutputFile append_rows(const std::string& path, std::string_view header, std::string_view what);

}  // namespace weir
