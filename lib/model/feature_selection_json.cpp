// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The kept features to JSON and back.
#include "feature_selection_json.hpp"

#include <utility>

namespace weir {

using nlohmann::ordered_json;

ordered_json selection_json(const SelectedFeatures& selection) {
  ordered_json kept = ordered_json::array();
  for (const KeptFeature& feature : selection.kept) {
    kept.push_back({{"feature", feature.feature}, {"score", feature.score}});
  }
  return {{"by", to_string(selection.by)},
          {"candidates", selection.candidates},
          {"kept", std::move(kept)}};
}

SelectedFeatures selection_from(const ordered_json& text) {
  SelectedFeatures selection{
      .by = parse_selection(text.at("by")), .candidates = text.at("candidates"), .kept = {}};
  for (const ordered_json& entry : text.at("kept")) {
    selection.kept.push_back({entry.at("feature"), entry.at("score")});
  }
  return selection;
}

}  // namespace weir
