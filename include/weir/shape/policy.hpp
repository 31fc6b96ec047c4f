// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a network's owner wants: which class of traffic is served how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/net/address.hpp"

namespace weir {

/// A rate as a policy states it: absolute, or a share of the link's.
struct PolicyRate {
  std::uint64_t bps = 0;  ///< bits per second; 0 where a share is stated
  double share = 0;       ///< of the link, 0 to 1

  /// Bits per second on a link of `link_bps`.
  std::uint64_t on(std::uint64_t link_bps) const noexcept;
};

/// One of the queues of the link; bands that come first in the policy are served first.
struct Band {
  std::string name;
  PolicyRate rate;        ///< guaranteed
  PolicyRate ceil;        ///< never more, even on an idle link
  bool realtime = false;  ///< one wrong flow in it hurts all others: confidence and guard required
  std::size_t line = 0;   ///< in the policy's file
};

/// How the flows of one class are treated.
struct ClassRule {
  std::string name;  ///< as the model calls it
  std::size_t band = 0;
  std::optional<std::uint8_t> dscp;  ///< RFC 2474; nothing = left as it is
  /// A flow that sends more is demoted once, for as long as it lives; 0 = no guard.
  std::uint64_t guard_bps = 0;
  double min_confidence = 0;  ///< a verdict below it counts as Unknown
  std::size_t line = 0;
};

/// Traffic that is left alone whatever a model says, so that nobody locks himself out.
struct Exemptions {
  bool ssh = true;
  bool dns = true;             ///< with mDNS and DNS over TLS
  bool dhcp = true;            ///< and DHCPv6
  bool icmp = true;            ///< and ICMPv6
  std::vector<Cidr> networks;  ///< at either end
};

/// Class -> band, DSCP, rate, ceiling. Read from TOML; examples/policies explains every key.
struct Policy {
  std::string path;                 ///< for messages
  std::uint64_t bandwidth_bps = 0;  ///< of the link; 0 = not stated
  std::vector<Band> bands;
  std::size_t default_band = 0;  ///< of Unknown flows and of all that was not classified
  std::size_t demoted_band = 0;  ///< of flows that their guard demoted
  std::vector<ClassRule> classes;
  Exemptions exemptions;

  /// The rule for flows of the class, or null: they go to the default band.
  const ClassRule* find(std::string_view class_name) const noexcept;

  /// Throws UsageError, with the line, for a class that the model does not know.
  void check_classes(std::span<const std::string> model_classes) const;

  /// Throws UsageError, with the line, where the bands do not fit into a link of `link_bps`: a rate
  /// above its ceiling, a ceiling above the link, more guaranteed than there is, a guard that its
  /// band cannot carry.
  void check_rates(std::uint64_t link_bps) const;
};

/// Throws UsageError "PATH:LINE: what is wrong" for text that is no policy.
Policy parse_policy(std::string_view toml, const std::string& path);

/// Reads a policy's file ("-" = stdin). Throws Error where it cannot be read, UsageError as above.
Policy load_policy(const std::string& path);

/// The number of a code point: "EF", "AF41", "CS1", "LE", "0" to "63" (RFC 2474, 2597, 3246, 8622).
std::optional<std::uint8_t> parse_dscp(std::string_view text) noexcept;

}  // namespace weir
