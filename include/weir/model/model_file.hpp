// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A trained model with all that is needed to use it honestly: one file, XGBoost's own JSON or UBJ,
// which any XGBoost opens; weir's manifest is a text among the booster's attributes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weir/feature/extractor.hpp"
#include "weir/model/answering.hpp"
#include "weir/model/baselines.hpp"
#include "weir/model/booster.hpp"
#include "weir/model/dataset.hpp"
#include "weir/model/drift.hpp"
#include "weir/model/feature_selection.hpp"
#include "weir/model/leakage.hpp"
#include "weir/model/metrics.hpp"
#include "weir/model/ood.hpp"
#include "weir/model/trainer.hpp"

namespace weir {

/// What was measured on rows that the measured model had not seen.
struct HeldOutResult {
  std::string split;  ///< how the rows were chosen, e.g. "by capture"
  std::uint64_t rows = 0;
  std::uint64_t groups = 0;  ///< captures among them; 0 where the table names none
  Scores scores;
  std::vector<Baseline> baselines = {};
};

/// What a model knows about itself.
struct Manifest {
  std::string weir_version;
  std::string algorithm;  ///< "rf", "gbdt"
  BoosterSettings settings;
  RowWeights weights = RowWeights::balanced;
  std::vector<std::string> choices;  ///< what training chose by itself, and why
  std::uint64_t seed = 0;
  TableSchema schema;                  ///< of the table it was trained on
  TableDescription table;              ///< how that is read
  std::vector<Categories> categories;  ///< that features were made of
  std::vector<std::string> features;   ///< the columns it reads, in order
  std::vector<std::string> classes;    ///< its answers, in the order of its probabilities
  ExtractorSettings extractor;         ///< how flows were cut and when rows were emitted
  std::uint64_t min_packets = 0;       ///< rows with fewer packets were not trained on
  std::string training_data_hash;
  std::uint64_t training_rows = 0;
  std::vector<std::uint64_t> training_rows_of_class;  ///< in the order of classes
  std::uint64_t training_groups = 0;
  HeldOutResult held_out;
  PortTable::Classes ports = {};  ///< the most frequent class of each frequent destination port
  SeenRows seen_rows = {};        ///< what it was trained on; empty for too large tables
  AnswerRules rules;
  std::vector<FeatureSketch> distribution;  ///< of each feature over the training rows
  OodDetector ood;                          ///< of the training rows
  SelectedFeatures selection;  ///< why it reads these columns; nothing kept where it reads all
};

struct Model {
  Manifest manifest;
  Booster booster;
};

/// The format for a path: ".json" or ".ubj". Throws UsageError for any other ending.
ModelFormat model_format_of(const std::string& path);

/// The model's file: puts the manifest into the booster, and writes that. Throws Error when a
/// number of the manifest is not finite.
std::string model_bytes(Model& model, ModelFormat format);

/// Reads a model in either format. Throws Error when the file is not a model, carries no manifest
/// or one of another version, or contradicts itself.
Model load_model(const std::string& path);

/// How tables are read for the model: with its features, as the table it was trained on.
DatasetOptions reading_for(const Manifest& manifest);

/// The model's answers to whole rows of its features.
std::vector<Answer> answer_rows(const Model& model, std::span<const float> rows,
                                const AnswerLimits& limits);

/// For every feature of the model its index in `available`. Throws Error that names what is
/// missing; `where` says in what.
std::vector<std::size_t> feature_positions(const Manifest& manifest,
                                           std::span<const std::string> available,
                                           const std::string& where);

}  // namespace weir
