// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Confidence, bytes, moments, mistakes, priorities and leaks as text and JSON.
#include "report_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "name_some.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

using Out = std::back_insert_iterator<std::string>;

void add_confidence(Out out, const Measurement& measured) {
  fmt::format_to(out, "\nCalibration error (ECE) {:.3f}, Brier score {:.3f}",
                 measured.reliability.ece, measured.reliability.brier);
  if (measured.byte_accuracy) {
    fmt::format_to(out, ", accuracy by bytes {:.3f}", *measured.byte_accuracy);
  }
  if (!measured.other_calibration.empty()) {
    fmt::format_to(out, ", calibration {}, chosen without these rows", measured.other_calibration);
  }
  fmt::format_to(out, "{}\nAccuracy of the surest answers:", caution_of(measured.by_row));
  const char* separator = "";
  for (std::size_t i = 0; i < measured.rejection.size(); ++i) {
    const bool shown = (i + 1) % 4 == 0 || i + 1 == measured.rejection.size();
    if (!shown) continue;
    fmt::format_to(out, "{} {:.0f} % {:.3f}", separator, 100 * measured.rejection[i].coverage,
                   measured.rejection[i].accuracy);
    separator = ",";
  }
  fmt::format_to(out, "{}\n", caution_of(measured.by_row));
}

void add_duplicates(Out out, const Measurement& measured) {
  const Duplicates& duplicates = measured.duplicates;
  if (duplicates.unchecked > 0) {
    fmt::format_to(out, "Rows whose features equal a training row: {}\n",
                   why_unchecked(duplicates));
  }
  if (duplicates.rows == 0) return;
  fmt::format_to(out, "Rows whose features equal a training row: {}, {}\n", duplicates.rows,
                 duplicates.left_out ? "left out of every figure" : "measured all the same");
  if (!duplicates.others) return;
  fmt::format_to(out, "Without them: accuracy {:.3f}, macro-F1 {:.3f}{}\n",
                 duplicates.others->accuracy, duplicates.others->macro_f1,
                 caution_of(measured.by_row));
}

void add_moments(Out out, const Measurement& measured) {
  if (measured.by_packets.empty()) return;
  fmt::format_to(out, "\nPackets seen  accuracy  macro-F1     rows{}\n",
                 caution_of(measured.by_row));
  for (const PacketsSeen& figures : measured.by_packets) {
    fmt::format_to(out, "{:>12}  {:8.3f}  {:8.3f}  {:7}\n",
                   figures.packets == 0 ? "end" : fmt::to_string(figures.packets), figures.accuracy,
                   figures.macro_f1, figures.rows);
  }
}

void add_priorities(Out out, const Measurement& measured) {
  const std::optional<PriorityFigures>& figures = measured.priorities;
  if (!figures) return;
  const auto part = [&](double bytes) {
    return figures->bytes > 0 ? 100 * bytes / figures->bytes : 0.0;
  };
  fmt::format_to(
      out,
      "\nQuality of service: of {} in {} rows, {:.1f} % wrongly promoted ({} rows; {:.1f} "
      "% into realtime), {:.1f} % wrongly demoted ({} rows){}\n",
      as_bytes(figures->bytes), figures->rows, part(figures->promoted_bytes),
      figures->promoted_rows, part(figures->into_realtime_bytes), part(figures->demoted_bytes),
      figures->demoted_rows, caution_of(measured.by_row));
  fmt::format_to(out, "Priorities:");
  const char* separator = "";
  for (const auto& [name, priority] : figures->priorities) {
    fmt::format_to(out, "{} {}={}", separator, name, to_string(priority));
    separator = ",";
  }
  if (figures->unranked_rows > 0) {
    fmt::format_to(out, "; {} rows of classes without one", figures->unranked_rows);
  }
  fmt::format_to(out, "\n");
}

