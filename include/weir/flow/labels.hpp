// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ground truth: who says which class a flow belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/flow/flow_key.hpp"

namespace weir {

/// What is known of a flow (or of one packet: start == end) when its label is asked for.
struct LabelQuery {
  std::string_view capture;  ///< base name of the capture file, or the interface
  FiveTuple tuple;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

/// A source of labels. Either direction of a flow gets the same answer.
class Labeller {
 public:
  virtual ~Labeller() = default;

  /// The label, or an empty text when this labeller does not know the flow. Safe to call from
  /// several threads; the text lives as long as the labeller.
  virtual std::string_view label(const LabelQuery& query) const = 0;
};

/// Reads a ground-truth CSV: `capture,protocol,src_ip,src_port,dst_ip,dst_port,start,end,label`.
/// Only `label` is required; an empty or missing field matches anything; start and end are epoch
/// seconds and match a flow that overlaps them; the first matching row of the file wins. Throws
/// Error with file, line and column.
std::unique_ptr<Labeller> load_ground_truth(const std::string& path);

/// Reads label rules (TOML, see examples/labels): an array `rule` of tables with `label` and any of
/// `protocol`, `port`/`ports` (either end), `cidr` (either end), `from`/`to` (epoch seconds),
/// `capture` (glob); `default` is the label where no rule matches. The first matching rule wins.
/// Throws UsageError with file and line.
std::unique_ptr<Labeller> load_label_rules(const std::string& path);

/// Gives every flow the same label.
std::unique_ptr<Labeller> fixed_label(std::string label);

/// Asks each in turn until one knows the flow.
std::unique_ptr<Labeller> first_that_knows(std::vector<std::unique_ptr<Labeller>> labellers);

/// One row of a ground-truth CSV.
struct GroundTruthRow {
  std::string capture;
  FiveTuple tuple;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::string label;
};

/// Writes a ground-truth CSV with its header.
class GroundTruthWriter {
 public:
  /// Writes the header, in which `more_columns` (",name,name") come last.
  explicit GroundTruthWriter(OutputFile& output, std::string_view more_columns = {});
  /// `more` fills the further columns.
  void write(const GroundTruthRow& row, std::span<const std::string> more = {});

 private:
  OutputFile& output_;
};

}  // namespace weir
