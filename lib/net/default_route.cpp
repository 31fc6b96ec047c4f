// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The default route.
#include "default_route.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <vector>

namespace weir {
namespace {

// include/uapi/linux/route.h
constexpr std::uint32_t kRouteUp = 0x0001;
constexpr std::uint32_t kRouteReject = 0x0200;

/// Which column of a routing table holds what.
struct Columns {
  std::array<std::size_t, 2> zero;  ///< all zero in a default route: destination and mask
  std::size_t flags;
  std::size_t metric;
  int metric_base;
  std::size_t interface;
  std::size_t count;
};

constexpr Columns kIpv4{{1, 7}, 3, 6, 10, 0, 11};
constexpr Columns kIpv6{{0, 1}, 8, 5, 16, 9, 10};

std::optional<std::uint32_t> number(const std::string& text, int base) noexcept {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool all_zero(const std::string& text) noexcept {
  return text.find_first_not_of('0') == text.npos;
}

std::string lowest_default(std::string_view routes, const Columns& columns) {
  std::string interface;
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
  std::istringstream lines{std::string(routes)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> fields;
    for (std::string word; words >> word;) fields.push_back(word);
    if (fields.size() < columns.count) continue;
    const auto flags = number(fields[columns.flags], 16);
    const auto metric = number(fields[columns.metric], columns.metric_base);
    if (!flags || !metric) continue;  // the heading
    if (!all_zero(fields[columns.zero[0]]) || !all_zero(fields[columns.zero[1]])) continue;
    if ((*flags & kRouteUp) == 0 || (*flags & kRouteReject) != 0) continue;
    if (*metric < lowest) {
      lowest = *metric;
      interface = fields[columns.interface];
    }
  }
  return interface;
}

}  // namespace

std::string default_route_interface(std::string_view ipv4_routes, std::string_view ipv6_routes) {
  const std::string interface = lowest_default(ipv4_routes, kIpv4);
  return interface.empty() ? lowest_default(ipv6_routes, kIpv6) : interface;
}

}  // namespace weir
