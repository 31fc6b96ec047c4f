// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which interface leads to the rest of the world, by the kernel's routing tables.
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// The interface of the IPv4 default route with the lowest metric, else that of IPv6, else an empty
/// text. Takes what /proc/net/route and /proc/net/ipv6_route hold (man 5 proc).
std::string default_route_interface(std::string_view ipv4_routes, std::string_view ipv6_routes);

}  // namespace weir
