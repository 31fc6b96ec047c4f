// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Grid and random search with grouped cross-validation.
#include "weir/model/search.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "json_error.hpp"
#include "settings_json.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/random.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

BoosterSettings draw(BoosterSettings settings, Algorithm algorithm, Random& random) {
  const auto log_uniform = [&](double low, double high) {
    // Three digits: what a report shows can be typed in again.
    const double value = low * std::pow(high / low, random.uniform());
    return std::round(value * 1000) / 1000;
  };
  const bool boosting = algorithm == Algorithm::boosting;
  settings.depth = static_cast<unsigned>(random.between(boosting ? 2 : 4, boosting ? 8 : 14));
  settings.row_share = std::round(random.uniform(0.4, 1.0) * 100) / 100;
  settings.min_child_weight = log_uniform(0.5, 10);
  if (boosting) {
    settings.learning_rate = log_uniform(0.02, 0.3);
    settings.rounds = 10 * static_cast<unsigned>(std::lround(log_uniform(4, 40)));
  }
  return settings;
}

std::vector<BoosterSettings> grid_of(const BoosterSettings& base, Algorithm algorithm) {
  const bool boosting = algorithm == Algorithm::boosting;
  const auto only = [](auto value) { return std::vector{value}; };
  const auto depths =
      boosting ? std::vector<unsigned>{3, 4, 6, 8} : std::vector<unsigned>{4, 6, 8, 12};
  const auto rates = boosting ? std::vector{0.03, 0.08, 0.2} : only(base.learning_rate);
  const auto rounds = boosting ? std::vector<unsigned>{60, 130, 260} : only(base.rounds);
  std::vector<BoosterSettings> grid;
  for (const unsigned depth : depths) {
    for (const double rate : rates) {
      for (const unsigned round : rounds) {
        for (const double rows : {0.5, 0.7, 1.0}) {
          for (const double weight : {1.0, 2.0, 5.0}) {
            BoosterSettings& settings = grid.emplace_back(base);
            settings.depth = depth;
            settings.learning_rate = rate;
            settings.rounds = round;
            settings.row_share = rows;
            settings.min_child_weight = weight;
          }
        }
      }
    }
  }
  return grid;
}

/// What two runs have to have in common to be one search; causes before what comes of them, since
/// the first difference is told.
ordered_json identify(const Dataset& data, std::span<const Split> folds, const Recipe& recipe,
                      SearchKind kind) {
  return {{"data", data.content_hash},
          {"seed", recipe.seed},
          {"kind", to_string(kind)},
          {"algorithm", to_string(recipe.algorithm)},
          {"class_weights", to_string(recipe.weights)},
          {"select", to_string(recipe.selection)},
          {"rows", count_tested(folds)},
          {"folds", folds.size()}};
}

ordered_json to_json(const SearchTrial& trial) {
  return {{"settings", settings_json(trial.settings)},
          {"macro_f1", trial.macro_f1},
          {"fold_macro_f1", trial.fold_macro_f1}};
}

void write_state(const std::string& path, const ordered_json& identity,
                 const std::vector<SearchTrial>& trials) {
  if (path.empty()) return;
  ordered_json done = ordered_json::array();
  for (const SearchTrial& trial : trials) done.push_back(to_json(trial));
  OutputFile file(path);
  file.write(ordered_json{{"search", identity}, {"trials", std::move(done)}}.dump(1) + "\n");
  file.commit();
}

std::vector<SearchTrial> read_state(const std::string& path, const ordered_json& identity) {
  if (path.empty() || !std::filesystem::exists(path)) return {};
  try {
    const ordered_json state = ordered_json::parse(read_file(path));
    for (const auto& [key, value] : identity.items()) {
      const ordered_json& there = state.at("search").at(key);
      if (there == value) continue;
      throw Error(
          fmt::format("{}: the state of another search, of {} {}, here {}; remove it to "
                      "start anew",
                      path, key, there.dump(), value.dump()));
    }
    std::vector<SearchTrial> trials;
    for (const ordered_json& trial : state.at("trials")) {
      trials.push_back({settings_from(trial.at("settings")), trial.at("macro_f1"),
                        trial.at("fold_macro_f1").get<std::vector<double>>()});
    }
    return trials;
  } catch (const ordered_json::exception& error) {
    throw Error(fmt::format("{}: not the state of a search: {}; remove it to start anew", path,
                            reason_of(error)));
  }
}

