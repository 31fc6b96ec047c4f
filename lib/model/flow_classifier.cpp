// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The extractor's rows, gathered for the model and given back as verdicts.
#include "weir/model/flow_classifier.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/units.hpp"
#include "weir/feature/schema.hpp"

namespace weir {
namespace {

/// Rows given to the model at a time: large enough that the call costs nothing.
constexpr std::size_t kRowBatch = 1024;

/// What a flow can give to a model besides the features that are computed for it; the ports are
/// for models that were allowed to learn from them.
constexpr std::array<const char*, 4> kIdentityColumns{"protocol", "packets", "src_port",
                                                      "dst_port"};

float identity_value(const FlowRow& row, std::size_t column) {
  switch (column) {
    case 0:
      return row.tuple.protocol;
    case 1:
      return static_cast<float>(row.packets);
    case 2:
      return row.tuple.src_port;
    default:
      return row.tuple.dst_port;
  }
}

void require_flow_model(const Manifest& manifest, const std::string& name) {
  if (manifest.schema.level != TableLevel::flow) {
    throw Error(fmt::format(
        "{}: trained on {}; captures are classified by flow: train on what weir-extract --level "
        "flow writes",
        name,
        manifest.schema.level == TableLevel::packet ? "packet rows"
                                                    : "a table that weir-extract did not make"));
  }
  const FeatureSchema own = FeatureSchema::flow(manifest.schema.first_packets);
  if (manifest.schema.name != own.name() || manifest.schema.hash != own.hash()) {
    throw Error(fmt::format(
        "{}: trained on features of schema {} ({}), this weir computes {} ({}): train it again",
        name, manifest.schema.name, manifest.schema.hash, own.name(), own.hash()));
  }
}

std::vector<std::string> candidates(const FlowSelection& selection) {
  std::vector<std::string> names;
  for (const Feature& feature : selection.features()) names.push_back(feature.name);
  names.insert(names.end(), kIdentityColumns.begin(), kIdentityColumns.end());
  return names;
}

}  // namespace

std::string_view class_name(const Manifest& manifest, const Answer& answer) noexcept {
  return answer.known ? std::string_view(manifest.classes[answer.class_index]) : kUnknown;
}

RowIdentity identify(const Verdict& verdict, const std::string& capture) {
  const FiveTuple& tuple = verdict.tuple;
  return {.capture = capture,
          .time = format_timestamp(verdict.time_ns),
          .flow_id = fmt::to_string(verdict.flow_id),
          .src_ip = to_string(tuple.src),
          .dst_ip = to_string(tuple.dst),
          .src_port = fmt::to_string(tuple.src_port),
          .dst_port = fmt::to_string(tuple.dst_port),
          .protocol = std::string(protocol_name(tuple.protocol)),
          .packets = fmt::to_string(verdict.packets),
          .bytes = fmt::to_string(verdict.bytes),
          .provisional = verdict.provisional()};
}

VerdictCounts& VerdictCounts::operator+=(const VerdictCounts& other) {
  extract += other.extract;
  verdicts += other.verdicts;
  unknown += other.unknown;
  traffic.add(other.traffic);
  return *this;
}

FlowModelInput::FlowModelInput(const Model& model, const std::string& name)
    : model_(model),
      settings_(model.manifest.extractor),
      selection_(FlowSelection::of(model.manifest.features, settings_.first_packets)) {
  require_flow_model(model.manifest, name);
  positions_ = feature_positions(model.manifest, candidates(selection_), name);
}

void FlowModelInput::add(const FlowRow& row, std::vector<float>& values) const {
  const std::size_t computed = row.values.size();
  for (const std::size_t position : positions_) {
    values.push_back(position < computed ? row.number(position)
                                         : identity_value(row, position - computed));
  }
}

FlowClassifier::FlowClassifier(const FlowModelInput& input, const AnswerLimits& limits, Take take)
    : input_(input),
      limits_(limits),
      take_(std::move(take)),
      stream_(input.settings(), input.selection(), [this](const FlowRow& row) {
        input_.add(row, values_);
        due_.push_back(
            {row.flow_id, row.tuple, row.end_ns, row.packets, row.bytes, row.end_reason, Answer{}});
        if (due_.size() == kRowBatch) answer();
      }) {
  counts_.traffic = DriftMeter(input.model().manifest.distribution);
}

void FlowClassifier::finish() {
  stream_.finish();
  answer();
}

void FlowClassifier::answer() {
  if (due_.empty()) return;
  const std::vector<Answer> answers = answer_rows(input_.model(), values_, limits_);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    due_[i].answer = answers[i];
    if (!answers[i].known) ++counts_.unknown;
  }
  counts_.verdicts += answers.size();
  counts_.traffic.add(values_);
  take_(due_);
  values_.clear();
  due_.clear();
}

VerdictCounts FlowClassifier::counts() const {
  VerdictCounts counts = counts_;
  counts.extract = stream_.counts();
  return counts;
}

}  // namespace weir
