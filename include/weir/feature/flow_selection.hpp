// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Which features a flow table has.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/feature/schema.hpp"

namespace weir {

/// Some of the features of FeatureSchema::flow(), in its order. The identity columns (capture to
/// packets) are in every table and not part of it. What is not selected is not computed.
class FlowSelection {
 public:
  /// All features.
  explicit FlowSelection(unsigned first_packets = 20);

  /// Parses "all", "core" (packets and bytes of each direction: what NetFlow carries), names of
  /// features or of groups, names with `*` for any text ("size_*"), or several of these with commas
  /// between them. Throws UsageError that says which names are near one that does not exist.
  static FlowSelection parse(std::string_view text, unsigned first_packets);

  /// The features of these names; other names do not matter.
  static FlowSelection of(std::span<const std::string> names, unsigned first_packets);

  std::span<const Feature> features() const noexcept { return features_; }
  bool contains(std::string_view name) const noexcept;

  /// So many first packets of a flow have columns of their own that may be selected.
  unsigned first_packets() const noexcept { return first_packets_; }

 private:
  unsigned first_packets_;
  std::vector<Feature> features_;
};

}  // namespace weir
