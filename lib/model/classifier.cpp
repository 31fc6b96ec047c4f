// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Runs the extractor over captures and the model over its rows.
#include "weir/model/classifier.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/parallel.hpp"
#include "weir/base/units.hpp"
#include "weir/feature/schema.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {
namespace {

/// Packets handed to the extractor at a time.
constexpr std::size_t kPacketBatch = 512;
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
        "{}: trained on {} rows; captures are classified by flow: train on what weir-extract "
        "--level flow writes",
        name, manifest.schema.level == TableLevel::packet ? "packet" : "foreign"));
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

RowIdentity identify(const FlowRow& row, const std::string& capture) {
  return {.capture = capture,
          .time = format_timestamp(row.end_ns),
          .flow_id = fmt::to_string(row.flow_id),
          .src_ip = to_string(row.tuple.src),
          .dst_ip = to_string(row.tuple.dst),
          .src_port = fmt::to_string(row.tuple.src_port),
          .dst_port = fmt::to_string(row.tuple.dst_port),
          .protocol = std::string(protocol_name(row.tuple.protocol)),
          .packets = fmt::to_string(row.packets),
          .bytes = fmt::to_string(row.bytes),
          .provisional = row.end_reason == FlowEndReason::none};
}

}  // namespace

/// One capture on its way through extractor and model.
class CaptureClassifier::Run {
 public:
  using Write = std::function<void(std::string_view)>;

  Run(const CaptureClassifier& parent, Write write)
      : parent_(parent), write_(std::move(write)), out_(parent.options_.format) {
    counts_.traffic = DriftMeter(parent.model_.manifest.distribution);
  }

  ClassifyCounts classify(const std::string& path) {
    const std::unique_ptr<CaptureFile> capture = open_capture(path);
    FlowExtractor extractor(parent_.settings_, parent_.selection_,
                            [&](const FlowRow& row) { add(row, capture->name()); });
    std::vector<RawPacket> packets(kPacketBatch);
    while (const std::size_t count = capture->read(packets)) {
      check_interrupted();
      extractor.add(std::span(packets).first(count));
    }
    check_interrupted();
    extractor.finish();
    flush();
    counts_.extract = extractor.counts();
    if (capture->lost_bytes() > 0) counts_.cut.push_back({path, capture->lost_bytes()});
    return std::move(counts_);
  }

 private:
  void add(const FlowRow& row, const std::string& capture) {
    const std::size_t computed = row.values.size();
    for (const std::size_t position : parent_.positions_) {
      values_.push_back(position < computed ? row.number(position)
                                            : identity_value(row, position - computed));
    }
    flows_.push_back(identify(row, capture));
    if (flows_.size() == kRowBatch) flush();
  }

  void flush() {
    const Model& model = parent_.model_;
    const std::vector<Answer> answers = answer_rows(model, values_, parent_.options_.limits);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const Answer& answer = answers[i];
      out_.add(flows_[i], answer.known ? model.manifest.classes[answer.class_index] : kUnknown,
               answer.confidence, parent_.options_.model_name);
      if (!answer.known) ++counts_.unknown;
    }
    counts_.predictions += answers.size();
    counts_.traffic.add(values_);
    write_(out_.bytes());
    out_.clear();
    values_.clear();
    flows_.clear();
  }

  const CaptureClassifier& parent_;
  Write write_;
  PredictionRows out_;
  std::vector<float> values_;
  std::vector<RowIdentity> flows_;
  ClassifyCounts counts_;
};

CaptureClassifier::CaptureClassifier(const Model& model, ClassifyOptions options)
    : model_(model),
      options_(std::move(options)),
      settings_(model.manifest.extractor),
      selection_(FlowSelection::of(model.manifest.features, settings_.first_packets)) {
  require_flow_model(model.manifest, options_.model_name);
  positions_ = feature_positions(model.manifest, candidates(selection_), options_.model_name);
}

ClassifyCounts CaptureClassifier::run(std::span<const std::string> captures,
                                      const std::function<void(std::string_view)>& write) const {
  write(PredictionRows(options_.format).header());
  if (captures.size() == 1) return Run(*this, write).classify(captures.front());

  struct Result {
    ClassifyCounts counts;
    std::string rows;
  };
  ClassifyCounts total;
  total.traffic = DriftMeter(model_.manifest.distribution);
  parallel_ordered(
      captures.size(), options_.threads,
      [&](std::size_t i) {
        Result result;
        Run run(*this, [&](std::string_view rows) { result.rows += rows; });
        result.counts = run.classify(captures[i]);
        return result;
      },
      [&](std::size_t, Result result) {
        write(result.rows);
        total.extract += result.counts.extract;
        total.predictions += result.counts.predictions;
        total.unknown += result.counts.unknown;
        total.traffic.add(result.counts.traffic);
        total.cut.insert(total.cut.end(), result.counts.cut.begin(), result.counts.cut.end());
      });
  return total;
}

}  // namespace weir
