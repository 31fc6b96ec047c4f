// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Interfaces as a table and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "weir/net/live.hpp"

namespace weir {

std::string interface_table(const std::vector<NetworkInterface>& interfaces) {
  constexpr std::string_view kHeading = "INTERFACE";
  std::size_t width = kHeading.size();
  for (const NetworkInterface& interface : interfaces) {
    width = std::max(width, interface.name.size());
  }
  std::string table = fmt::format("{:{}}  {:7}  ADDRESSES\n", kHeading, width, "STATE");
  for (const NetworkInterface& interface : interfaces) {
    const std::string_view state = !interface.up ? "down" : interface.running ? "up" : "no link";
    std::string line = fmt::format("{:{}}  {:7}  {}", interface.name, width, state,
                                   fmt::join(interface.addresses, " "));
    line.erase(line.find_last_not_of(' ') + 1);
    table += line + '\n';
  }
  return table;
}

std::string interface_json(const std::vector<NetworkInterface>& interfaces) {
  auto array = nlohmann::ordered_json::array();
  for (const NetworkInterface& interface : interfaces) {
    array.push_back({{"name", interface.name},
                     {"description", interface.description},
                     {"addresses", interface.addresses},
                     {"up", interface.up},
                     {"running", interface.running},
                     {"loopback", interface.loopback}});
  }
  return array.dump(2) + '\n';
}

}  // namespace weir
