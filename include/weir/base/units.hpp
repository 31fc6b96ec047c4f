// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Units as text: durations, bit rates, timestamps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

/// Parses "90", "1.5", "30s", "250ms", "10us", "5m", "2h" (a bare number is seconds) into
/// nanoseconds. Throws UsageError for anything else, and for negative or overflowing values.
std::int64_t parse_duration_ns(std::string_view text);

/// Shortest text that parse_duration_ns() reads back to the same value, e.g. "30s", "1500ms".
std::string format_duration(std::int64_t duration_ns);

/// Parses "64kbit", "1.5mbit", "2gbit", "500bit" (decimal prefixes, as tc) into bits per second.
/// Throws UsageError.
std::uint64_t parse_rate_bps(std::string_view text);

/// Shortest text that parse_rate_bps() reads back to the same value, e.g. "20mbit", "1500kbit".
std::string format_rate(std::uint64_t rate_bps);

/// Epoch nanoseconds as seconds with nine decimals, "1700000000.000000001"; negative times too.
std::string format_timestamp(std::int64_t time_ns);

/// Inverse of format_timestamp(); fewer decimals are allowed, more are cut. Throws Error when
/// `text` is not a decimal number.
std::int64_t parse_timestamp_ns(std::string_view text);

}  // namespace weir
