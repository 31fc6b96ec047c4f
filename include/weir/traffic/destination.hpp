// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Where generated traffic may go.
#pragma once

#include "weir/net/address.hpp"

namespace weir {

/// 127.0.0.0/8 and ::1.
bool is_loopback(const IpAddress& address) noexcept;

/// Addresses that do not leave a site: private (RFC 1918), unique local (RFC 4193), link-local.
bool is_private(const IpAddress& address) noexcept;

/// Throws UsageError for an address that traffic must not be sent to: one that is not a single
/// host's (any, multicast, broadcast), and a public one unless `own_network` says that the network
/// is the user's own.
void check_destination(const IpAddress& address, bool own_network);

}  // namespace weir
