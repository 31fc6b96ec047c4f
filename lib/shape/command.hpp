// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// tc and ip as child processes: one text in, one answer out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

struct CommandResult {
  bool succeeded = false;
  std::string output;
  std::string errors;
};

/// Where tc and ip are: in the system's own folders, never in those of PATH, since they may be
/// given a capability that the user does not have. Throws Error that names the package.
std::string iproute_program(std::string_view name);

/// Runs the program with an empty environment and waits for it. Throws Error where it cannot be
/// started.
CommandResult run_command(const std::vector<std::string>& command, std::string_view input = {});

/// The same in a network namespace of its own, which goes away with it; nothing where the kernel
/// refuses to make one.
std::optional<CommandResult> run_in_scratch_namespace(const std::vector<std::string>& command,
                                                      std::string_view input);

/// The first complaint of `tc -batch` or `ip -batch`, in one line with the command that it is
/// about.
std::string first_complaint(const CommandResult& result, std::string_view batch);

}  // namespace weir
