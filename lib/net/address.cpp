// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// IP addresses from and to text.
#include "weir/net/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "weir/base/decimal.hpp"

namespace weir {
namespace {

constexpr std::size_t kV4PrefixBytes = 12;
constexpr unsigned kV4PrefixBits = 96;

/// RFC 5952, 4: lower case, no leading zeros, the first of the longest runs of zeros as "::".
char* write_v6(char* out, const IpAddress& address) noexcept {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i] = address.bytes[2 * i] * 256U + address.bytes[2 * i + 1];
  }
  std::size_t gap = groups.size();
  std::size_t gap_length = 1;  // a single zero stays
  for (std::size_t i = 0, zeros = 0; i < groups.size(); ++i) {
    zeros = groups[i] == 0 ? zeros + 1 : 0;
    if (zeros > gap_length) {
      gap_length = zeros;
      gap = i + 1 - zeros;
    }
  }
  for (std::size_t i = 0; i < groups.size();) {
    if (i == gap) {
      out = std::ranges::copy(std::string_view("::"), out).out;
      i += gap_length;
      continue;
    }
    if (i > 0 && i != gap + gap_length) *out++ = ':';
    out = std::to_chars(out, out + 4, groups[i], 16).ptr;
    ++i;
  }
  return out;
}

/// Whole-text decimal number; nothing for anything else.
std::optional<unsigned> parse_number(std::string_view text) noexcept {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

char* write_address(char* out, const IpAddress& address) noexcept {
  if (!address.is_v4()) return write_v6(out, address);
  for (std::size_t i = kV4PrefixBytes; i < address.bytes.size(); ++i) {
    *out = '.';
    out = digits::write_unsigned(i > kV4PrefixBytes ? out + 1 : out, address.bytes[i]);
  }
  return out;
}

std::string to_string(const IpAddress& address) {
  char text[kAddressChars];
  return {text, write_address(text, address)};
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
