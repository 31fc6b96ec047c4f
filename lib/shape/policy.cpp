// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What a policy says about classes, rates and code points.
#include "weir/shape/policy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/units.hpp"

namespace weir {
namespace {

UsageError at(const Policy& policy, std::size_t line, const std::string& why) {
  return UsageError(fmt::format("{}:{}: {}", policy.path, line, why));
}

/// A digit after `prefix` that is at most `last`.
std::optional<unsigned> numbered(std::string_view text, std::string_view prefix, char last) {
  if (text.size() != prefix.size() + 1 || !text.starts_with(prefix)) return std::nullopt;
  if (text.back() < '0' || text.back() > last) return std::nullopt;
  return static_cast<unsigned>(text.back() - '0');
}

}  // namespace

std::uint64_t PolicyRate::on(std::uint64_t link_bps) const noexcept {
  if (bps != 0) return bps;
  return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(link_bps)));
}

const ClassRule* Policy::find(std::string_view class_name) const noexcept {
  const auto rule = std::ranges::find(classes, class_name, &ClassRule::name);
  return rule == classes.end() ? nullptr : &*rule;
}

void Policy::check_classes(std::span<const std::string> model_classes) const {
  for (const ClassRule& rule : classes) {
    if (std::ranges::find(model_classes, rule.name) == model_classes.end()) {
      throw at(*this, rule.line,
               fmt::format("the model has no class '{}'; it has: {}", rule.name,
                           fmt::join(model_classes, ", ")));
    }
  }
}

void Policy::check_rates(std::uint64_t link_bps) const {
  std::uint64_t guaranteed = 0;
  for (const Band& band : bands) {
    const std::uint64_t rate = band.rate.on(link_bps);
    const std::uint64_t ceil = band.ceil.on(link_bps);
    const auto fail = [&](const std::string& why) {
      return at(*this, band.line, fmt::format("band '{}': {}", band.name, why));
    };
    if (rate == 0) throw fail("its rate is 0 on this link");
    if (rate > ceil) {
      throw fail(fmt::format("rate {} is above its ceil {}", format_rate(rate), format_rate(ceil)));
    }
    if (ceil > link_bps) {
      throw fail(
          fmt::format("ceil {} is above the link's {}", format_rate(ceil), format_rate(link_bps)));
    }
    guaranteed += rate;
    if (guaranteed > link_bps) {
      throw fail(fmt::format("the bands up to here are guaranteed {}, the link has {}",
                             format_rate(guaranteed), format_rate(link_bps)));
    }
  }
  for (const ClassRule& rule : classes) {
    const std::uint64_t ceil = bands[rule.band].ceil.on(link_bps);
    if (rule.guard_bps > ceil) {
      throw at(*this, rule.line,
               fmt::format("class '{}': guard {} is above the ceil {} of band '{}'", rule.name,
                           format_rate(rule.guard_bps), format_rate(ceil), bands[rule.band].name));
    }
  }
}

std::optional<std::uint8_t> parse_dscp(std::string_view text) noexcept {
  if (text == "EF") return 46;
  if (text == "LE") return 1;
  if (const auto selector = numbered(text, "CS", '7')) {
    return static_cast<std::uint8_t>(8 * *selector);
  }
  for (const auto& [prefix, forwarding] :
       {std::pair{"AF1", 1U}, {"AF2", 2U}, {"AF3", 3U}, {"AF4", 4U}}) {
    const auto drop = numbered(text, prefix, '3');
    if (drop && *drop > 0) return static_cast<std::uint8_t>(8 * forwarding + 2 * *drop);
  }
  std::uint8_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > 63) return std::nullopt;
  return number;
}

}  // namespace weir
