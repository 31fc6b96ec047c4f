// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Lines and tables of shifted features.
#include "report_drift.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace weir {

std::string drift_line(const Drift& drift) {
  const std::size_t all = drift.features.size();
  return fmt::format(
      "{} of {} features ({:.0f} %) are shifted from the training rows\n", drift.shifted(), all,
      all == 0 ? 0 : 100.0 * static_cast<double>(drift.shifted()) / static_cast<double>(all));
}

std::string shift_table(const Drift& drift, std::size_t most) {
  const std::size_t shown = std::min(most, drift.features.size());
  std::size_t width = std::string_view("Feature").size();
  for (std::size_t i = 0; i < shown; ++i) {
    width = std::max(width, drift.features[i].feature.size());
  }
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(out, "{:{}}  {:>6}  {:>6}  {:>5}  {:>5}\n", "Feature", width, "PSI", "chance",
                 "KS", "gain");
  for (std::size_t i = 0; i < shown; ++i) {
    const FeatureShift& shift = drift.features[i];
    fmt::format_to(out, "{:{}}  {:6.2f}  {:6.2f}  {:5.2f}  {:5.3f}\n", shift.feature, width,
                   shift.psi, shift.by_chance, shift.ks, shift.gain_share);
  }
  return text;
}

nlohmann::ordered_json drift_json(const Drift& drift) {
  nlohmann::ordered_json features = nlohmann::ordered_json::array();
  for (const FeatureShift& shift : drift.features) {
    features.push_back({{"feature", shift.feature},
                        {"psi", shift.psi},
                        {"psi_by_chance", shift.by_chance},
                        {"ks", shift.ks},
                        {"gain_share", shift.gain_share}});
  }
  return {{"rows", drift.rows}, {"shifted", drift.shifted()}, {"features", std::move(features)}};
}

}  // namespace weir
