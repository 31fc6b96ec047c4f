// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The parts of a report behind the scores: confidence, bytes, moments, mistakes, priorities, and
// what leaks; as text and JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "weir/model/report.hpp"

namespace weir {

/// What stands beside figures of a split by row, which flatters; empty for others.
std::string_view caution_of(bool by_row);

/// Lines and tables about one measurement.
std::string figures_text(const Measurement& measured);

/// What leaks; empty where nothing was found.
std::string leakage_text(const EvaluationReport& report);

/// Adds the same to the JSON of a measurement.
void add_figures_json(nlohmann::ordered_json& json, const Measurement& measured);

nlohmann::ordered_json leakage_json(const EvaluationReport& report);

/// Why it is not known which rows equal a training row, where duplicates.unchecked is not 0.
std::string why_unchecked(const Duplicates& duplicates);

/// "c1.pcap flow 7 TCP 10.0.0.1:4000 > 10.0.0.2:443, 20 packets", as far as the table tells.
std::string describe_flow(const RowIdentity& flow);

/// "No intervals: 3 captures are too few to draw from"; empty where there are intervals.
std::string why_no_intervals(const Measurement& measured);

/// "200 without a label, 17 below 10 packets", with numbers as `shown` writes them; empty where no
/// row was left out.
std::string rows_left_out(const EvaluationReport& report, std::string (*shown)(std::uint64_t));

/// Bytes with a unit: "1.2 MB".
std::string as_bytes(double bytes);

}  // namespace weir
