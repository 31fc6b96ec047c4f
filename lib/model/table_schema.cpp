// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tells the suite's own tables from others by their columns.
#include "table_schema.hpp"

#include <algorithm>
#include <set>

#include "weir/feature/schema.hpp"

namespace weir {
namespace {

/// The most packets whose sizes can have a column each.
constexpr unsigned kMostFirstPackets = 256;

bool same_columns(const FeatureSchema& schema, const std::set<std::string>& header) {
  if (schema.features().size() + 1 != header.size()) return false;  // + label
  return std::ranges::all_of(schema.features(),
                             [&](const Feature& f) { return header.contains(f.name); });
}

TableSchema describe(TableLevel level, const FeatureSchema& schema, unsigned first_packets) {
  return {level, schema.name(), schema.hash(), first_packets};
}

}  // namespace

std::string_view to_string(TableLevel level) noexcept {
  switch (level) {
    case TableLevel::packet:
      return "packet";
    case TableLevel::flow:
      return "flow";
    case TableLevel::other:
      break;
  }
  return "other";
}

TableSchema recognise(const std::vector<std::string>& header) {
  const std::set<std::string> names(header.begin(), header.end());
  if (const FeatureSchema schema = FeatureSchema::packet(); same_columns(schema, names)) {
    return describe(TableLevel::packet, schema, 0);
  }
  const std::vector<Feature> identity = flow_identity();
  if (!std::ranges::all_of(identity, [&](const Feature& f) { return names.contains(f.name); })) {
    return {};
  }
  // Flow tables differ in which features they have, and in how many packets may have columns.
  for (unsigned first_packets = 0; first_packets <= kMostFirstPackets; ++first_packets) {
    const FeatureSchema schema = FeatureSchema::flow(first_packets);
    if (std::ranges::all_of(names, [&](const std::string& name) {
          return name == "label" || schema.find(name) != nullptr;
        })) {
      return describe(TableLevel::flow, schema, first_packets);
    }
  }
  return {};
}

std::set<std::string> text_columns(const TableSchema& schema) {
  if (schema.level == TableLevel::other) return {};
  const FeatureSchema own = schema.level == TableLevel::packet
                                ? FeatureSchema::packet()
                                : FeatureSchema::flow(schema.first_packets);
  std::set<std::string> names;
  for (const Feature& feature : own.features()) {
    // A protocol's name has a number.
    if (!feature.numeric && feature.name != "protocol") names.insert(feature.name);
  }
  return names;
}

}  // namespace weir
