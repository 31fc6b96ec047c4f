// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Choosing rows to hold out and folds, and saying what that choice cannot show.
#include "weir/model/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "weir/base/error.hpp"

namespace weir {
namespace {

/// A set of hosts with more of the rows leaves little to choose.
constexpr double kMostInOneUnit = 0.5;

std::string files_of(const Dataset& data) {
  return fmt::format("{}", fmt::join(data.files, ", "));
}

SplitInput input_of(const Dataset& data, const SplitUnits& units) {
  return {data.labels, units.of_row};
}

/// Rows in the unit that has the most, and its share of all.
double largest_share(const SplitUnits& units) {
  std::vector<std::size_t> rows(units.count);
  for (const std::uint32_t unit : units.of_row) ++rows[unit];
  return static_cast<double>(std::ranges::max(rows)) / static_cast<double>(units.of_row.size());
}

Trial by_group(const Dataset& data, const SplitOptions& options) {
  Trial trial{.split = "by " + data.group_kind, .units = units_of_groups(data), .parts = {}};
  if (trial.units.count >= 2 && !data.groups.empty()) {
    trial.parts = {hold_out(input_of(data, trial.units), options.test_share, options.seed)};
  }
  return trial;
}

Trial by_row(const Dataset& data, const SplitOptions& options) {
  Trial trial{.split = "by row", .by_row = true, .units = units_of_rows(data), .parts = {}};
  trial.parts = {hold_out(input_of(data, trial.units), options.test_share, options.seed)};
  if (trial.parts.front().test.empty()) {
    throw Error(files_of(data) + ": no class has two rows, so nothing can be held out");
  }
  return trial;
}

Trial by_row_instead(const Dataset& data, const SplitOptions& options) {
  const std::string reason = data.groups.empty() ? "the rows name no capture"
                             : data.groups.size() == 1
                                 ? fmt::format("there is one {} only", data.group_kind)
                                 : fmt::format("every class is in one {} only", data.group_kind);
  Trial trial = by_row(data, options);
  trial.warnings.push_back(reason +
                           ": split by row; figures of captures never seen would be lower");
  return trial;
}

Trial by_host(const Dataset& data, const SplitOptions& options) {
  Trial trial{.split = "by host", .by_host = true, .units = units_of_hosts(data), .parts = {}};
  trial.parts = {hold_out(input_of(data, trial.units), options.test_share, options.seed)};
  if (trial.parts.front().test.empty()) {
    throw Error(
        fmt::format("{}: no host can be held out: all rows of each class are connected by "
                    "hosts they share; split by capture or by time",
                    files_of(data)));
  }
  if (const double share = largest_share(trial.units); share > kMostInOneUnit) {
    trial.warnings.push_back(fmt::format(
        "{:.0f} % of the rows are connected by hosts they share and cannot be taken apart",
        100 * share));
  }
  return trial;
}

Trial by_time(const Dataset& data, const SplitOptions& options) {
  Trial trial{.split = "by time", .units = units_of_groups(data), .parts = {}};
  trial.parts = {split_by_time(data, options.test_share)};
  const Split& split = trial.parts.front();
  const std::size_t used = split.train.size() + split.test.size();
  if (used < data.rows()) {
    trial.warnings.push_back(fmt::format(
        "{} rows were under way when the test began and are in neither part", data.rows() - used));
  }
  return trial;
}

/// Classes with rows here and none there.
void warn_of_missing_classes(const Dataset& data, Trial& trial) {
  const Split& split = trial.parts.front();
  const std::vector<std::uint64_t> tested = count_classes(data, split.test);
  const std::vector<std::uint64_t> trained = count_classes(data, split.train);
  for (std::size_t c = 0; c < tested.size(); ++c) {
    if (tested[c] == 0) {
      trial.warnings.push_back(
          trial.split == "by time"
              ? fmt::format("class '{}' has no later rows and was not tested", data.classes[c])
              : fmt::format("class '{}' is in one {} only and was not tested", data.classes[c],
                            trial.units.kind));
    } else if (trained[c] == 0) {
      trial.warnings.push_back(
          fmt::format("class '{}' has no earlier rows to train on: all its {} rows count as wrong",
                      data.classes[c], tested[c]));
    }
  }
}

Trial choose(const Dataset& data, const SplitOptions& options) {
  switch (options.by) {
    case SplitBy::host:
      return by_host(data, options);
    case SplitBy::time:
      return by_time(data, options);
    case SplitBy::row: {
      Trial trial = by_row(data, options);
      trial.warnings.emplace_back(
          "split by row, as asked: figures of captures never seen would be lower");
      return trial;
    }
    case SplitBy::group:
      break;
  }
  Trial trial = by_group(data, options);
  const bool nothing = trial.parts.empty() || trial.parts.front().test.empty();
  return nothing ? by_row_instead(data, options) : trial;
}

}  // namespace

Trial hold_out_trial(const Dataset& data, const SplitOptions& options) {
  Trial trial = choose(data, options);
  warn_of_missing_classes(data, trial);
  return trial;
}

Trial fold_trial(const Dataset& data, const SplitOptions& options, const Trial& held_out) {
  if (options.by == SplitBy::time) {
    throw UsageError("--cv deals rows to folds at random, which a split by time forbids");
  }
  if (held_out.units.count < options.folds) {
    const std::string& kind = held_out.units.kind;
    const std::string there =
        held_out.units.count == 1
            ? "is only one " + kind
            : fmt::format("are only {} {}", held_out.units.count, plural(kind));
    throw UsageError(fmt::format("{} folds asked for, but there {}", options.folds, there));
  }
  Trial trial{.split = held_out.split,
              .by_row = held_out.by_row,
              .by_host = held_out.by_host,
              .units = held_out.units,
              .parts = {},
              .folds = options.folds,
              .repeats = options.repeats};
  for (std::size_t repeat = 0; repeat < options.repeats; ++repeat) {
    for (auto& fold :
         deal_folds(input_of(data, trial.units), options.folds, options.seed + repeat)) {
      trial.parts.push_back({all_but(fold, data.rows()), std::move(fold)});
    }
  }
  return trial;
}

std::optional<SplitOptions> counterpart(const Dataset& data, const SplitOptions& options,
                                        const Trial& trial) {
  SplitOptions other = options;
  other.repeats = 1;
  if (!trial.by_row) {
    other.by = SplitBy::row;
    return other;
  }
  other.by = SplitBy::group;
  const Trial grouped = by_group(data, other);
  const bool possible = !grouped.parts.empty() && !grouped.parts.front().test.empty() &&
                        grouped.units.count >= options.folds;
  return possible ? std::optional(other) : std::nullopt;
}

TrialAnswers::TrialAnswers(const Dataset& data, const Trial& trial)
    : data_(data), trial_(trial), rows_(start_answers(data, data.classes)) {}

void TrialAnswers::ask(std::size_t part, const Booster& booster, const BaselineAnswers& baselines,
                       const std::vector<bool>& seen) {
  add_answers(rows_, data_, trial_.parts[part].test, booster, static_cast<std::uint32_t>(part));
  append(baselines_, baselines);
  seen_.insert(seen_.end(), seen.begin(), seen.end());
}

void TrialAnswers::decide(const AnswerRules& rules) {
  weir::decide(rows_, rules, std::nullopt);
}

void TrialAnswers::calibrate_folds(CalibrationMethod method, const std::vector<bool>& without) {
  // Parts came in their order, so the answers of a repeat are neighbours.
  const std::size_t rows = rows_.size() / trial_.repeats;
  std::vector<float> calibrated;
  for (std::size_t begin = 0; begin < rows_.size(); begin += rows) {
    const LabelledProbabilities repeat{
        std::span(rows_.probabilities)
            .subspan(begin * rows_.model_classes, rows * rows_.model_classes),
        std::span(rows_.actual).subspan(begin, rows), rows_.model_classes};
    std::vector<std::uint32_t> folds;
    std::vector<bool> learnt;
    for (std::size_t i = begin; i < begin + rows; ++i) {
      folds.push_back(static_cast<std::uint32_t>(rows_.part[i] % trial_.folds));
      learnt.push_back(!without[i]);
    }
    const std::vector<float> values = cross_calibrate(repeat, folds, method, learnt);
    calibrated.insert(calibrated.end(), values.begin(), values.end());
  }
  rows_.answers = most_probable(calibrated, rows_.model_classes);
  rows_.probabilities = std::move(calibrated);
}

}  // namespace weir
