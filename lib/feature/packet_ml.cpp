// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Scaling, encoding, and the account of both.
#include "weir/feature/packet_ml.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "weir/base/csv.hpp"
#include "weir/feature/schema.hpp"

namespace weir {
namespace {

/// Maps the values seen to 0-1.
struct Scaling {
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  void see(double value) {
    min = std::min(min, value);
    max = std::max(max, value);
  }
  float operator()(double value) const {
    return max > min ? static_cast<float>((value - min) / (max - min)) : 0.0F;
  }
};

/// Relative to the first packet: seconds since 1970 leave a double too few digits. The difference
/// is taken without signs, where no capture's times can overflow it.
double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
  const auto ns = static_cast<std::uint64_t>(to_ns) - static_cast<std::uint64_t>(from_ns);
  return static_cast<double>(static_cast<std::int64_t>(ns)) * 1e-9;
}

nlohmann::ordered_json describe(std::string_view name) {
  nlohmann::ordered_json column;
  const FeatureSchema schema = FeatureSchema::packet();
  column["name"] = name;
  if (const Feature* feature = schema.find(name)) column["kind"] = to_string(feature->kind);
  return column;
}

nlohmann::ordered_json describe(std::string_view name, const Scaling& scaling, double shift = 0) {
  nlohmann::ordered_json column = describe(name);
  column["min"] = scaling.min + shift;
  column["max"] = scaling.max + shift;
  return column;
}

}  // namespace

std::uint32_t PacketMlTable::number_of(std::string_view label) {
  if (label.empty()) return kUnlabelled;
  const auto found = label_numbers_.find(label);
  if (found != label_numbers_.end()) return found->second;
  const auto number = static_cast<std::uint32_t>(labels_.size());
  labels_.emplace_back(label);
  label_numbers_.emplace(label, number);
  return number;
}

void PacketMlTable::add(const Packet& packet, std::string_view label) {
  rows_.push_back({packet.time_ns, packet.length, number_of(label), packet.src_port,
                   packet.dst_port, packet.protocol});
}

void PacketMlTable::append(const PacketMlTable& other) {
  rows_.reserve(rows_.size() + other.rows_.size());
  for (Row row : other.rows_) {
    if (row.label != kUnlabelled) row.label = number_of(other.labels_[row.label]);
    rows_.push_back(row);
  }
}

void PacketMlTable::write(OutputFile& table, OutputFile& encoding) const {
  const std::int64_t first_ns = rows_.empty() ? 0 : rows_.front().time_ns;
  Scaling time, length, src_port, dst_port;
  std::set<std::string_view> protocols;
  for (const Row& row : rows_) {
    time.see(seconds_between(first_ns, row.time_ns));
    length.see(row.length);
    src_port.see(row.src_port);
    dst_port.see(row.dst_port);
    protocols.insert(protocol_name(row.protocol));
  }
  std::array<std::int64_t, 256> protocol_codes{};
  for (std::size_t number = 0; number < protocol_codes.size(); ++number) {
    const auto at = protocols.find(protocol_name(static_cast<std::uint8_t>(number)));
    protocol_codes[number] = std::distance(protocols.begin(), at);
  }
  std::vector<std::int64_t> label_codes;  // label_numbers_ is sorted by text
  for (const std::string& label : labels_) {
    label_codes.push_back(std::distance(label_numbers_.begin(), label_numbers_.find(label)));
  }

  table.write(std::string_view("timestamp,protocol,length,src_port,dst_port,label\n"));
  CsvRow line;
  for (const Row& row : rows_) {
    line.clear();
    line.real(time(seconds_between(first_ns, row.time_ns))).integer(protocol_codes[row.protocol]);
    line.real(length(row.length)).real(src_port(row.src_port)).real(dst_port(row.dst_port));
    line.integer(row.label == kUnlabelled ? -1 : label_codes[row.label]).end();
    table.write(line.bytes());
  }

  nlohmann::ordered_json account;
  account["schema"] = FeatureSchema::packet().name();
  account["rows"] = rows_.size();
  account["dropped"] = {"src_ip", "dst_ip"};
  account["scaled"] = "(value - min) / (max - min), 0 where min = max";
  auto& columns = account["columns"];
  columns = nlohmann::ordered_json::array();
  if (!rows_.empty()) {
    columns.push_back(describe("timestamp", time, static_cast<double>(first_ns) * 1e-9));
    columns.push_back(describe("protocol"));
    columns.back()["categories"] = protocols;
    columns.push_back(describe("length", length));
    columns.push_back(describe("src_port", src_port));
    columns.push_back(describe("dst_port", dst_port));
    columns.push_back(describe("label"));
    auto& categories = columns.back()["categories"] = nlohmann::ordered_json::array();
    for (const auto& [label, number] : label_numbers_) categories.push_back(label);
    columns.back()["unlabelled"] = -1;
  }
  encoding.write(account.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace weir
