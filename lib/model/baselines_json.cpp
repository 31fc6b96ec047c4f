// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Baselines to JSON.
#include "baselines_json.hpp"

namespace weir {

nlohmann::ordered_json baselines_json(const std::vector<Baseline>& baselines) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Baseline& baseline : baselines) {
    list.push_back({{"name", baseline.name},
                    {"rows", baseline.rows},
                    {"accuracy", baseline.accuracy},
                    {"macro_f1", baseline.macro_f1}});
  }
  return list;
}

}  // namespace weir
