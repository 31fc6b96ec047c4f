// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The command line of weir-train.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/cli/progress.hpp"
#include "weir/cli/tool.hpp"
#include "weir/model/training.hpp"

namespace weir {

/// How settings of the trees are searched, if they are.
enum class Search : std::uint8_t { none, grid, random };

/// What the user asked for.
struct TrainOptions {
  std::vector<std::string> data;
  std::vector<std::string> test_data;
  std::string columns;
  std::string class_map;
  std::string model_out;
  std::string json;
  std::string oof;
  std::string groups;
  std::string priorities;
  std::string html;
  std::vector<std::string> base;
  bool keep_other = false;
  std::vector<std::string> identifiers;
  Search search = Search::none;
  SearchOptions search_options;
  ProgressMode progress = ProgressMode::automatic;
  TableDescription table;  ///< its columns and classes are in the files named above
  TrainingOptions training;
};

/// Declares the options.
void declare(CLI::App& app, TrainOptions& options);

/// Where the trials of a search are kept; empty where nothing is searched.
std::string search_state_of(const TrainOptions& options);

/// True where no report is on stdout that another one would be joined to.
bool shows_text(const TrainOptions& options);

/// What the options cannot say of each other one by one. Throws UsageError.
void check(const TrainOptions& options);

}  // namespace weir
