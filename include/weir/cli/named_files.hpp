// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The files that a command line names: none may be written over another.
#pragma once

#include <string>
#include <vector>

namespace weir {

/// Files as an option names them; an empty path is an option that was not given, "-" is stdin or
/// stdout.
struct NamedFiles {
  std::string option;  ///< "--json"
  std::vector<std::string> paths;
};

/// Throws UsageError where two outputs are the same file, or an output is one of the inputs, under
/// whatever name: a file that exists is known by device and inode. Devices and pipes hold nothing
/// that could be lost, so any number of outputs may go there; only one may be "-".
void require_apart(const std::vector<NamedFiles>& outputs, const std::vector<NamedFiles>& inputs);

}  // namespace weir
