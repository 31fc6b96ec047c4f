// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What sits on an interface already.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// The root qdisc of an interface.
struct RootQdisc {
  std::string interface;
  std::string kind;    ///< "fq_codel"
  std::string handle;  ///< "8001:"; "0:" = the kernel's default, which comes back by itself
  bool alone = true;   ///< no qdiscs below it
  bool is_default() const noexcept { return handle == "0:"; }
  bool is_ours() const noexcept;
};

/// The root qdiscs in what `tc -j qdisc show` prints. Throws Error for anything else.
std::vector<RootQdisc> parse_root_qdiscs(std::string_view json);

/// The root qdisc of an interface that exists. Throws Error.
RootQdisc root_qdisc(const std::string& interface);

/// The batch line that makes the qdisc again of which `tc qdisc show dev X root` prints `line`; the
/// words are tc's own, except for what only it prints.
std::string restoring_command(std::string_view line, const std::string& interface);

/// The line that brings `qdisc` back after it was replaced. Throws Error where that is not certain:
/// it has qdiscs below it or filters, or tc does not understand its own words.
std::string require_restorable(const RootQdisc& qdisc);

}  // namespace weir
