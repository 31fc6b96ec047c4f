// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A live interface in, verdicts out as they fall due, and an account of it all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/feature/table_row.hpp"
#include "weir/model/flow_classifier.hpp"
#include "weir/net/live.hpp"
#include "weir/serve/latency.hpp"
#include "weir/shape/accounting.hpp"
#include "weir/shape/shaper.hpp"

namespace weir {

/// What a live classification has seen up to one moment.
struct LiveState {
  std::string capture;
  std::int64_t time_ns = 0;  ///< the moment
  double seconds = 0;        ///< since the start
  LiveCounters link;
  ExtractCounts extract;
  std::size_t open_flows = 0;
  std::uint64_t verdicts = 0;
  std::uint64_t provisional = 0;  ///< of the verdicts
  std::uint64_t unknown = 0;      ///< of the verdicts
  /// From a packet's time to the provisional verdict that it brought being written.
  LatencyHistogram latency;
  double packets_per_second = 0;  ///< in the last second, as the next two
  double bits_per_second = 0;
  std::vector<Usage> usage;         ///< empty where nobody asked for it
  std::optional<RulesState> rules;  ///< nothing where nothing is shaped, or nobody asked

  /// Names behind Usage::class_index: the model's classes, kUnknown, and that of flows before
  /// their first verdict.
  std::vector<std::string> classes;
};

inline constexpr std::string_view kUnclassified = "unclassified";

/// How a live interface is classified, and who hears of it. Any receiver may be empty.
struct LiveJob {
  TableFormat format = TableFormat::csv;
  std::string model_name;  ///< the `model` column
  AnswerLimits limits;
  UserSide users;
  /// Gets predictions, whole rows, the header first; they are to reach the reader at once.
  std::function<void(std::string_view rows)> predictions;
  /// Gets the same verdicts as they are.
  std::function<void(std::span<const Verdict>)> verdicts;
  /// Gets flows that ended without a final verdict, after all verdicts on them.
  std::function<void(const FlowTotals&, FlowEndReason)> ended;
  /// Called about 20 times a second.
  std::function<void()> tick;
  /// Called every second, and at the end.
  std::function<void(const LiveState&)> state;
  bool state_has_usage = false;
  /// Asked for LiveState::rules before each state.
  std::function<RulesState()> rules;
  /// Gets rows of what was used in each `usage_period_ns`, the header first.
  std::function<void(std::string_view rows)> usage;
  std::int64_t usage_period_ns = 0;
  TableFormat usage_format = TableFormat::csv;
};

/// Classifies what `source` gives until it ends, and returns where things stand then. Verdicts are
/// those that the packets give when they are recorded and read from a file, but for the ends of
/// flows that are silent when it stops. Throws Error; when it is the source that fails, the flows
/// so far end and get their verdicts first.
LiveState classify_live(LiveCapture& source, const FlowModelInput& input, const LiveJob& job);

/// A line of NDJSON, with its end: what a program that watches wants to know every second.
std::string heartbeat(const LiveState& state);

/// "30.1 s, 12 verdicts (10 provisional), ...": one line for all.
std::string summary_line(const LiveState& state);

}  // namespace weir
