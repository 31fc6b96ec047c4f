// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Names and numbers that the two halves of a plan share, and the nftables half.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "weir/shape/shaping_plan.hpp"

namespace weir::plan_text {

/// The major number of every qdisc and class of weir: nobody else's is deleted by mistake.
inline constexpr std::string_view kHandle = "5073";
/// The device through which incoming packets are led, so that they meet a qdisc.
inline constexpr std::string_view kIfb = "weir-ifb";

/// HTB's minor number of a band, hexadecimal: 10, 20, ... 80.
inline std::string minor(std::size_t band) {
  return fmt::format("{:x}", 0x10 * (band + 1));
}
inline std::string classid(std::size_t band) {
  return fmt::format("{}:{}", kHandle, minor(band));
}

inline std::uint32_t mark(const Policy& policy, const ClassRule& rule) {
  return kMarkBase + 1 + static_cast<std::uint32_t>(&rule - policy.classes.data());
}

inline std::string hex(std::uint32_t mark) {
  return fmt::format("0x{:08x}", mark);
}

/// Table inet weir: verdicts, guards, code points and bands of what leaves the interface.
std::string egress_table(const Policy& policy, const ShapingTarget& target,
                         std::span<const std::pair<std::uint32_t, std::string>> classids);

/// Table netdev weir: leads what comes in through the IFB device, with its band.
std::string ingress_table(const Policy& policy, const ShapingTarget& target);

}  // namespace weir::plan_text
