// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Temperature scaling, isotonic regression, and the choice between them.
#include "weir/model/calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "weir/model/metrics.hpp"

namespace weir {
namespace {

constexpr std::array kMethods{CalibrationMethod::none, CalibrationMethod::temperature,
                              CalibrationMethod::isotonic};

/// What a probability counts as at least where its logarithm is taken.
constexpr double kLeast = 1e-6;

double log_of(float probability) {
  return std::log(std::max<double>(probability, kLeast));
}

/// Divides by the sum; a row that has nothing left keeps what it had.
void normalise(std::span<float> row, std::span<const float> before) {
  const float sum = std::accumulate(row.begin(), row.end(), 0.0F);
  if (sum > 0) {
    for (float& value : row) value /= sum;
  } else {
    std::ranges::copy(before, row.begin());
  }
}

void sharpen(std::span<float> row, double power) {
  const float greatest = *std::ranges::max_element(row);
  for (float& value : row) {
    // Relative to the greatest, so that not all of them can vanish.
    value = static_cast<float>(std::exp(power * (log_of(value) - log_of(greatest))));
  }
  const float sum = std::accumulate(row.begin(), row.end(), 0.0F);
  for (float& value : row) value /= sum;
}

/// What a class cannot fall below after so many rows: they do not prove more than one exception
/// among them and two (Laplace).
double least_share(std::size_t rows) {
  return 1 / static_cast<double>(rows + 2);
}

/// How the log loss changes with the power: the mean logarithm that the sharpened row expects, less
/// the one that it gets, summed over the rows; it gets an exception as often as least_share() says.
/// Rises with the power.
double slope_at(const LabelledProbabilities& rows, double power) {
  const double exception = least_share(rows.rows());
  double slope = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> row = rows.row(i);
    const double greatest = log_of(*std::ranges::max_element(row));
    double sum = 0;
    double expected = 0;
    double all = 0;
    for (const float value : row) {
      const double weight = std::exp(power * (log_of(value) - greatest));
      sum += weight;
      expected += weight * log_of(value);
      all += log_of(value);
    }
    const double own = log_of(row[rows.labels[i]]);
    const double others = (all - own) / static_cast<double>(rows.classes - 1);
    slope += expected / sum - (1 - exception) * own - exception * others;
  }
  return slope;
}

/// The loss is convex in 1/T, so its least is where the slope crosses zero.
double best_temperature(const LabelledProbabilities& rows) {
  constexpr double kLeastPower = 0.05;
  constexpr double kMostPower = 20;
  constexpr int kHalvings = 60;
  double low = kLeastPower;
  double high = kMostPower;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (slope_at(rows, middle) < 0 ? low : high) = middle;
  }
  return 2 / (low + high);
}

MonotoneCurve fit_curve(const LabelledProbabilities& rows, std::uint32_t of_class) {
  std::vector<std::size_t> order(rows.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto score = [&](std::size_t i) { return rows.row(i)[of_class]; };
  std::ranges::stable_sort(order, {}, score);

  // Equal scores are one point with the mean of their outcomes; each row keeps its weight.
  std::vector<double> outcomes(order.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    double hits = 0;
    while (end < order.size() && score(order[end]) == score(order[begin])) {
      hits += rows.labels[order[end++]] == of_class ? 1 : 0;
    }
    std::fill(outcomes.begin() + static_cast<std::ptrdiff_t>(begin),
              outcomes.begin() + static_cast<std::ptrdiff_t>(end),
              hits / static_cast<double>(end - begin));
    begin = end;
  }

  const double least = least_share(order.size());
  const std::vector<double> level = pool_adjacent_violators(outcomes);
  MonotoneCurve curve;
  for (std::size_t i = 0; i < order.size(); ++i) {
    // Of a level stretch only its ends matter.
    const bool inside =
        i > 0 && i + 1 < order.size() && level[i - 1] == level[i] && level[i] == level[i + 1];
    const float x = score(order[i]);
    if (inside || (!curve.x.empty() && curve.x.back() == x)) continue;
    curve.x.push_back(x);
    curve.y.push_back(static_cast<float>(std::clamp(level[i], least, 1 - least)));
  }
  return curve;
}

/// The rows at these indexes, with their own storage.
struct OwnedRows {
  OwnedRows(const LabelledProbabilities& rows, std::span<const std::size_t> indexes)
      : classes(rows.classes) {
    for (const std::size_t i : indexes) {
      values.insert(values.end(), rows.row(i).begin(), rows.row(i).end());
      labels.push_back(rows.labels[i]);
    }
  }
  LabelledProbabilities view() const { return {values, labels, classes}; }

  std::vector<float> values;
  std::vector<std::uint32_t> labels;
  std::size_t classes;
};

std::size_t most_probable_class(std::span<const float> row) {
  return static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
}

double macro_f1(const LabelledProbabilities& rows) {
  ConfusionMatrix matrix{std::vector<std::string>(rows.classes)};
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    matrix.add(rows.labels[i], most_probable_class(rows.row(i)));
  }
  return score(matrix).macro.f1;
}

