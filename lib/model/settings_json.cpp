// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Each setting under its own name.
#include "settings_json.hpp"

namespace weir {

using nlohmann::ordered_json;

ordered_json settings_json(const BoosterSettings& settings) {
  return {{"rounds", settings.rounds},
          {"parallel_trees", settings.parallel_trees},
          {"depth", settings.depth},
          {"bins", settings.bins},
          {"learning_rate", settings.learning_rate},
          {"row_share", settings.row_share},
          {"column_share", settings.column_share},
          {"min_child_weight", settings.min_child_weight},
          {"lambda", settings.lambda}};
}

BoosterSettings settings_from(const ordered_json& text) {
  return {.rounds = text.at("rounds"),
          .parallel_trees = text.at("parallel_trees"),
          .depth = text.at("depth"),
          .bins = text.at("bins"),
          .learning_rate = text.at("learning_rate"),
          .row_share = text.at("row_share"),
          .column_share = text.at("column_share"),
          .min_child_weight = text.at("min_child_weight"),
          .lambda = text.at("lambda")};
}

}  // namespace weir
