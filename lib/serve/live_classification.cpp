// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The loop: whatever the kernel has, then the verdicts that are due, then whose time has come.
#include "weir/serve/live_classification.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <exception>

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

std::string milliseconds(std::int64_t duration_ns) {
  return decimal(static_cast<double>(duration_ns) * 1e-6, 3);
}

class LiveClassification {
 public:
  LiveClassification(LiveCapture& source, const FlowModelInput& input, const LiveJob& job)
      : source_(source),
        job_(job),
        manifest_(input.model().manifest),
        settings_(input.settings()),
        rows_(job.format),
        usage_rows_(job.usage_format, usage_columns()),
        accounting_(job.users, static_cast<std::uint32_t>(manifest_.classes.size() + 1)),
        flows_(input, job.limits, [this](std::span<const Verdict> verdicts) { take(verdicts); }) {
    state_.capture = source.name();
    state_.classes = names_of_classes(manifest_);
    if (has_accounting()) {
      flows_.flows().watch_ends([this](const FlowHead& flow) {
        if (!has_final_verdict(flow)) accounting_.end(FlowTotals::of(flow), std::nullopt);
      });
    }
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
      look_at_clock();
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
    if (job_.predictions) {
      for (const Verdict& verdict : verdicts) {
        rows_.add(identify(verdict, state_.capture), class_name(manifest_, verdict.answer),
                  verdict.answer.confidence, job_.model_name);
      }
      job_.predictions(rows_.bytes());
      rows_.clear();
    }
    if (job_.verdicts) job_.verdicts(verdicts);
    const std::int64_t now_ns = wall_clock_ns();
    for (const Verdict& verdict : verdicts) {
      if (verdict.provisional()) {
        ++state_.provisional;
        state_.latency.add(now_ns - verdict.time_ns);
      }
      if (has_accounting()) account(verdict);
    }
  }

  void account(const Verdict& verdict) {
    const auto unknown = static_cast<std::uint32_t>(manifest_.classes.size());
    const std::uint32_t index = verdict.answer.known ? verdict.answer.class_index : unknown;
    if (verdict.provisional()) {
      accounting_.classify(verdict.flow_id, index);
    } else {
      accounting_.end({verdict.flow_id, verdict.tuple, verdict.packets, verdict.bytes}, index);
    }
  }

  bool has_accounting() const noexcept { return job_.state_has_usage || job_.usage; }
  bool has_final_verdict(const FlowHead& flow) const noexcept {
    return settings_.emit_at_end && flow.packets >= settings_.min_packets;
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

  void read_accounts() {
    flows_.flows().visit([this](const FlowHead& flow) { accounting_.add(FlowTotals::of(flow)); });
  }

  void tell_state() {
    update_state();
    if (!job_.state) return;
    if (job_.state_has_usage) {
      read_accounts();
      state_.usage = accounting_.take(kForState);
    }
    job_.state(state_);
  }

  void tell_usage() {
    if (!job_.usage) return;
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_usage_).count();
    last_usage_ = now;
    read_accounts();
    for (const Usage& usage : accounting_.take(kForUsage)) add_usage(usage, seconds);
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
  ExtractorSettings settings_;
  PredictionRows rows_;
  TableRow usage_rows_;
  Accounting accounting_;
  FlowClassifier flows_;
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

std::string heartbeat(const LiveState& state) {
  static const std::array<std::string, 18> kColumns{"time",
                                                    "capture",
                                                    "seconds",
                                                    "packets",
                                                    "bytes",
                                                    "dropped_by_kernel",
                                                    "dropped_by_interface",
                                                    "evicted_flows",
                                                    "ended_flows",
                                                    "open_flows",
                                                    "verdicts",
                                                    "provisional",
                                                    "unknown",
                                                    "packets_per_second",
                                                    "bits_per_second",
                                                    "latency_p50_ms",
                                                    "latency_p99_ms",
                                                    "latency_max_ms"};
  TableRow row(TableFormat::ndjson, kColumns);
  row.timestamp(state.time_ns).text(state.capture).number(decimal(state.seconds, 3));
  for (const std::uint64_t number :
       {state.extract.decode.total(), state.extract.bytes, state.link.dropped,
        state.link.interface_dropped, state.extract.evicted, state.extract.flows,
        std::uint64_t{state.open_flows}, state.verdicts, state.provisional, state.unknown}) {
    row.integer(static_cast<std::int64_t>(number));
  }
  row.number(decimal(state.packets_per_second, 1)).number(decimal(state.bits_per_second, 0));
  const bool has_latency = state.latency.count() > 0;
  for (const std::int64_t latency_ns :
       {state.latency.quantile_ns(0.5), state.latency.quantile_ns(0.99), state.latency.max_ns()}) {
    row.number(has_latency ? milliseconds(latency_ns) : "");
  }
  return std::string(row.end().bytes());
}

std::string summary_line(const LiveState& state) {
  std::string latency;
  if (state.latency.count() > 0) {
    latency = fmt::format(", {} / {} / {} ms after their packets (p50 / p99 / most)",
                          milliseconds(state.latency.quantile_ns(0.5)),
                          milliseconds(state.latency.quantile_ns(0.99)),
                          milliseconds(state.latency.max_ns()));
  }
  return fmt::format(
      "{:.1f} s, {} packets in {} flows, {} ended early; {} verdicts ({} Unknown), "
      "{} provisional{}",
      state.seconds, state.extract.decode[DecodeStatus::decoded],
      state.extract.flows + state.open_flows, state.extract.evicted, state.verdicts, state.unknown,
      state.provisional, latency);
}

}  // namespace weir
