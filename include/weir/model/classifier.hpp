// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Captures in, a class for every flow out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/flow_classifier.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/prediction.hpp"

namespace weir {

/// How captures are classified.
struct ClassifyOptions {
  TableFormat format = TableFormat::csv;
  unsigned threads = 0;    ///< captures at a time; 0 = one for each core
  std::string model_name;  ///< the `model` column
  AnswerLimits limits = {};
};

/// What became of the packets.
struct ClassifyCounts {
  VerdictCounts flows;
  struct CutCapture {
    std::string path;
    std::uint64_t lost_bytes;
  };
  std::vector<CutCapture> cut;  ///< captures whose end is missing
};

/// Classifies flows as the model's manifest says they were made. A model that was not trained on
/// flows of this weir's schema is refused.
class CaptureClassifier {
 public:
  /// Throws Error when the model does not fit.
  CaptureClassifier(const Model& model, ClassifyOptions options);

  /// Gives `write` the predictions of the captures, in their order, in pieces of whole rows; the
  /// bytes do not depend on the number of threads. Throws Error, Interrupted.
  ClassifyCounts run(std::span<const std::string> captures,
                     const std::function<void(std::string_view)>& write) const;

 private:
  ClassifyCounts classify(const std::string& path,
                          const std::function<void(std::string_view)>& write) const;

  ClassifyOptions options_;
  FlowModelInput input_;
};

}  // namespace weir