CalibrationTrial try_method(CalibrationMethod method, const LabelledProbabilities& rows,
                            std::span<const std::uint32_t> folds) {
  const std::vector<float> values = cross_calibrate(rows, folds, method);
  const LabelledProbabilities calibrated{values, rows.labels, rows.classes};
  return {.method = method,
          .log_loss = log_loss(calibrated),
          .calibration_error = calibration_error(calibrated),
          .macro_f1 = macro_f1(calibrated)};
}

/// Curves are left to who wants them: they change answers, and their steps make level what was in
/// order, so that there is less to gain by leaving the least sure answers out.
CalibrationMethod best_of(std::span<const CalibrationTrial> trials) {
  const CalibrationTrial* best = &trials.front();
  for (const CalibrationTrial& trial : trials) {
    if (trial.method == CalibrationMethod::isotonic) continue;
    if (trial.log_loss < best->log_loss) best = &trial;
  }
  return best->method;
}

}  // namespace

std::string_view to_string(CalibrationMethod method) noexcept {
  switch (method) {
    case CalibrationMethod::temperature:
      return "temperature";
    case CalibrationMethod::isotonic:
      return "isotonic";
    case CalibrationMethod::none:
      break;
  }
  return "none";
}

float MonotoneCurve::at(float value) const noexcept {
  const auto above = static_cast<std::size_t>(std::ranges::upper_bound(x, value) - x.begin());
  if (above == 0) return y.front();
  if (above == x.size()) return y.back();
  const float share = (value - x[above - 1]) / (x[above] - x[above - 1]);
  return y[above - 1] + share * (y[above] - y[above - 1]);
}

void Calibration::apply(std::span<float> probabilities, std::size_t classes) const {
  if (method == CalibrationMethod::none) return;
  for (std::size_t begin = 0; begin < probabilities.size(); begin += classes) {
    const std::span<float> row = probabilities.subspan(begin, classes);
    if (method == CalibrationMethod::temperature) {
      sharpen(row, 1 / temperature);
      continue;
    }
    const std::vector<float> before(row.begin(), row.end());
    for (std::size_t c = 0; c < classes; ++c) row[c] = curves[c].at(row[c]);
    normalise(row, before);
  }
}

