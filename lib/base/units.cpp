// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Durations, rates and timestamps from and to text.
#include "weir/base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "weir/base/decimal.hpp"
#include "weir/base/error.hpp"

namespace weir {
namespace {

struct Unit {
  std::string_view suffix;
  double factor;
};

/// A non-negative decimal number followed by one of `units`.
template <std::size_t N>
std::optional<double> parse_quantity(std::string_view text, const std::array<Unit, N>& units) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !(value >= 0) || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (text == unit.suffix) return value * unit.factor;
  }
  return std::nullopt;
}

constexpr double kLargest = 9.2e18;

}  // namespace

std::int64_t parse_duration_ns(std::string_view text) {
  static constexpr std::array<Unit, 7> kUnits{
      {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"m", 60e9}, {"h", 3600e9}}};
  const std::optional<double> value = parse_quantity(text, kUnits);
  if (!value || *value > kLargest) {
    throw UsageError(fmt::format("not a duration: '{}' (write 90, 1.5s, 250ms, 10m or 2h)", text));
  }
  return std::llround(*value);
}

std::string format_duration(std::int64_t duration_ns) {
  static constexpr std::array<std::pair<std::int64_t, const char*>, 6> kSteps{
      {{3'600'000'000'000, "h"},
       {60'000'000'000, "m"},
       {1'000'000'000, "s"},
       {1'000'000, "ms"},
       {1'000, "us"},
       {1, "ns"}}};
  for (const auto& [step, suffix] : kSteps) {
    if (duration_ns != 0 && duration_ns % step == 0) {
      return fmt::format("{}{}", duration_ns / step, suffix);
    }
  }
  return "0s";
}

std::uint64_t parse_rate_bps(std::string_view text) {
  static constexpr std::array<Unit, 4> kUnits{
      {{"bit", 1}, {"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}}};
  const std::optional<double> value = parse_quantity(text, kUnits);
  if (!value || *value > kLargest) {
    throw UsageError(fmt::format("not a rate: '{}' (write 64kbit, 1.5mbit or 2gbit)", text));
  }
  return static_cast<std::uint64_t>(std::llround(*value));
}

std::string format_rate(std::uint64_t rate_bps) {
  constexpr std::pair<std::uint64_t, std::string_view> kSteps[] = {
      {1'000'000'000, "gbit"}, {1'000'000, "mbit"}, {1'000, "kbit"}};
  for (const auto& [step, suffix] : kSteps) {
    if (rate_bps != 0 && rate_bps % step == 0) return fmt::format("{}{}", rate_bps / step, suffix);
  }
  return fmt::format("{}bit", rate_bps);
}

std::string format_timestamp(std::int64_t time_ns) {
  char text[kNumberChars];
  return {text, write_timestamp(text, time_ns)};
}

std::int64_t parse_timestamp_ns(std::string_view text) {
  const auto fail = [&] { return Error(fmt::format("not a time in seconds: '{}'", text)); };
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::size_t dot = rest.find('.');
  const std::string_view whole = rest.substr(0, dot);
  std::string_view decimals = dot == rest.npos ? std::string_view{} : rest.substr(dot + 1);

  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  constexpr std::int64_t kMaxSeconds = 9'223'372'035;
  if (error != std::errc{} || end != whole.data() + whole.size() || whole.starts_with('-') ||
      seconds > kMaxSeconds) {
    throw fail();
  }
  std::int64_t nanos = 0;
  std::int64_t scale = kNanosPerSecond;
  for (const char digit : decimals) {
    if (digit < '0' || digit > '9') throw fail();
    scale /= 10;
    nanos += scale * (digit - '0');
  }
  const std::int64_t value = seconds * kNanosPerSecond + nanos;
  return negative ? -value : value;
}

}  // namespace weir
