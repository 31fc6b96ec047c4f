// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Searching settings of the trees, trial by trial, so that it can be stopped and gone on with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "weir/model/selection.hpp"

namespace weir {

enum class SearchKind : std::uint8_t {
  grid,    ///< a fixed grid, in a random order
  random,  ///< settings drawn independently
};

/// "grid", "random".
std::string_view to_string(SearchKind kind) noexcept;

struct SearchOptions {
  SearchKind kind = SearchKind::random;
  std::size_t budget = 20;  ///< trials
  std::string state;        ///< file that holds the trials done; empty keeps none
  std::function<void(std::size_t done)> on_trial = {};
};

/// The settings to try, in order: first those given, then depth, learning rate, rounds, share of
/// rows and least leaf weight varied (a forest keeps its one round at rate 1). The same seed gives
/// the same order whatever the budget, so that a longer search continues a shorter one. A grid may
/// have fewer than `budget` points.
std::vector<BoosterSettings> search_plan(const Recipe& recipe, SearchKind kind, std::size_t budget);

/// Settings and their macro-F1 on rows out of fold.
struct SearchTrial {
  BoosterSettings settings;
  double macro_f1 = 0;
  std::vector<double> fold_macro_f1;  ///< of each fold
};

/// The trial to take by the one-standard-error rule: the best, unless the first, the default
/// settings, is within one standard error (of the difference over the folds) of it.
std::size_t best_trial(const std::vector<SearchTrial>& trials);

/// Cross-validates one setting after the other and writes the state after each; trials that the
/// state holds are not done again. Throws Error for a state of another search (data, seed, kind,
/// algorithm or weights differ), Interrupted that says what was the best so far.
RecipeChoice search_settings(const Dataset& data, std::span<const Split> folds,
                             const Recipe& recipe, const SearchOptions& options, unsigned threads);

}  // namespace weir
