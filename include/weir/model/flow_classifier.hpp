// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Packets in, verdicts out: what classifies captures and live interfaces alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/feature/flow_stream.hpp"
#include "weir/model/model_file.hpp"

namespace weir {

/// What a model says of a flow at one of its packets, or at its end.
struct Verdict {
  std::uint64_t flow_id = 0;
  FiveTuple tuple;           ///< initiator first
  std::int64_t time_ns = 0;  ///< of the flow's last packet so far
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< frames on the wire
  FlowEndReason end_reason = FlowEndReason::none;
  Answer answer;

  /// The flow goes on: the model may say something else of it later.
  bool provisional() const noexcept { return end_reason == FlowEndReason::none; }
};

/// The answer in words: a class of the model, or kUnknown.
std::string_view class_name(const Manifest& manifest, const Answer& answer) noexcept;

/// Whom the verdict is about, as text.
RowIdentity identify(const Verdict& verdict, const std::string& capture);

/// How flows become rows of a model: made once, used by any number of FlowClassifiers.
class FlowModelInput {
 public:
  /// Throws Error for a model that was not trained on flows of this weir's schema. `name` is used
  /// in messages. The model has to outlive this.
  FlowModelInput(const Model& model, const std::string& name);

  const Model& model() const noexcept { return model_; }
  /// When flows end and get a verdict: as in training.
  const ExtractorSettings& settings() const noexcept { return settings_; }
  /// What the model reads.
  const FlowSelection& selection() const noexcept { return selection_; }

  /// Appends the model's features of a row.
  void add(const FlowRow& row, std::vector<float>& values) const;

 private:
  const Model& model_;
  ExtractorSettings settings_;
  FlowSelection selection_;
  std::vector<std::size_t> positions_;  // of the model's features among the candidates of a flow
};

/// What became of the packets of one source.
struct VerdictCounts {
  ExtractCounts extract;
  std::uint64_t verdicts = 0;
  std::uint64_t unknown = 0;  ///< of the verdicts
  DriftMeter traffic;         ///< the features behind all verdicts

  VerdictCounts& operator+=(const VerdictCounts& other);
};

/// Classifies the flows of one packet source. The same packets give the same verdicts, wherever
/// they come from and whenever they are asked for.
class FlowClassifier {
 public:
  /// Gets verdicts in the order in which they fell due.
  using Take = std::function<void(std::span<const Verdict>)>;

  /// `input` has to outlive this.
  FlowClassifier(const FlowModelInput& input, const AnswerLimits& limits, Take take);

  /// Adds packets in the order of their arrival.
  void add(std::span<const RawPacket> packets) { stream_.add(packets); }
  /// FlowStream::advance_to().
  void advance_to(std::int64_t time_ns) { stream_.advance_to(time_ns); }
  /// Ends all flows and hands all verdicts out.
  void finish();
  /// Hands out all verdicts that are due. Many wait for each other only until a call of the model
  /// costs nothing more a row.
  void answer();

  /// The flows behind the verdicts.
  FlowStream& flows() noexcept { return stream_; }
  const FlowStream& flows() const noexcept { return stream_; }

  VerdictCounts counts() const;

 private:
  const FlowModelInput& input_;
  AnswerLimits limits_;
  Take take_;
  FlowStream stream_;
  std::vector<float> values_;  // of the verdicts that are due
  std::vector<Verdict> due_;
  VerdictCounts counts_;
};

}  // namespace weir
