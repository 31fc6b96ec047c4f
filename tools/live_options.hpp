// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The part of a command line that says which interface to capture from, and how.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/cli/tool.hpp"
#include "weir/net/live.hpp"

namespace weir {

/// Bytes kept of a packet that is not recorded: its headers, through two VLAN tags and a tunnel.
inline constexpr std::uint32_t kHeaderBytes = 256;

/// What the user asked for.
struct LiveInput {
  std::string interface;
  LiveOptions options;
  std::uint32_t buffer_mib = 64;
};

/// Declares -i, -d, --bpf, --snaplen, --buffer and --promiscuous; --help shows them under `group`.
/// `description` speaks of -i.
void declare_live(CLI::App& app, LiveInput& input, const std::string& description,
                  const std::string& group);

/// For tools that read captures, too: all of these need -i; declares --wait.
void make_live_optional(CLI::App& app, LiveInput& input, const std::string& group);

/// Opens the interface that was named, or the default one, and says which. Throws as open_live().
std::unique_ptr<LiveCapture> open_live(LiveInput input);

/// Says what became of the packets. `written` names what became of them here, such as "12 written".
void report(LiveCapture& capture, const std::string& written);

}  // namespace weir
