// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What is told of a live classification in one line: to programs every second, to people at the
// end.
#include <fmt/format.h>

#include <array>

#include "weir/feature/table_row.hpp"
#include "weir/serve/live_classification.hpp"

namespace weir {
namespace {

std::string decimal(double value, int decimals) {
  return fmt::format("{:.{}f}", value, decimals);
}

std::string milliseconds(std::int64_t duration_ns) {
  return decimal(static_cast<double>(duration_ns) * 1e-6, 3);
}

}  // namespace

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
