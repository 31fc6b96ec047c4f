// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Bytes, moments and mistakes.
#include "weir/model/flow_figures.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "weir/model/metrics.hpp"

namespace weir {
namespace {

constexpr std::size_t kMistakes = 5;
constexpr std::size_t kExamples = 3;

std::optional<double> number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Packets at the time of a provisional row; 0 for the last row of a flow, so that it comes last.
std::uint64_t moment_of(const RowIdentity& row) {
  const auto packets = row.provisional ? number(row.packets) : std::nullopt;
  return static_cast<std::uint64_t>(packets.value_or(0));
}

PacketsSeen summarise(std::uint64_t packets, const ConfusionMatrix& matrix) {
  const Scores scores = score(matrix);
  return {packets, matrix.total(), scores.accuracy, scores.macro.f1};
}

/// The surest of these answers, each flow once.
std::vector<MistakenFlow> surest(const Dataset& data, const RowAnswers& answers,
                                 std::vector<std::size_t> indexes) {
  std::ranges::stable_sort(indexes, std::ranges::greater(),
                           [&](std::size_t i) { return answers.answers[i].confidence; });
  std::vector<MistakenFlow> flows;
  std::set<std::size_t> named;  // flows, or rows where the table tells no flows
  for (const std::size_t i : indexes) {
    if (flows.size() == kExamples) break;
    const std::size_t row = answers.rows[i];
    if (!named.insert(data.flow_of_row.empty() ? row : data.flow_of_row[row]).second) continue;
    flows.push_back({.row = row, .confidence = answers.answers[i].confidence});
    if (!data.identities.empty()) flows.back().flow = data.identities[row];
  }
  return flows;
}

}  // namespace

std::optional<double> bytes_of(const RowIdentity& row) {
  return number(row.bytes);
}

std::optional<double> byte_accuracy(const Dataset& data, const RowAnswers& answers) {
  if (data.identities.empty()) return std::nullopt;
  double right = 0;
  double all = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const double bytes = bytes_of(data.identities[answers.rows[i]]).value_or(0);
    all += bytes;
    if (answers.right(i)) right += bytes;
  }
  return all > 0 ? std::optional(right / all) : std::nullopt;
}

std::vector<PacketsSeen> figures_by_packets(const Dataset& data, const RowAnswers& answers) {
  if (data.emit_at.empty() || data.identities.empty()) return {};
  std::map<std::uint64_t, ConfusionMatrix> matrices;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    matrices.try_emplace(moment_of(data.identities[answers.rows[i]]), answers.classes)
        .first->second.add(answers.actual[i], answers.answers[i].class_index);
  }
  std::vector<PacketsSeen> figures;
  for (const auto& [packets, matrix] : matrices) {
    if (packets > 0) figures.push_back(summarise(packets, matrix));
  }
  if (matrices.contains(0)) figures.push_back(summarise(0, matrices.at(0)));
  return figures;
}

std::vector<Mistake> worst_mistakes(const Dataset& data, const RowAnswers& answers) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::size_t>> mistaken;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers.right(i)) {
      mistaken[{answers.actual[i], answers.answers[i].class_index}].push_back(i);
    }
  }
  std::vector<Mistake> mistakes;
  for (auto& [classes, indexes] : mistaken) {
    const std::uint64_t rows = indexes.size();
    mistakes.push_back(
        {classes.first, classes.second, rows, surest(data, answers, std::move(indexes))});
  }
  std::ranges::stable_sort(mistakes, std::ranges::greater(), &Mistake::rows);
  mistakes.resize(std::min(mistakes.size(), kMistakes));
  return mistakes;
}

}  // namespace weir
