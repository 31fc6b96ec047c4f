// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Ground truth by deep packet inspection: the teacher that sees payloads, so that models need none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/base/file.hpp"
#include "weir/net/source.hpp"

namespace weir {

class GlobRules;

/// Which class an application's flows are of.
class ApplicationLabels {
 public:
  /// The application's own name is the label.
  ApplicationLabels();
  /// Reads a TOML file (see examples/labels/ndpi-seven.toml): an array `application` of tables with
  /// `label` and any of `name` and `category` (a glob, or a list of them); `default` is the label
  /// of applications that none matches. The first match wins. Throws UsageError with file and line.
  explicit ApplicationLabels(const std::string& path);
  ~ApplicationLabels();
  ApplicationLabels(ApplicationLabels&&) noexcept;
  ApplicationLabels& operator=(ApplicationLabels&&) noexcept;

  /// Empty where no rule matches.
  std::string label(const std::string& application, const std::string& category) const;

 private:
  std::unique_ptr<GlobRules> rules_;  // null: names are labels
};

struct DpiOptions {
  bool guesses = false;  ///< take what only ports or addresses tell, too
};

struct DpiCounts {
  std::uint64_t packets = 0;   ///< in flows
  std::uint64_t flows = 0;     ///< rows written
  std::uint64_t known = 0;     ///< of those: with an application
  std::uint64_t labelled = 0;  ///< of those: with a label

  DpiCounts& operator+=(const DpiCounts& other) noexcept;
};

/// Writes ground truth for the flows of captures: GroundTruthWriter's columns, and
/// `application,category,confidence` as libndpi says them. Flows are those of weir-extract with its
/// defaults. A flow whose application is not known has a row without a label.
class DpiLabeller {
 public:
  /// Writes the header. `output` must outlive this. Throws Error where libndpi cannot start.
  DpiLabeller(OutputFile& output, ApplicationLabels labels, DpiOptions options);
  ~DpiLabeller();

  /// Reads a capture to its end. Throws Error, and Interrupted.
  DpiCounts label(PacketSource& capture);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir
