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

constexpr std::size_t kV4PrefixBytes = 12;
constexpr unsigned kV4PrefixBits = 96;

/// In decimal; rows of the packet CSV are made of these.
void append_octet(std::string& out, std::uint8_t octet) {
  if (octet >= 100) out.push_back(static_cast<char>('0' + octet / 100));
  if (octet >= 10) out.push_back(static_cast<char>('0' + octet / 10 % 10));
  out.push_back(static_cast<char>('0' + octet % 10));
}

/// Whole-text decimal number; nothing for anything else.
std::optional<unsigned> parse_number(std::string_view text) noexcept {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void append_address(std::string& out, const IpAddress& address) {
  if (!address.is_v4()) {
    char text[INET6_ADDRSTRLEN];
    out += ::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
    return;
  }
  for (std::size_t i = kV4PrefixBytes; i < address.bytes.size(); ++i) {
    if (i > kV4PrefixBytes) out.push_back('.');
    append_octet(out, address.bytes[i]);
  }
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
  // ::ffff:192.0.2.0/120 counts from the front, as every IPv6 block.
  const unsigned offset = text.find(':') == text.npos ? kV4PrefixBits : 0;
  if (!bits || *bits > 128 - offset) return std::nullopt;
  return Cidr{*network, *bits + offset};
}

}  // namespace weir
