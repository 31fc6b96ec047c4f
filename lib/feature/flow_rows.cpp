// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The columns of a flow table and what stands in them.
#include "flow_rows.hpp"

#include <algorithm>
#include <utility>

#include "weir/base/decimal.hpp"

namespace weir {

FlowRowMaker::FlowRowMaker(const FlowSelection& selection) {
  std::size_t computed = 0;
  for (const FlowColumns& columns : flow_columns(selection.first_packets())) {
    bool is_needed = false;
    for (std::size_t i = 0; i < columns.features.size(); ++i) {
      if (!selection.contains(columns.features[i].name)) continue;
      is_needed = true;
      picked_.push_back(computed + i);
      decimals_.push_back(static_cast<std::uint8_t>(columns.features[i].decimals));
    }
    if (!is_needed) continue;
    steps_.push_back(make_step(columns, computed));
    computed += columns.features.size();
  }
  for (const std::uint8_t decimals : decimals_) {
    if (runs_.empty() || runs_.back().decimals != decimals) runs_.push_back({0, decimals});
    ++runs_.back().count;
  }
  computed_.resize(computed);
  if (picked_.size() < computed) values_.resize(picked_.size());
}

FlowRowMaker::Step FlowRowMaker::make_step(const FlowColumns& columns, std::size_t first) const {
  Step step{columns.write, columns.side, first, columns.features.size(), false, {}};
  if (columns.side != Side::bigger && columns.side != Side::smaller) return step;
  const auto same = [&](Side side) {
    return std::ranges::find_if(steps_, [&](const Step& earlier) {
      return earlier.write == columns.write && earlier.side == side;
    });
  };
  const auto forward = same(Side::forward);
  const auto backward = same(Side::backward);
  step.is_copy = forward != steps_.end() && backward != steps_.end();
  if (step.is_copy) step.same = {forward->first, backward->first};
  return step;
}

FlowRow FlowRowMaker::make(const FlowRecord& flow) {
  if (!steps_.empty()) {
    FlowSummary summary(flow);
    const std::span all(computed_);
    for (const Step& step : steps_) {
      const auto out = all.subspan(step.first, step.count);
      if (step.is_copy) {
        const std::size_t same = step.same[summary.index_of(step.side)];
        std::ranges::copy(all.subspan(same, step.count), out.begin());
      } else {
        step.write(summary, step.side, out);
      }
    }
  }
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = computed_[picked_[i]];

  FlowRow row;
  row.flow_id = flow.flow_id();
  row.tuple = flow.tuple();
  row.start_ns = flow.start_ns();
  row.end_ns = flow.last_ns();
  row.end_reason = flow.reason();
  row.packets = flow.packets();
  row.outer = flow.tunnel();
  row.bytes = flow.wire_bytes();
  row.values = values_.empty() ? computed_ : values_;
  row.decimals = decimals_;
  row.runs = runs_;
  return row;
}

bool needs_packets(const FlowSelection& selection) {
  const auto is_selected = [&](const Feature& feature) { return selection.contains(feature.name); };
  return std::ranges::any_of(
      flow_columns(selection.first_packets()), [&](const FlowColumns& columns) {
        return columns.needs_packets && std::ranges::any_of(columns.features, is_selected);
      });
}

std::vector<Feature> flow_identity() {
  std::vector<Feature> features;
  const auto add = [&](std::string name, std::string unit, unsigned decimals,
                       std::string description) {
    const bool numeric = !unit.empty();
    features.push_back({std::move(name),
                        std::move(unit),
                        std::move(description),
                        FeatureLevel::flow,
                        FeatureKind::identifier,
                        numeric,
                        decimals,
                        {}});
  };
  add("capture", "", 0, "Name of the capture file, or of the interface");
  add("flow_id", "1", 0, "Number of the flow, from 1 in the order of first packets");
  add("src_ip", "", 0, "Address of the initiator");
  add("dst_ip", "", 0, "Address of the responder");
  add("src_port", "1", 0, "Port of the initiator; 0 where the protocol has none");
  add("dst_port", "1", 0, "Port of the responder; 0 where the protocol has none");
  add("protocol", "", 0, "Transport protocol: a name in the table, its IANA number to a model");
  features.back().kind = FeatureKind::behaviour;
  add("start", "seconds", 9, "Time of the first packet since the epoch");
  add("end", "seconds", 9, "Time of the last packet since the epoch");
  add("end_reason", "", 0,
      "Why the flow ended: idle_timeout, active_timeout, end_of_flow, forced_end, "
      "lack_of_resources; none while it has not");
  add("packets", "packets", 0, "Packets of both directions");
  features.back().kind = FeatureKind::behaviour;
  add("outer_src_ip", "", 0,
      "Of a flow inside a tunnel: address of the tunnel's end on the side of the initiator, as the "
      "flow's first packet had it");
  add("outer_dst_ip", "", 0, "Of a flow inside a tunnel: address of the tunnel's other end");
  return features;
}

std::vector<std::string> flow_table_columns(const FlowSelection& selection) {
  std::vector<std::string> columns;
  for (const Feature& feature : flow_identity()) columns.push_back(feature.name);
  for (const Feature& feature : selection.features()) columns.push_back(feature.name);
  columns.emplace_back("label");
  return columns;
}

void add_flow_row(TableRow& out, std::string_view capture, const FlowRow& flow,
                  std::string_view label) {
  out.text(capture).integer(static_cast<std::int64_t>(flow.flow_id));
  out.address(flow.tuple.src).address(flow.tuple.dst);
  out.integer(flow.tuple.src_port).integer(flow.tuple.dst_port);
  out.word(protocol_name(flow.tuple.protocol));
  out.timestamp(flow.start_ns).timestamp(flow.end_ns).word(to_string(flow.end_reason));
  out.integer(static_cast<std::int64_t>(flow.packets));
  if (flow.outer) {
    out.address(flow.outer->src).address(flow.outer->dst);
  } else {
    out.absent().absent();
  }
  out.decimals(flow.values, flow.runs);
  out.text(label).end();
}

}  // namespace weir
