// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Probabilities that mean what they say: of the answers given with 0.8, four in five are right.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

enum class CalibrationMethod : std::uint8_t {
  none,         ///< the ensemble's own probabilities
  temperature,  ///< p^(1/T), renormalised (Guo et al., ICML 2017)
  isotonic,     ///< a monotone curve for each class against the rest, renormalised
                ///< (Zadrozny, Elkan, KDD 2002)
};

/// "none", "temperature", "isotonic".
std::string_view to_string(CalibrationMethod method) noexcept;

/// Class probabilities, row by row, with the class that each row is of.
struct LabelledProbabilities {
  std::span<const float> values;  ///< rows x classes
  std::span<const std::uint32_t> labels;
  std::size_t classes = 0;

  std::size_t rows() const noexcept { return labels.size(); }
  std::span<const float> row(std::size_t index) const {
    return values.subspan(index * classes, classes);
  }
};

/// A non-decreasing function: straight lines between its points, constant outside them.
struct MonotoneCurve {
  std::vector<float> x;  ///< ascending
  std::vector<float> y;  ///< as many as x

  float at(float value) const noexcept;
  bool operator==(const MonotoneCurve&) const = default;
};

/// What is done to an ensemble's probabilities before anybody sees them.
struct Calibration {
  CalibrationMethod method = CalibrationMethod::none;
  double temperature = 1;             ///< of that method; above 1 makes answers less sure
  std::vector<MonotoneCurve> curves;  ///< of isotonic calibration, one for each class

  /// Calibrates whole rows of `classes` probabilities in place; each row sums to 1 again.
  void apply(std::span<float> probabilities, std::size_t classes) const;
  bool operator==(const Calibration&) const = default;
};

/// The non-decreasing values nearest to `y` (least squares), every value counting the same: pool
/// adjacent violators (Ayer et al. 1955).
std::vector<double> pool_adjacent_violators(std::span<const double> y);

/// The calibration of this kind with the least log loss (temperature) or squared error (isotonic)
/// on rows that the ensemble was not trained on.
Calibration fit_calibration(CalibrationMethod method, const LabelledProbabilities& rows);

/// Mean of -ln(probability of the row's class), in nats; probabilities count as at least 1e-6.
double log_loss(const LabelledProbabilities& rows);

/// An answer that was compared with the truth.
struct JudgedAnswer {
  double confidence = 0;
  bool right = false;
};

/// Answers with about the same confidence.
struct ReliabilityBin {
  double low = 0;   ///< of the confidence
  double high = 0;  ///< not in the bin, except 1
  std::uint64_t rows = 0;
  double confidence = 0;  ///< mean of the answers; 0 without rows
  double accuracy = 0;    ///< share that is right; 0 without rows
};

/// Ten bins of equal width, from 0 to 1.
std::vector<ReliabilityBin> reliability_bins(std::span<const JudgedAnswer> answers);

/// Expected calibration error: mean of |accuracy - confidence| of the bins, weighted by rows
/// (Naeini et al., AAAI 2015).
double calibration_error(std::span<const ReliabilityBin> bins);

/// The same of the most probable class of each row.
double calibration_error(const LabelledProbabilities& rows);

/// How good one kind of calibration was on rows that it was not fitted on.
struct CalibrationTrial {
  CalibrationMethod method = CalibrationMethod::none;
  double log_loss = 0;
  double calibration_error = 0;
  double macro_f1 = 0;  ///< isotonic curves can change which class is the most probable

  bool operator==(const CalibrationTrial&) const = default;
};

struct CalibrationChoice {
  Calibration calibration;               ///< fitted on all rows
  std::vector<CalibrationTrial> trials;  ///< none, temperature, isotonic
};

/// Tries each kind on one fold after the other, fitted on the other folds, and takes none or the
/// temperature, whichever has the lower log loss, none of equals; `wanted` takes that kind whatever
/// the trials say. The rows are out-of-fold predictions, `folds` has an index for each; of a single
/// fold nothing is learnt.
CalibrationChoice choose_calibration(const LabelledProbabilities& rows,
                                     std::span<const std::uint32_t> folds,
                                     std::optional<CalibrationMethod> wanted);

/// The probabilities with each fold calibrated by what the other folds say; `learnt` tells the rows
/// that this is learnt from, all where it is empty.
std::vector<float> cross_calibrate(const LabelledProbabilities& rows,
                                   std::span<const std::uint32_t> folds, CalibrationMethod method,
                                   const std::vector<bool>& learnt = {});

}  // namespace weir
