// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Names, groups and patterns of features.
#include "weir/feature/flow_selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 5> kCore{"fwd_packets", "bwd_packets", "bytes", "fwd_bytes",
                                                "bwd_bytes"};

/// `*` stands for any text, also for none.
bool matches(std::string_view pattern, std::string_view name) noexcept {
  const std::size_t star = pattern.find('*');
  if (star == pattern.npos) return pattern == name;
  if (!name.starts_with(pattern.substr(0, star))) return false;
  const std::string_view rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at) {
    if (matches(rest, name.substr(at))) return true;
  }
  return false;
}

bool asks_for(std::string_view item, const Feature& feature) noexcept {
  if (item == "all" || matches(item, feature.name)) return true;
  if (item == "core") return std::ranges::find(kCore, feature.name) != kCore.end();
  return !item.empty() && item == feature.group;
}

/// Letters to add, to drop or to change on the way from one word to the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

/// Up to three of the words that users may write, the nearest first.
std::vector<std::string> nearest(std::string_view item, const FeatureSchema& schema) {
  std::set<std::string> words{"all", "core"};
  for (const Feature& feature : schema.features()) {
    words.insert(feature.name);
    if (!feature.group.empty()) words.insert(feature.group);
  }
  std::vector<std::string> sorted(words.begin(), words.end());
  std::ranges::stable_sort(sorted, {},
                           [&](const std::string& w) { return edit_distance(item, w); });
  sorted.resize(3);
  return sorted;
}

}  // namespace

FlowSelection::FlowSelection(unsigned first_packets) : first_packets_(first_packets) {
  const FeatureSchema schema = FeatureSchema::flow(first_packets);
  const std::span<const Feature> features = schema.features().subspan(flow_identity().size());
  features_.assign(features.begin(), features.end());
}

FlowSelection FlowSelection::parse(std::string_view text, unsigned first_packets) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t comma = text.find(',');
    items.push_back(text.substr(0, comma));
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  const FeatureSchema schema = FeatureSchema::flow(first_packets);
  for (const std::string_view item : items) {
    // The identity columns may be named, too; they are there anyway.
    if (std::ranges::any_of(schema.features(),
                            [&](const Feature& feature) { return asks_for(item, feature); })) {
      continue;
    }
    throw UsageError(
        fmt::format("no feature or group '{}'; near it: {} (all of them: "
                    "weir-extract --list-features)",
                    item, fmt::join(nearest(item, schema), ", ")));
  }
  FlowSelection selection(first_packets);
  std::erase_if(selection.features_, [&](const Feature& feature) {
    return std::ranges::none_of(items,
                                [&](std::string_view item) { return asks_for(item, feature); });
  });
  return selection;
}

FlowSelection FlowSelection::of(std::span<const std::string> names, unsigned first_packets) {
  FlowSelection selection(first_packets);
  std::erase_if(selection.features_, [&](const Feature& feature) {
    return std::ranges::find(names, feature.name) == names.end();
  });
  return selection;
}

bool FlowSelection::contains(std::string_view name) const noexcept {
  return std::ranges::find(features_, name, &Feature::name) != features_.end();
}

}  // namespace weir
