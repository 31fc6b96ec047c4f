// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Trivial classifiers, trained and measured on the same rows as the model: what it has to beat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "weir/model/dataset.hpp"
#include "weir/model/row_answers.hpp"

namespace weir {

/// A trivial classifier that did not answer a row.
inline constexpr std::uint32_t kNoAnswer = std::numeric_limits<std::uint32_t>::max();

/// The class with the most rows; the first of equals.
std::uint32_t majority_class(std::span<const std::uint64_t> rows_of_class);

/// The most frequent class of each destination port, as a firewall of port rules would have it.
class PortTable {
 public:
  /// Ports by what a model's file can hold: "TCP/443" and an index of a class.
  using Classes = std::map<std::string, std::uint32_t, std::less<>>;

  PortTable() = default;
  /// `otherwise` is the answer for any other port.
  PortTable(Classes classes, std::uint32_t otherwise);

  /// Learns the `most` most frequent ports. Empty when the table has no identities with ports.
  static PortTable learn(const Dataset& data, std::span<const std::size_t> rows,
                         std::size_t most = std::numeric_limits<std::size_t>::max());

  std::uint32_t answer(const RowIdentity& row) const;
  bool empty() const noexcept { return classes_.empty(); }
  const Classes& classes() const noexcept { return classes_; }

 private:
  Classes classes_;
  std::uint32_t otherwise_ = 0;
};

/// For each tested row the class of the training row that is nearest: Euclidean distance of
/// features less their mean over their standard deviation in training, an absent value counting as
/// the mean. Looks at 4,000 training rows and answers 2,000 tested rows at most, evenly spread;
/// kNoAnswer for the others. Both tables, which may be one, have the same features.
std::vector<std::uint32_t> nearest_classes(const Dataset& train, std::span<const std::size_t> known,
                                           const Dataset& test, std::span<const std::size_t> asked);

/// What trivial classifiers said; each vector has one class (or kNoAnswer) for each answered row,
/// or none where the classifier was not asked.
struct BaselineAnswers {
  std::vector<std::uint32_t> majority = {};
  std::vector<std::uint32_t> ports = {};
  std::vector<std::uint32_t> nearest = {};
};

/// Puts `more` behind the others.
void append(BaselineAnswers& answers, const BaselineAnswers& more);

/// Only the answers for which `keep` is true.
BaselineAnswers keep_answers(const BaselineAnswers& answers, const std::vector<bool>& keep);

/// Trains all of them on the known rows of `train` and asks them about those of `test`; both
/// tables, which may be one, have the same features. Answers are classes of `train`.
BaselineAnswers answer_baselines(const Dataset& train, std::span<const std::size_t> known,
                                 const Dataset& test, std::span<const std::size_t> asked);

/// How a trivial classifier did.
struct Baseline {
  std::string name = {};   ///< "majority class", "destination ports", "nearest row"
  std::uint64_t rows = 0;  ///< that it was asked about
  double accuracy = 0;
  double macro_f1 = 0;
};

/// Those that answered.
std::vector<Baseline> score_baselines(const RowAnswers& answered, const BaselineAnswers& baselines);

}  // namespace weir
