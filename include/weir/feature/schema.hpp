// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The one table of all features: CSV headers, documentation, leakage gate and model manifests come
// from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

enum class FeatureLevel : std::uint8_t { packet, flow };

/// What a model may learn from. Identifiers say who talks (addresses, ports, times), not how: a
/// model trained on them recognises the network it was trained in.
enum class FeatureKind : std::uint8_t { identifier, behaviour };

/// "identifier", "behaviour".
std::string_view to_string(FeatureKind kind) noexcept;

/// One column of the flow or packet CSV. Values are computed from a FlowRecord or a Packet by the
/// extractor.
struct Feature {
  std::string name;  ///< the column's name
  std::string unit;  ///< "bytes", "seconds", "packets", "1" for ratios and flags, "" for text
  std::string description;  ///< how it is computed, one sentence
  FeatureLevel level = FeatureLevel::flow;
  FeatureKind kind = FeatureKind::behaviour;
  bool numeric = true;    ///< false: text (addresses, end_reason)
  unsigned decimals = 0;  ///< of a number: its value is a multiple of 10^-decimals, and exact
  std::string group;      ///< of columns that are often wanted together; identifiers have none
};

/// An ordered list of features with a version. The columns of a CSV, in order, without `label`.
class FeatureSchema {
 public:
  /// The flow table's columns: the identity columns first (capture to packets, in every table),
  /// then the features that a FlowSelection chooses from; the first `first_packets` packets' sizes
  /// and inter-arrival times have a column each.
  static FeatureSchema flow(unsigned first_packets = 20);
  /// The packet table's columns.
  static FeatureSchema packet();

  /// "weir-flow-2", "weir-packet-1": changes whenever a column's meaning does.
  const std::string& name() const noexcept { return name_; }
  std::span<const Feature> features() const noexcept { return features_; }
  const Feature* find(std::string_view name) const noexcept;

  /// Hash of all names, units, kinds and decimals, as 16 hexadecimal digits.
  std::string hash() const;

  /// Column names joined by commas, with `label` at the end.
  std::string csv_header() const;

 private:
  std::string name_;
  std::vector<Feature> features_;
};

/// The columns that come first in every flow table: who, when, why it ended, how many packets.
std::vector<Feature> flow_identity();

/// docs/features.md: how the features are computed, and a row for each of both schemas, in
/// Markdown.
std::string feature_page();

/// True where a column of this name, of any schema or of a foreign table, is known to identify
/// rather than to describe (addresses, ports, times, flow ids, the capture's name).
bool is_identifier(std::string_view column) noexcept;

}  // namespace weir
