// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tree ensembles: grown and kept in files by XGBoost behind the project's own types, evaluated by a
// ForestEvaluator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/model/dataset.hpp"

namespace weir {

/// How the trees grow; XGBoost's parameter names stand beside.
struct BoosterSettings {
  unsigned rounds = 1;
  unsigned parallel_trees = 1;  ///< num_parallel_tree: trees a round and class
  unsigned depth = 6;           ///< max_depth
  unsigned bins = 256;          ///< max_bin: histogram bins a feature
  double learning_rate = 0.3;   ///< eta
  double row_share = 1;         ///< subsample: rows drawn for each tree
  double column_share = 1;      ///< colsample_bynode: features drawn for each split
  double min_child_weight = 1;  ///< least sum of hessians in a leaf
  double lambda = 1;            ///< L2 penalty on leaf values

  bool operator==(const BoosterSettings&) const = default;
};

/// The share of a feature in the gain of all splits.
struct FeatureImportance {
  std::string feature;
  double share = 0;
};

/// XGBoost's own file formats.
enum class ModelFormat { json, ubj };

/// A multi-class ensemble whose output is a probability for each class.
class Booster {
 public:
  /// Rows to learn from; labels are class indexes, weights may be any positive numbers.
  struct TrainingRows {
    const FeatureMatrix& matrix;
    std::span<const std::uint32_t> labels;
    std::span<const float> weights;
    std::span<const std::string> features;
    std::size_t classes;
    /// The matrix's columns to learn from, ascending; empty: all. The booster still takes rows of
    /// all columns, until it is told to forget_other_columns().
    std::span<const std::size_t> columns = {};
  };

  /// Grows an ensemble; the same rows, settings and seed give the same one. Throws Error, and
  /// Interrupted between two rounds.
  static Booster train(const TrainingRows& rows, const BoosterSettings& settings,
                       std::uint64_t seed);

  /// Adds trees to those of another booster of the same classes, which reads the same features;
  /// num_parallel_tree stays as it was there. Throws as train().
  static Booster grow_on(const Booster& base, const TrainingRows& rows,
                         const BoosterSettings& settings, std::uint64_t seed);

  /// Reads a model in either of XGBoost's formats. `name` is used in messages. Throws Error.
  static Booster parse(std::string_view bytes, const std::string& name);

  ~Booster();
  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;

  /// The model as XGBoost's file of this format. The same model gives the same bytes.
  std::string serialize(ModelFormat format) const;

  /// Values in a row that predict() takes.
  std::size_t columns() const noexcept;
  std::size_t classes() const noexcept;
  /// The names of the features that the trees may read, in the order of their columns; empty where
  /// the file names none.
  std::vector<std::string> features() const;
  /// From now on rows hold the values of features(), and no others.
  void forget_other_columns() noexcept;

  /// Class probabilities, row by row, of `rows` (whole rows of columns() values); the result of a
  /// row does not depend on the others. Several threads may call it at once.
  std::vector<float> predict(std::span<const float> rows) const { return predict(rows, 0); }

  /// The same by the trees of the first `rounds` only; 0 = all.
  std::vector<float> predict(std::span<const float> rows, unsigned rounds) const;

  /// A text kept in the model's file beside the trees; empty when there is none of this name.
  std::string attribute(const std::string& name) const;
  void set_attribute(const std::string& name, const std::string& value);

  /// Features that some split uses, the largest share first; the shares sum to 1.
  std::vector<FeatureImportance> importance() const;

 private:
  struct State;
  explicit Booster(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace weir
