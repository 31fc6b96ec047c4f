// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The command line of weir-capture.
#pragma once

#include <cstdint>
#include <string>

#include "live_options.hpp"

namespace weir {

enum class CaptureOutput { by_name, pcap, pcapng, csv };

/// What the user asked for.
struct CaptureOptions {
  LiveInput input;
  std::string output = "-";
  CaptureOutput format = CaptureOutput::by_name;
  std::uint64_t count = 0;
  bool lab = false;
  bool append = false;
  std::string label_rules;
  std::string processes, program_labels;
  bool list = false;
  bool json = false;
};

/// Declares the options.
void declare(CLI::App& app, CaptureOptions& options);

/// What is written: as asked, or as the output's name ends; never by_name.
CaptureOutput format_of(const CaptureOptions& options);

/// The name under which weir-extract will know what is captured on `interface`.
std::string capture_name(const CaptureOptions& options, const std::string& interface);

/// What CLI11 cannot say: throws UsageError where options contradict each other.
void check(const CaptureOptions& options);

}  // namespace weir
