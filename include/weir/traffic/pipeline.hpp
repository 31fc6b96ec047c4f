// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The suite from end to end: traffic, capture, features, model and its measure, each by the tool
// for it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "weir/base/units.hpp"

namespace weir {

struct PipelineOptions {
  std::string interface = "lo";
  std::int64_t duration_ns = 10 * kNanosPerSecond;  ///< of the traffic in each round
  std::uint32_t pps = 50;
  std::string destination = "127.0.0.1";
  std::string dataset;    ///< table of labelled flows; empty: in the work folder, always made anew
  bool fresh = false;     ///< make the dataset even if it exists
  std::string model_out;  ///< empty: in the work folder
  bool keep_other = false;
  std::string algorithm = "rf";
  std::uint64_t seed = 1;
  std::string work_folder = "weir-pipeline";
  std::string tools_folder;  ///< where the other tools are
  bool no_responder = false;
};

/// Writes some captures of a dataset into one CSV and the rest into another. False where it holds
/// too few captures for that; nothing is written then.
using HoldOut = std::function<bool(const std::string& dataset, const std::string& train,
                                   const std::string& test, std::uint64_t seed)>;

/// Runs the stages as child processes and logs each command line before it runs:
/// - capture and gen beside each other, in five rounds with different seeds, each a capture of its
///   own, so that whole captures can be held out. Where capturing needs a privilege that is not
///   there, gen alone, in virtual time;
/// - extract, over all rounds, into the dataset;
/// - train on most captures, evaluate on those held out.
/// A dataset that exists already (and no `fresh`) is where it starts: at train. Throws Error that
/// names the stage that failed and how it ended, and leaves what the stages before it made;
/// UsageError for options that contradict each other; Interrupted.
void run_pipeline(const PipelineOptions& options, const HoldOut& hold_out);

/// True where `program` can open packet sockets: this process has CAP_NET_RAW (capabilities(7)), or
/// the program's file grants it.
bool can_capture(const std::string& program);

}  // namespace weir
