// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A model for one network from few captures of it and many of elsewhere.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "weir/model/dataset.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/split.hpp"

namespace weir {

/// What a model for one place starts from: rows of elsewhere, or a model that is grown on.
struct Base {
  std::string name;  ///< for messages
  std::optional<Dataset> table = {};
  std::optional<Model> model = {};
};

struct LocalTable {
  Dataset data;
  std::optional<Base> base;
};

/// Reads the local table, and beside it the base, where one is named: a model (its name ends in
/// .json or .ubj) whose features the table is read with, or tables with the same columns. Throws
/// as read_dataset() and load_model(), and UsageError for a model that is not alone, Error where
/// no feature of the local table differs from row to row.
LocalTable read_with_base(std::span<const std::string> files, std::span<const std::string> base,
                          DatasetOptions options);

/// The rows of `local`, then those of `base`, as one table: classes and groups of the same name are
/// the same. Both have the same features in the same order. Throws Error that says what differs.
Dataset mix(const Dataset& local, const Dataset& base);

/// Adds the rows behind the first `local_rows` of the mix to the training part of a split of the
/// first, except those of groups that the split tests: they may be the tested rows again.
void train_on_base_too(Split& split, const Dataset& mixed, std::size_t local_rows);

/// Throws Error, saying what differs, when a model cannot be continued on these rows: it was not
/// boosted, reads other features or flows cut in another way, or does not know a class.
/// `name` is the model's, for the message.
void require_continuable(const Manifest& base, const Dataset& local,
                         const ExtractorSettings& extractor, const std::string& name);

/// The same rows with the classes of the model, in its order.
Dataset with_classes_of(const Manifest& base, const Dataset& local);

/// What trees are grown with on those of a model. It is sure of what it has learnt, so that rows it
/// takes wrongly have small hessians: leaves may weigh little.
BoosterSettings continuing_settings() noexcept;

}  // namespace weir
