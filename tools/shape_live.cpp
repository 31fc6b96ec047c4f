// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The live loop on one side, a shaper on the other.
#include "shape_live.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <iostream>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"
#include "weir/shape/linux_kernel.hpp"
#include "weir/shape/shaper.hpp"

using namespace weir;

namespace {

std::int64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

/// Throws Error unless the person at the terminal says yes.
void ask(const ShapeOptions& options, const ShapingTarget& target) {
  fmt::print(stderr, "{} at {} will rule what leaves {}{}, {}. Go on? [y/N] ", options.policy,
             format_rate(target.bandwidth_bps), target.interface,
             target.ingress ? " and what comes in" : "",
             target.keep ? "and stay when this ends" : "until this ends");
  std::string answer;
  std::getline(std::cin, answer);
  check_interrupted();
  if (answer != "y" && answer != "Y" && answer != "yes") {
    throw Error("not confirmed; nothing was changed");
  }
}

/// Hands verdicts to the shaper as what they are to it.
class VerdictTranslator {
 public:
  VerdictTranslator(const Manifest& manifest, Shaper& shaper)
      : manifest_(manifest), shaper_(shaper) {}

  void take(const Verdict& verdict) {
    end(verdict.end_reason, verdict.tuple);
    if (!goes_on(verdict.end_reason)) return;
    shaper_.verdict(verdict.tuple, class_name(manifest_, verdict.answer), verdict.answer.confidence,
                    stage_of(verdict));
  }

  void end(FlowEndReason reason, const FiveTuple& tuple) {
    // Where it is forced, the capture ends, not the flow.
    if (!goes_on(reason) && reason != FlowEndReason::forced_end) shaper_.ended(tuple);
  }

 private:
  /// After the active time-out a flow begins again.
  static bool goes_on(FlowEndReason reason) noexcept {
    return reason == FlowEndReason::none || reason == FlowEndReason::active_timeout;
  }

  /// The last of the early verdicts is the one that stays: the next may be minutes away.
  VerdictStage stage_of(const Verdict& verdict) const {
    const auto& emit_at = manifest_.extractor.emit_at;
    const bool more_soon = verdict.provisional() && verdict.packets < emit_at.back();
    return more_soon ? VerdictStage::provisional : VerdictStage::settled;
  }

  const Manifest& manifest_;
  Shaper& shaper_;
};

void start(Shaper& shaper, const ShapeOptions& options) {
  const ShapingTarget& target = shaper.plan().target;
  if (!options.yes) ask(options, target);
  for (const std::string& why : shaping_bypasses(target.interface)) spdlog::warn("{}", why);
  shaper.start(options.for_ns);
  spdlog::info("shaping {} at {} by {}", target.interface, format_rate(target.bandwidth_bps),
               options.policy);
}

/// Everything that was done is undone first.
void stop(Shaper& shaper) {
  shaper.stop();
  const MarkerCounts counts = shaper.counts();
  spdlog::info("{} flows marked, {} demoted by their guard; {} changes in {} batches, {} refused",
               counts.flows, shaper.demoted(), counts.changes, counts.batches, counts.refused);
  if (shaper.plan().target.keep) {
    spdlog::info("the rules stay; weir-predict-shape --cleanup removes them");
  }
}

}  // namespace

void shape_live(const Model& model, const ShapeOptions& shape, PredictLiveOptions options,
                const std::string& output, LiveJob job) {
  if (shape.for_ns > 0) options.input.options.duration_ns = shape.for_ns;
  const Policy policy = load_policy(shape.policy);
  policy.check_classes(model.manifest.classes);
  Shaper shaper(policy, target_of(shape, policy, options.input.interface),
                linux_kernel(shape.replace ? ForeignQdisc::replace : ForeignQdisc::refuse));
  VerdictTranslator translator(model.manifest, shaper);
  job.verdicts = [&](std::span<const Verdict> verdicts) {
    for (const Verdict& verdict : verdicts) translator.take(verdict);
  };
  job.ended = [&](const FlowTotals& flow, FlowEndReason reason) {
    translator.end(reason, flow.tuple);
  };
  job.tick = [&] { shaper.tick(now_ns()); };
  if (options.top) job.rules = [&] { return shaper.rules(); };
  bool has_started = false;
  const auto start_shaping = [&] {
    start(shaper, shape);
    has_started = true;
  };
  try {
    predict_live(model, options, output, std::move(job), start_shaping);
  } catch (const Error&) {  // an interface that went away: what was done is told all the same
    if (has_started) stop(shaper);
    throw;
  }
  stop(shaper);
}
