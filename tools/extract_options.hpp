// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The command line of weir-extract.
#pragma once

#include <string>
#include <vector>

#include "live_options.hpp"
#include "weir/cli/progress.hpp"
#include "weir/cli/tool.hpp"
#include "weir/feature/extract.hpp"

namespace weir {

/// What the user asked for.
struct ExtractOptions {
  std::vector<std::string> inputs;
  LiveInput live{.interface = {}, .options = {.bpf = {}, .snap_length = kHeaderBytes}};
  std::string output = "-";
  ExtractLevel level = ExtractLevel::flow;
  TableFormat format = TableFormat::csv;
  ExtractorSettings settings;
  std::string emit_at = "end";
  std::string features = "all";
  std::string ground_truth, label_rules, label;
  std::string ml, stats;
  unsigned threads = 0;
  ProgressMode progress = ProgressMode::automatic;
  bool list_features = false;
  bool merge = false;
};

/// Declares the options.
void declare(CLI::App& app, ExtractOptions& options);

/// What CLI11 cannot say: throws UsageError where options contradict each other.
void check(const ExtractOptions& options);

/// Throws UsageError where an output would be written over another one, or over what is read:
/// `captures` and the labels.
void check_files(const ExtractOptions& options, const std::vector<std::string>& captures);

}  // namespace weir