void add_mistakes(Out out, const Measurement& measured) {
  if (measured.mistakes.empty()) return;
  fmt::format_to(out, "\nMost frequent mistakes, with the surest flows{}\n",
                 caution_of(measured.by_row));
  for (const Mistake& mistake : measured.mistakes) {
    fmt::format_to(out, "{} taken for {}: {}\n", measured.matrix.classes()[mistake.actual],
                   measured.matrix.classes()[mistake.predicted],
                   mistake.rows == 1 ? "1 row" : fmt::format("{} rows", mistake.rows));
    for (const MistakenFlow& example : mistake.examples) {
      fmt::format_to(out, "  {:.2f}  {}\n", example.confidence, describe_flow(example.flow));
    }
  }
}

ordered_json rejection_json(const std::vector<RejectionPoint>& points) {
  ordered_json list = ordered_json::array();
  for (const RejectionPoint& point : points) {
    list.push_back({{"coverage", point.coverage},
                    {"confidence", point.confidence},
                    {"accuracy", point.accuracy}});
  }
  return list;
}

ordered_json reliability_json(const Reliability& reliability) {
  ordered_json bins = ordered_json::array();
  for (const ReliabilityBin& bin : reliability.bins) {
    if (bin.rows == 0) continue;
    bins.push_back({{"from", bin.low},
                    {"to", bin.high},
                    {"rows", bin.rows},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy}});
  }
  return bins;
}

ordered_json moments_json(const std::vector<PacketsSeen>& moments) {
  ordered_json list = ordered_json::array();
  for (const PacketsSeen& figures : moments) {
    list.push_back(
        {{"packets", figures.packets == 0 ? ordered_json("end") : ordered_json(figures.packets)},
         {"rows", figures.rows},
         {"accuracy", figures.accuracy},
         {"macro_f1", figures.macro_f1}});
  }
  return list;
}

ordered_json flow_json(const MistakenFlow& example) {
  const RowIdentity& flow = example.flow;
  ordered_json json{{"confidence", example.confidence}};
  const std::array fields{
      std::pair{"packets", &flow.packets}, std::pair{"capture", &flow.capture},
      std::pair{"flow_id", &flow.flow_id}, std::pair{"protocol", &flow.protocol},
      std::pair{"src_ip", &flow.src_ip},   std::pair{"src_port", &flow.src_port},
      std::pair{"dst_ip", &flow.dst_ip},   std::pair{"dst_port", &flow.dst_port}};
  for (const auto& [name, text] : fields) {
    if (!text->empty()) json[name] = *text;
  }
  return json;
}

ordered_json mistakes_json(const Measurement& measured) {
  ordered_json list = ordered_json::array();
  for (const Mistake& mistake : measured.mistakes) {
    ordered_json flows = ordered_json::array();
    for (const MistakenFlow& example : mistake.examples) flows.push_back(flow_json(example));
    list.push_back({{"actual", measured.matrix.classes()[mistake.actual]},
                    {"predicted", measured.matrix.classes()[mistake.predicted]},
                    {"rows", mistake.rows},
                    {"flows", std::move(flows)}});
  }
  return list;
}

ordered_json priorities_json(const PriorityFigures& figures) {
  ordered_json classes = ordered_json::object();
  for (const auto& [name, priority] : figures.priorities) classes[name] = to_string(priority);
  return {{"classes", std::move(classes)},
          {"rows", figures.rows},
          {"bytes", figures.bytes},
          {"promoted_rows", figures.promoted_rows},
          {"promoted_bytes", figures.promoted_bytes},
          {"into_realtime_bytes", figures.into_realtime_bytes},
          {"demoted_rows", figures.demoted_rows},
          {"demoted_bytes", figures.demoted_bytes},
          {"unranked_rows", figures.unranked_rows}};
}

}  // namespace

std::string_view caution_of(bool by_row) {
  return by_row ? " (by row: too high for captures never seen)" : "";
}

std::string figures_text(const Measurement& measured) {
  std::string text;
  const Out out(text);
  add_duplicates(out, measured);
  add_confidence(out, measured);
  add_moments(out, measured);
  add_priorities(out, measured);
  add_mistakes(out, measured);
  return text;
}

