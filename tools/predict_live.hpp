// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The live side of weir-predict-shape: its options, and what goes where.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "live_options.hpp"
#include "weir/base/units.hpp"
#include "weir/serve/live_classification.hpp"

namespace weir {

/// What the user asked for.
struct PredictLiveOptions {
  LiveInput input{.interface = {}, .options = {.bpf = {}, .snap_length = kHeaderBytes}};
  bool top = false;
  std::string heartbeat;
  std::string account;
  std::int64_t account_period_ns = 10 * kNanosPerSecond;
  std::string users;

  bool is_live() const noexcept { return !input.interface.empty(); }
};

/// Declares the options.
void declare_live(CLI::App& app, PredictLiveOptions& options);

/// Classifies the interface until it ends; predictions go to `output`. The job's receivers of
/// verdicts and ticks are the caller's, the others are filled in. `before_capture` is called when
/// everything but the interface itself has been looked at. Throws Error, UsageError.
LiveState predict_live(const Model& model, const PredictLiveOptions& options,
                       const std::string& output, LiveJob job,
                       const std::function<void()>& before_capture = {});

}  // namespace weir