SearchTrial try_settings(const Dataset& data, std::span<const Split> folds, Recipe recipe,
                         const BoosterSettings& settings, unsigned threads) {
  recipe.settings = settings;
  const RowAnswers answers = cross_validate(data, folds, recipe, threads);
  SearchTrial trial{settings, score(confusion(answers)).macro.f1, {}};
  for (std::uint32_t fold = 0; fold < folds.size(); ++fold) {
    std::vector<bool> of_fold;
    for (const std::uint32_t part : answers.part) of_fold.push_back(part == fold);
    const RowAnswers kept = keep_answers(answers, of_fold);
    trial.fold_macro_f1.push_back(score(confusion(kept)).macro.f1);
  }
  return trial;
}

std::string describe(const SearchTrial& trial) {
  const BoosterSettings& s = trial.settings;
  return fmt::format(
      "depth {}, eta {}, rounds {}, subsample {}, min_child_weight {}: macro-F1 {:.3f}", s.depth,
      s.learning_rate, s.rounds, s.row_share, s.min_child_weight, trial.macro_f1);
}

std::string explain(const std::vector<SearchTrial>& trials, std::size_t taken) {
  const auto best = std::ranges::max_element(trials, {}, &SearchTrial::macro_f1);
  if (taken == 0 && best != trials.begin()) {
    return fmt::format(
        "settings as they are ({}): the best of {} tried ({:.3f}) is within one standard error",
        describe(trials.front()), trials.size(), best->macro_f1);
  }
  return fmt::format(
      "settings {}, the best of {} tried (default {:.3f}); the best of many promises too much: the "
      "held-out rows took no part in the search",
      describe(trials[taken]), trials.size(), trials.front().macro_f1);
}

}  // namespace

std::string_view to_string(SearchKind kind) noexcept {
  return kind == SearchKind::grid ? "grid" : "random";
}

std::vector<BoosterSettings> search_plan(const Recipe& recipe, SearchKind kind,
                                         std::size_t budget) {
  Random random(recipe.seed);
  std::vector<BoosterSettings> plan{recipe.settings};
  if (kind == SearchKind::grid) {
    std::vector<BoosterSettings> grid = grid_of(recipe.settings, recipe.algorithm);
    std::erase(grid, recipe.settings);
    random.shuffle(std::span<BoosterSettings>(grid));
    plan.insert(plan.end(), grid.begin(), grid.end());
    plan.resize(std::min(plan.size(), std::max<std::size_t>(1, budget)));
  } else {
    while (plan.size() < budget) plan.push_back(draw(recipe.settings, recipe.algorithm, random));
  }
  return plan;
}

std::size_t best_trial(const std::vector<SearchTrial>& trials) {
  const auto best = std::ranges::max_element(trials, {}, &SearchTrial::macro_f1);
  const SearchTrial& first = trials.front();
  const std::size_t folds = first.fold_macro_f1.size();
  double sum = 0;
  double squares = 0;
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const double gain = best->fold_macro_f1[fold] - first.fold_macro_f1[fold];
    sum += gain;
    squares += gain * gain;
  }
  const auto n = static_cast<double>(folds);
  const double error =
      folds < 2 ? 0 : std::sqrt(std::max(0.0, squares - sum * sum / n) / (n - 1) / n);
  if (best->macro_f1 - first.macro_f1 <= error) return 0;
  return static_cast<std::size_t>(best - trials.begin());
}

RecipeChoice search_settings(const Dataset& data, std::span<const Split> folds,
                             const Recipe& recipe, const SearchOptions& options, unsigned threads) {
  const ordered_json identity = identify(data, folds, recipe, options.kind);
  const std::vector<BoosterSettings> plan = search_plan(recipe, options.kind, options.budget);
  std::vector<SearchTrial> trials = read_state(options.state, identity);
  if (trials.size() > plan.size()) trials.resize(plan.size());
  if (!trials.empty()) spdlog::info("{}: {} trials done before", options.state, trials.size());
  try {
    while (trials.size() < plan.size()) {
      trials.push_back(try_settings(data, folds, recipe, plan[trials.size()], threads));
      write_state(options.state, identity, trials);
      if (options.on_trial) options.on_trial(trials.size());
    }
  } catch (const Interrupted&) {
    if (trials.empty()) throw;
    throw Interrupted(
        fmt::format("interrupted after {} of {} trials; the best so far: {}; the same command goes "
                    "on from there",
                    trials.size(), plan.size(), describe(trials[best_trial(trials)])));
  }
  const std::size_t taken = best_trial(trials);
  RecipeChoice choice{recipe, explain(trials, taken)};
  choice.recipe.settings = trials[taken].settings;
  return choice;
}

}  // namespace weir
