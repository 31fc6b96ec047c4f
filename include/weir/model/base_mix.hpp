// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A model for one network from few captures of it and many of elsewhere.
#pragma once

#include "weir/model/dataset.hpp"
#include "weir/model/model_file.hpp"
#include "weir/model/split.hpp"

namespace weir {

/// The rows of `local`, then those of `base`, as one table: classes and groups of the same name are
/// the same. Both have the same features in the same order. Throws Error that says what differs.
Dataset mix(const Dataset& local, const Dataset& base);

/// Adds the rows behind the first `local_rows` of the mix to the training part of a split of the
/// first, except those of groups that the split tests: they may be the tested rows again.
void train_on_base_too(Split& split, const Dataset& mixed, std::size_t local_rows);

/// Throws Error, saying what differs, when a model cannot be continued on these rows: it was not
/// boosted, reads other features or flows cut in another way, or does not know a class.
/// `name` is the model's, for the message.
void require_continuable(const Manifest& base, const Dataset& local, const std::string& name);

}  // namespace weir
