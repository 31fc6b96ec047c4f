// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Names of IP protocols.
#include "weir/net/packet.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace weir {
namespace {

struct ProtocolName {
  IpProtocol protocol;
  std::string_view name;
};

constexpr std::array<ProtocolName, 6> kNames{{{IpProtocol::tcp, "TCP"},
                                              {IpProtocol::udp, "UDP"},
                                              {IpProtocol::icmp, "ICMP"},
                                              {IpProtocol::ipv6_icmp, "ICMPv6"},
                                              {IpProtocol::igmp, "IGMP"},
                                              {IpProtocol::sctp, "SCTP"}}};

/// The name of every number: that of kNames, or its digits.
struct NameTable {
  std::array<std::string, 256> names;

  NameTable() {
    for (std::size_t number = 0; number < names.size(); ++number) {
      names[number] = std::to_string(number);
    }
    for (const ProtocolName& entry : kNames) {
      names[static_cast<std::size_t>(entry.protocol)] = entry.name;
    }
  }
};

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::string_view protocol_name(std::uint8_t protocol) noexcept {
  static const NameTable table;
  return table.names[protocol];
}

std::optional<std::uint8_t> parse_protocol(std::string_view text) noexcept {
  for (const ProtocolName& entry : kNames) {
    if (equal_ignoring_case(text, entry.name)) return static_cast<std::uint8_t>(entry.protocol);
  }
  std::uint8_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace weir
