// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Counts of traffic as text.
#include "weir/traffic/report.hpp"

#include <fmt/format.h>

namespace weir {
namespace {

/// Messages in a second that count against the rate asked for: all of a paced application, the
/// client's of one whose both directions keep it.
double achieved_rate(const ApplicationInfo& info, const TrafficCount& count, double seconds) {
  if (seconds <= 0) return 0;
  const std::uint64_t messages = count.messages[0] + (info.paced ? count.messages[1] : 0);
  return static_cast<double>(messages) / seconds;
}

}  // namespace

std::string describe(const ApplicationInfo& info, const TrafficCount& count, double seconds) {
  std::string text = fmt::format("{}: {} flows; client sent {} {} ({} bytes), server {} ({} bytes)",
                                 info.label, count.flows, count.messages[0], info.unit,
                                 count.bytes[0], count.messages[1], count.bytes[1]);
  if (info.messages_per_s > 0) {
    text += fmt::format("; {:.1f} {}/s of {}{:.0f}", achieved_rate(info, count, seconds), info.unit,
                        info.paced ? "at most " : "", info.messages_per_s);
  }
  if (count.unsent > 0) {
    text += fmt::format("; {} conversations left out for want of sockets", count.unsent);
  }
  return text;
}

}  // namespace weir
