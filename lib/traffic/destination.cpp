// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Loopback, private and public destinations.
#include "weir/traffic/destination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>

#include "weir/base/error.hpp"

namespace weir {
namespace {

bool in_any(const IpAddress& address, std::initializer_list<const char*> blocks) {
  return std::ranges::any_of(
      blocks, [&](const char* block) { return parse_cidr(block)->contains(address); });
}

bool is_single_host(const IpAddress& address) {
  return !in_any(address, {"0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128", "ff00::/8"});
}

}  // namespace

bool is_loopback(const IpAddress& address) noexcept {
  // Asked for every packet that is made: no parsing here.
  if (address.is_v4()) return address.bytes[12] == 127;
  return std::ranges::all_of(std::span(address.bytes).first(15), [](auto b) { return b == 0; }) &&
         address.bytes[15] == 1;
}

bool is_private(const IpAddress& address) noexcept {
  return in_any(address, {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                          "fc00::/7", "fe80::/10"});
}

void check_destination(const IpAddress& address, bool own_network) {
  if (!is_single_host(address)) {
    throw UsageError(fmt::format("--dst {}: not the address of one host", to_string(address)));
  }
  if (!own_network && !is_loopback(address) && !is_private(address)) {
    throw UsageError(
        fmt::format("--dst {}: a public address; traffic is sent to loopback and private addresses "
                    "only, unless --i-own-this-network says that it is yours",
                    to_string(address)));
  }
}

}  // namespace weir
