// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Runs the extractor over captures and the model over its rows.
#include "weir/model/classifier.hpp"

#include <utility>

#include "weir/base/interrupt.hpp"
#include "weir/base/parallel.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {
namespace {

/// Packets handed to the extractor at a time.
constexpr std::size_t kPacketBatch = 512;

}  // namespace

CaptureClassifier::CaptureClassifier(const Model& model, ClassifyOptions options)
    : options_(std::move(options)), input_(model, options_.model_name) {}

/// Gives `write` the predictions of one capture.
ClassifyCounts CaptureClassifier::classify(
    const std::string& path, const std::function<void(std::string_view)>& write) const {
  const std::unique_ptr<CaptureFile> capture = open_capture(path);
  PredictionRows out(options_.format);
  FlowClassifier flows(input_, options_.limits, [&](std::span<const Verdict> verdicts) {
    for (const Verdict& verdict : verdicts) {
      out.add(identify(verdict, capture->name()),
              class_name(input_.model().manifest, verdict.answer), verdict.answer.confidence,
              options_.model_name);
    }
    write(out.bytes());
    out.clear();
  });
  std::vector<RawPacket> packets(kPacketBatch);
  while (const std::size_t count = capture->read(packets)) {
    check_interrupted();
    flows.add(std::span(packets).first(count));
  }
  check_interrupted();
  flows.finish();
  ClassifyCounts counts{flows.counts(), {}};
  if (capture->lost_bytes() > 0) counts.cut.push_back({path, capture->lost_bytes()});
  return counts;
}

ClassifyCounts CaptureClassifier::run(std::span<const std::string> captures,
                                      const std::function<void(std::string_view)>& write) const {
  write(PredictionRows(options_.format).header());
  if (captures.size() == 1) return classify(captures.front(), write);

  struct Result {
    ClassifyCounts counts;
    std::string rows;
  };
  ClassifyCounts total;
  total.flows.traffic = DriftMeter(input_.model().manifest.distribution);
  parallel_ordered(
      captures.size(), options_.threads,
      [&](std::size_t i) {
        Result result;
        result.counts = classify(captures[i], [&](std::string_view rows) { result.rows += rows; });
        return result;
      },
      [&](std::size_t, Result result) {
        write(result.rows);
        total.flows += result.counts.flows;
        total.cut.insert(total.cut.end(), result.counts.cut.begin(), result.counts.cut.end());
      });
  return total;
}

}  // namespace weir
