// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// IP addresses and CIDR blocks as values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// An IPv4 or IPv6 address, 16 bytes in network order; IPv4 is held as ::ffff:a.b.c.d (RFC 4291,
/// 2.5.5.2), so that one type serves both and comparison needs no branch.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  static IpAddress v4(std::uint32_t host_order) noexcept {
    IpAddress address{kMappedPrefix};
    for (std::size_t i = 0; i < 4; ++i) {
      address.bytes[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    }
    return address;
  }
  /// `network_order` holds 4 bytes.
  static IpAddress v4(const std::uint8_t* network_order) noexcept {
    IpAddress address{kMappedPrefix};
    std::memcpy(address.bytes.data() + 12, network_order, 4);
    return address;
  }
  /// `network_order` holds 16 bytes.
  static IpAddress v6(const std::uint8_t* network_order) noexcept {
    IpAddress address;
    std::memcpy(address.bytes.data(), network_order, 16);
    return address;
  }

  bool is_v4() const noexcept { return std::memcmp(bytes.data(), kMappedPrefix.data(), 12) == 0; }
  auto operator<=>(const IpAddress&) const = default;

 private:
  static constexpr std::array<std::uint8_t, 16> kMappedPrefix{0, 0, 0, 0, 0,    0,
                                                              0, 0, 0, 0, 0xff, 0xff};
};

/// "192.0.2.1" or RFC 5952 text, "2001:db8::1".
std::string to_string(const IpAddress& address);
/// Writes to_string(address) into kAddressChars of room and returns its end.
char* write_address(char* out, const IpAddress& address) noexcept;
inline constexpr std::size_t kAddressChars = 48;
/// Nothing when `text` is not an address.
std::optional<IpAddress> parse_address(std::string_view text);

/// A block of addresses, "192.0.2.0/24"; a bare address is a block of one. "0.0.0.0/0" holds every
/// IPv4 address, "::/0" every address.
struct Cidr {
  IpAddress network;
  unsigned prefix_bits = 128;  ///< counted over the 16 bytes: IPv4 /24 is 120

  bool contains(const IpAddress& address) const noexcept;
};

/// Nothing when `text` is not a CIDR block. Bits behind the prefix do not matter.
std::optional<Cidr> parse_cidr(std::string_view text);

}  // namespace weir
