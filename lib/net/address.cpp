// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// IP addresses from and to text.
#include "weir/net/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace weir {
namespace {

constexpr std::array<std::uint8_t, 12> kV4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kV4PrefixBits = 96;

/// Whole-text decimal number; nothing for anything else.
std::optional<unsigned> parse_number(std::string_view text) noexcept {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) noexcept {
  const std::uint8_t octets[4] = {
      static_cast<std::uint8_t>(host_order >> 24U), static_cast<std::uint8_t>(host_order >> 16U),
      static_cast<std::uint8_t>(host_order >> 8U), static_cast<std::uint8_t>(host_order)};
  return v4(octets);
}

IpAddress IpAddress::v4(const std::uint8_t* network_order) noexcept {
  IpAddress address;
  std::memcpy(address.bytes.data(), kV4Prefix.data(), kV4Prefix.size());
  std::memcpy(address.bytes.data() + kV4Prefix.size(), network_order, 4);
  return address;
}

IpAddress IpAddress::v6(const std::uint8_t* network_order) noexcept {
  IpAddress address;
  std::memcpy(address.bytes.data(), network_order, address.bytes.size());
  return address;
}

bool IpAddress::is_v4() const noexcept {
  return std::memcmp(bytes.data(), kV4Prefix.data(), kV4Prefix.size()) == 0;
}

void append_address(std::string& out, const IpAddress& address) {
  char text[INET6_ADDRSTRLEN];
  if (!address.is_v4()) {
    out += ::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
    return;
  }
  char* at = text;
  for (std::size_t i = kV4Prefix.size(); i < address.bytes.size(); ++i) {
    if (i > kV4Prefix.size()) *at++ = '.';
    at = std::to_chars(at, text + sizeof text, address.bytes[i]).ptr;
  }
  out.append(text, at);
}

std::string to_string(const IpAddress& address) {
  std::string text;
  append_address(text, address);
  return text;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof buffer) return std::nullopt;
  *std::ranges::copy(text, buffer).out = '\0';
  std::uint8_t bytes[16];
  if (::inet_pton(AF_INET, buffer, bytes) == 1) return IpAddress::v4(bytes);
  if (::inet_pton(AF_INET6, buffer, bytes) == 1) return IpAddress::v6(bytes);
  return std::nullopt;
}

bool Cidr::contains(const IpAddress& address) const noexcept {
  const unsigned whole = prefix_bits / 8;
  if (std::memcmp(network.bytes.data(), address.bytes.data(), whole) != 0) return false;
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  const unsigned differing = static_cast<unsigned>(network.bytes[whole] ^ address.bytes[whole]);
  return differing >> (8 - rest) == 0;
}

std::optional<Cidr> parse_cidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> network = parse_address(text.substr(0, slash));
  if (!network) return std::nullopt;
  if (slash == text.npos) return Cidr{*network, 128};
  const std::optional<unsigned> bits = parse_number(text.substr(slash + 1));
  const unsigned offset = network->is_v4() ? kV4PrefixBits : 0;
  if (!bits || *bits > 128 - offset) return std::nullopt;
  return Cidr{*network, *bits + offset};
}

}  // namespace weir