std::vector<double> pool_adjacent_violators(std::span<const double> y) {
  struct Block {
    double mean;
    std::size_t size;
  };
  std::vector<Block> blocks;
  for (const double value : y) {
    blocks.push_back({value, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean >= blocks.back().mean) {
      const Block last = blocks.back();
      blocks.pop_back();
      Block& pooled = blocks.back();
      const auto size = static_cast<double>(pooled.size + last.size);
      pooled.mean = (pooled.mean * static_cast<double>(pooled.size) +
                     last.mean * static_cast<double>(last.size)) /
                    size;
      pooled.size += last.size;
    }
  }
  std::vector<double> level;
  level.reserve(y.size());
  for (const Block& block : blocks) level.insert(level.end(), block.size, block.mean);
  return level;
}

Calibration fit_calibration(CalibrationMethod method, const LabelledProbabilities& rows) {
  Calibration calibration{.method = method, .temperature = 1, .curves = {}};
  if (rows.rows() == 0) {
    calibration.method = CalibrationMethod::none;
  } else if (method == CalibrationMethod::temperature) {
    calibration.temperature = best_temperature(rows);
  } else if (method == CalibrationMethod::isotonic) {
    for (std::uint32_t c = 0; c < rows.classes; ++c) {
      calibration.curves.push_back(fit_curve(rows, c));
    }
  }
  return calibration;
}

double log_loss(const LabelledProbabilities& rows) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.rows(); ++i) sum -= log_of(rows.row(i)[rows.labels[i]]);
  return rows.rows() == 0 ? 0 : sum / static_cast<double>(rows.rows());
}

std::vector<ReliabilityBin> reliability_bins(std::span<const JudgedAnswer> answers) {
  constexpr std::size_t kBins = 10;
  std::vector<ReliabilityBin> bins;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    bins.push_back(
        {.low = static_cast<double>(bin) / kBins, .high = static_cast<double>(bin + 1) / kBins});
  }
  for (const JudgedAnswer& answer : answers) {
    const auto index = static_cast<std::size_t>(std::max(0.0, answer.confidence) * kBins);
    ReliabilityBin& bin = bins[std::min(index, kBins - 1)];
    ++bin.rows;
    bin.confidence += answer.confidence;
    bin.accuracy += answer.right ? 1 : 0;
  }
  for (ReliabilityBin& bin : bins) {
    if (bin.rows == 0) continue;
    bin.confidence /= static_cast<double>(bin.rows);
    bin.accuracy /= static_cast<double>(bin.rows);
  }
  return bins;
}

double calibration_error(std::span<const ReliabilityBin> bins) {
  double error = 0;
  double rows = 0;
  for (const ReliabilityBin& bin : bins) {
    error += std::abs(bin.accuracy - bin.confidence) * static_cast<double>(bin.rows);
    rows += static_cast<double>(bin.rows);
  }
  return rows == 0 ? 0 : error / rows;
}

double calibration_error(const LabelledProbabilities& rows) {
  std::vector<JudgedAnswer> answers;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::size_t answer = most_probable_class(rows.row(i));
    answers.push_back({rows.row(i)[answer], answer == rows.labels[i]});
  }
  return calibration_error(reliability_bins(answers));
}

std::vector<float> cross_calibrate(const LabelledProbabilities& rows,
                                   std::span<const std::uint32_t> folds, CalibrationMethod method,
                                   const std::vector<bool>& learnt) {
  std::vector<float> values(rows.values.begin(), rows.values.end());
  const std::uint32_t count = folds.empty() ? 0 : *std::ranges::max_element(folds) + 1;
  for (std::uint32_t fold = 0; fold < count; ++fold) {
    std::vector<std::size_t> others;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (folds[i] != fold && (learnt.empty() || learnt[i])) others.push_back(i);
    }
    const Calibration calibration = fit_calibration(method, OwnedRows(rows, others).view());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (folds[i] != fold) continue;
      calibration.apply(std::span(values).subspan(i * rows.classes, rows.classes), rows.classes);
    }
  }
  return values;
}

CalibrationChoice choose_calibration(const LabelledProbabilities& rows,
                                     std::span<const std::uint32_t> folds,
                                     std::optional<CalibrationMethod> wanted) {
  CalibrationChoice choice;
  // What one fold teaches, no other can check, and thresholds would be of other probabilities.
  if (std::ranges::adjacent_find(folds, std::ranges::not_equal_to{}) == folds.end()) return choice;
  for (const CalibrationMethod method : kMethods) {
    choice.trials.push_back(try_method(method, rows, folds));
  }
  choice.calibration = fit_calibration(wanted.value_or(best_of(choice.trials)), rows);
  return choice;
}

}  // namespace weir