std::string leakage_text(const EvaluationReport& report) {
  std::string text;
  const Out out(text);
  if (!report.identifiers.empty()) {
    fmt::format_to(out, "\nLearnt from identifiers, which may tell the network: {}\n",
                   fmt::join(report.identifiers, ", "));
  }
  if (!report.features_alone.telling.empty()) {
    fmt::format_to(out, "\nFeatures that tell the label almost alone: is it made from them?\n");
    fmt::format_to(out, "information  right in other groups  feature\n");
    for (const TellingFeature& feature : report.features_alone.telling) {
      fmt::format_to(out, "{:11.3f}  {:21.3f}  {}\n", feature.information, feature.right_elsewhere,
                     feature.feature);
    }
  }
  if (!report.features_alone.constant.empty()) {
    fmt::format_to(out, "\nFeatures with one value in all rows: {}\n",
                   name_some(report.features_alone.constant));
  }
  return text;
}

void add_figures_json(ordered_json& json, const Measurement& measured) {
  json["duplicates"] = {{"rows", measured.duplicates.rows},
                        {"left_out", measured.duplicates.left_out},
                        {"checked", measured.duplicates.unchecked == 0}};
  if (const auto& others = measured.duplicates.others) {
    json["duplicates"]["others"] = {{"accuracy", others->accuracy}, {"macro_f1", others->macro_f1}};
  }
  json["ece"] = measured.reliability.ece;
  json["brier"] = measured.reliability.brier;
  if (measured.byte_accuracy) json["byte_accuracy"] = *measured.byte_accuracy;
  json["reliability"] = reliability_json(measured.reliability);
  json["rejection"] = rejection_json(measured.rejection);
  if (!measured.by_packets.empty()) json["by_packets"] = moments_json(measured.by_packets);
  if (measured.priorities) json["priorities"] = priorities_json(*measured.priorities);
  json["mistakes"] = mistakes_json(measured);
}

ordered_json leakage_json(const EvaluationReport& report) {
  ordered_json telling = ordered_json::array();
  for (const TellingFeature& feature : report.features_alone.telling) {
    telling.push_back({{"feature", feature.feature},
                       {"information", feature.information},
                       {"right_elsewhere", feature.right_elsewhere}});
  }
  return {{"identifiers", report.identifiers},
          {"telling_features", std::move(telling)},
          {"constant_features", report.features_alone.constant}};
}

std::string why_unchecked(const Duplicates& duplicates) {
  return fmt::format("not checked, the model keeps no hashes of its {} training rows",
                     duplicates.unchecked);
}

std::string describe_flow(const RowIdentity& flow) {
  const auto end = [](const std::string& ip, const std::string& port) {
    const bool is_v6 = ip.find(':') != std::string::npos && !port.empty();
    return (is_v6 ? "[" + ip + "]" : ip) + (port.empty() ? "" : ":" + port);
  };
  std::string text = flow.capture;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : " ") + part;
  };
  if (!flow.flow_id.empty()) add("flow " + flow.flow_id);
  add(flow.protocol);
  add(end(flow.src_ip, flow.src_port));
  if (!flow.dst_ip.empty() || !flow.dst_port.empty()) add("> " + end(flow.dst_ip, flow.dst_port));
  if (text.empty()) text = "a row without a name";
  if (flow.packets.empty()) return text;
  return text + fmt::format(", {} {}", flow.packets, flow.packets == "1" ? "packet" : "packets");
}

std::string why_no_intervals(const Measurement& measured) {
  if (measured.intervals || measured.groups == 0) return {};
  return measured.groups == 1
             ? fmt::format("No intervals: 1 {} is too little to draw from", measured.group_kind)
             : fmt::format("No intervals: {} {} are too few to draw from", measured.groups,
                           plural(measured.group_kind));
}

std::string rows_left_out(const EvaluationReport& report, std::string (*shown)(std::uint64_t)) {
  std::string text;
  const auto add = [&](std::uint64_t rows, const std::string& why) {
    if (rows > 0) text += (text.empty() ? "" : ", ") + shown(rows) + " " + why;
  };
  add(report.left_out.unlabelled, "without a label");
  add(report.left_out.small, fmt::format("below {} packets", report.min_packets));
  add(report.left_out.dropped, "labelled Other");
  return text;
}

std::string as_bytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

}  // namespace weir
