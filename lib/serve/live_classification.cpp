// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The loop: whatever the kernel has, then the verdicts that are due, then whose time has come.
#include "weir/serve/live_classification.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <exception>
#include <optional>

#include "flow_accounts.hpp"
#include "unanswered_ends.hpp"
#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/model/prediction.hpp"

namespace weir {
namespace {

using Clock = std::chrono::steady_clock;

/// Packets whose verdicts are asked for together: those of a few milliseconds at a high load.
constexpr std::size_t kReadBatch = 512;
constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::seconds kStatePeriod{1};
/// Series of the accounting.
constexpr std::size_t kForState = 0;
constexpr std::size_t kForUsage = 1;

std::int64_t wall_clock_ns() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::vector<std::string> names_of_classes(const Manifest& manifest) {
  std::vector<std::string> names = manifest.classes;
  names.emplace_back(kUnknown);
  names.emplace_back(kUnclassified);
  return names;
}

/// What is told of usage, in order.
std::span<const std::string> usage_columns() {
  static const std::array<std::string, 10> kColumns{
      "time",           "capture", "user",
      "class",          "flows",   "packets",
      "bytes",          "seconds", "packets_per_second",
      "bits_per_second"};
  return kColumns;
}

std::string decimal(double value, int decimals) {
  return fmt::format("{:.{}f}", value, decimals);
}

class LiveClassification {
 public:
  LiveClassification(LiveCapture& source, const FlowModelInput& input, const LiveJob& job)
      : source_(source),
        job_(job),
        manifest_(input.model().manifest),
        rows_(job.format),
        usage_rows_(job.usage_format, usage_columns()),
        flows_(input, job.limits, [this](std::span<const Verdict> verdicts) { take(verdicts); }),
        ends_(flows_, input.settings()) {
    state_.capture = source.name();
    state_.classes = names_of_classes(manifest_);
    if (job.state_has_usage || job.usage) accounts_.emplace(manifest_, job.users);
  }

  LiveState run() {
    if (job_.predictions) job_.predictions(rows_.header());
    if (job_.usage) job_.usage(usage_rows_.header());
    std::exception_ptr failure;
    try {
      read_all();
    } catch (const Error&) {
      failure = std::current_exception();
    }
    flows_.finish();
    tell_ends();
    tell_state();
    tell_usage();
    if (job_.tick) job_.tick();
    if (failure) std::rethrow_exception(failure);
    return state_;
  }

 private:
  void read_all() {
    std::vector<RawPacket> batch(kReadBatch);
    while (!source_.ended()) {
      const std::size_t count = source_.read_for(batch, kTick);
      if (count > 0) {
        flows_.add(std::span<const RawPacket>(batch).first(count));
      } else {
        flows_.advance_to(source_.silent_until_ns());
      }
      flows_.answer();
      tell_ends();
      look_at_clock();
    }
  }

  void tell_ends() {
    for (const auto& [flow, reason] : ends_.take()) {
      if (accounts_) accounts_->ended(flow);
      if (job_.ended) job_.ended(flow, reason);
    }
  }

  void look_at_clock() {
    const Clock::time_point now = Clock::now();
    if (now < next_tick_) return;
    next_tick_ = now + kTick;
    if (job_.tick) job_.tick();
    if (now - last_state_ >= kStatePeriod) tell_state();
    if (now - last_usage_ >= std::chrono::nanoseconds(job_.usage_period_ns)) tell_usage();
  }

  void take(std::span<const Verdict> verdicts) {
    // First: whoever reads the predictions may be slow.
    if (job_.verdicts) job_.verdicts(verdicts);
    if (job_.predictions) {
      for (const Verdict& verdict : verdicts) {
        rows_.add(identify(verdict, state_.capture), class_name(manifest_, verdict.answer),
                  verdict.answer.confidence, job_.model_name);
      }
      job_.predictions(rows_.bytes());
      rows_.clear();
    }
    const std::int64_t now_ns = wall_clock_ns();
    for (const Verdict& verdict : verdicts) {
      if (verdict.provisional()) {
        ++state_.provisional;
        state_.latency.add(now_ns - verdict.time_ns);
      }
      if (accounts_) accounts_->verdict(verdict);
    }
  }

  void update_state() {
    const std::uint64_t packets = state_.extract.decode.total();
    const std::uint64_t bytes = state_.extract.bytes;
    const VerdictCounts counts = flows_.counts();
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_state_).count();
    last_state_ = now;
    state_.time_ns = wall_clock_ns();
    state_.seconds = std::chrono::duration<double>(now - start_).count();
    state_.link = source_.counters();
    state_.extract = counts.extract;
    state_.open_flows = flows_.flows().open_flows();
    state_.verdicts = counts.verdicts;
    state_.unknown = counts.unknown;
    if (seconds <= 0) return;
    state_.packets_per_second =
        static_cast<double>(counts.extract.decode.total() - packets) / seconds;
    state_.bits_per_second = 8 * static_cast<double>(counts.extract.bytes - bytes) / seconds;
  }

  void tell_state() {
    update_state();
    if (!job_.state) return;
    if (job_.state_has_usage) state_.usage = accounts_->take(kForState, flows_.flows());
    if (job_.rules) state_.rules = job_.rules();
    job_.state(state_);
  }

  void tell_usage() {
    if (!job_.usage) return;
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_usage_).count();
    last_usage_ = now;
    for (const Usage& usage : accounts_->take(kForUsage, flows_.flows())) add_usage(usage, seconds);
    job_.usage(usage_rows_.bytes());
    usage_rows_.clear();
  }

  void add_usage(const Usage& usage, double seconds) {
    usage_rows_.timestamp(wall_clock_ns()).text(state_.capture);
    usage.user ? usage_rows_.address(*usage.user) : usage_rows_.absent();
    usage_rows_.text(state_.classes[usage.class_index]);
    for (const std::uint64_t number : {usage.flows, usage.packets, usage.bytes}) {
      usage_rows_.integer(static_cast<std::int64_t>(number));
    }
    usage_rows_.number(decimal(seconds, 3));
    usage_rows_.number(decimal(static_cast<double>(usage.packets) / seconds, 1));
    usage_rows_.number(decimal(8 * static_cast<double>(usage.bytes) / seconds, 0)).end();
  }

  LiveCapture& source_;
  const LiveJob& job_;
  const Manifest& manifest_;
  PredictionRows rows_;
  TableRow usage_rows_;
  FlowClassifier flows_;
  UnansweredEnds ends_;
  std::optional<FlowAccounts> accounts_;  // where somebody asks for usage
  LiveState state_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_tick_ = start_;
  Clock::time_point last_state_ = start_;
  Clock::time_point last_usage_ = start_;
};

}  // namespace

LiveState classify_live(LiveCapture& source, const FlowModelInput& input, const LiveJob& job) {
  return LiveClassification(source, input, job).run();
}

}  // namespace weir
