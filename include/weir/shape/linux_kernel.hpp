// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The Linux kernel that this process runs on: nftables and traffic control.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "weir/shape/kernel.hpp"

namespace weir {

/// What happens to a root qdisc that somebody set up.
enum class ForeignQdisc {
  refuse,
  replace,  ///< taken away, and brought back by remove(); refused where that is not possible
};

/// Needs CAP_NET_ADMIN, nft's library, tc and (for ingress) ip. Everything that apply() did goes
/// away with the process, however it ends: nft tables belong to the process's socket, and a guard
/// process removes the rest. Call apply() before starting threads where that can be chosen: it
/// forks.
std::unique_ptr<Kernel> linux_kernel(ForeignQdisc foreign);

/// The best queue for a band that this kernel has: fq_codel, cake, else pfifo. Asked in a network
/// namespace made for it; where none can be made, the answer is fq_codel. Needs no privilege where
/// user namespaces are allowed. Throws Error where tc is missing.
LeafQdisc available_leaf();

/// Removes what earlier runs left in this network namespace, and says what, a line each; nothing
/// where there is nothing. Throws Error where a process that runs owns it.
std::vector<std::string> remove_leftovers();

/// Why packets that leave `interface` may pass the rules by, a line each: flow tables, and hardware
/// that forwards by itself.
std::vector<std::string> shaping_bypasses(const std::string& interface);

}  // namespace weir
