// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The two schemas, their hash, and the names that identify.
#include "weir/feature/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "flow_columns.hpp"
#include "flow_rows.hpp"

namespace weir {

std::string_view to_string(FeatureKind kind) noexcept {
  return kind == FeatureKind::identifier ? "identifier" : "behaviour";
}

FeatureSchema FeatureSchema::flow(unsigned first_packets) {
  FeatureSchema schema;
  schema.name_ = "weir-flow-2";
  schema.features_ = flow_identity();
  for (FlowColumns& columns : flow_columns(first_packets)) {
    std::ranges::move(columns.features, std::back_inserter(schema.features_));
  }
  return schema;
}

FeatureSchema FeatureSchema::packet() {
  FeatureSchema schema;
  schema.name_ = "weir-packet-1";
  const auto add = [&](std::string name, std::string unit, std::string description,
                       FeatureKind kind, bool numeric, unsigned decimals = 0) {
    schema.features_.push_back({std::move(name),
                                std::move(unit),
                                std::move(description),
                                FeatureLevel::packet,
                                kind,
                                numeric,
                                decimals,
                                {}});
  };
  add("timestamp", "seconds", "Time of capture since the epoch", FeatureKind::identifier, true, 9);
  add("protocol", "", "Transport protocol: a name in the table, its IANA number to a model",
      FeatureKind::behaviour, false);
  add("length", "bytes", "Frame on the wire, link header included", FeatureKind::behaviour, true);
  add("src_ip", "", "Address of the sender", FeatureKind::identifier, false);
  add("dst_ip", "", "Address of the receiver", FeatureKind::identifier, false);
  add("src_port", "1", "Port of the sender; empty where the protocol has none",
      FeatureKind::identifier, true);
  add("dst_port", "1", "Port of the receiver; empty where the protocol has none",
      FeatureKind::identifier, true);
  return schema;
}

const Feature* FeatureSchema::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(features_, name, &Feature::name);
  return found == features_.end() ? nullptr : &*found;
}

std::string FeatureSchema::hash() const {
  // FNV-1a, 64 bits.
  std::uint64_t state = 0xcbf29ce484222325U;
  const auto add = [&](std::string_view text) {
    for (const char c : text) state = (state ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    state = (state ^ 0xffU) * 0x100000001b3U;  // ends the text; no UTF-8 holds this byte
  };
  for (const Feature& feature : features_) {
    add(feature.name);
    add(feature.unit);
    add(to_string(feature.kind));
    add(std::to_string(feature.decimals));
  }
  return fmt::format("{:016x}", state);
}

std::string FeatureSchema::csv_header() const {
  std::string header;
  for (const Feature& feature : features_) header += feature.name + ',';
  return header + "label";
}

bool is_identifier(std::string_view column) noexcept {
  // Spellings of the tables in common use, less case and punctuation: ours, CICFlowMeter's,
  // nfstream's, UNSW-NB15's, Zeek's, tshark's.
  static constexpr std::array<std::string_view, 59> kNames{"capture",
                                                           "captureid",
                                                           "file",
                                                           "filename",
                                                           "flowid",
                                                           "id",
                                                           "uid",
                                                           "no",
                                                           "srcip",
                                                           "dstip",
                                                           "outersrcip",
                                                           "outerdstip",
                                                           "sourceip",
                                                           "destinationip",
                                                           "sourceipaddress",
                                                           "destinationipaddress",
                                                           "srcaddr",
                                                           "dstaddr",
                                                           "src",
                                                           "dst",
                                                           "source",
                                                           "destination",
                                                           "ipsrc",
                                                           "ipdst",
                                                           "saddr",
                                                           "daddr",
                                                           "idorigh",
                                                           "idresph",
                                                           "srcmac",
                                                           "dstmac",
                                                           "srcoui",
                                                           "dstoui",
                                                           "ethsrc",
                                                           "ethdst",
                                                           "srcport",
                                                           "dstport",
                                                           "sourceport",
                                                           "destinationport",
                                                           "sport",
                                                           "dsport",
                                                           "dport",
                                                           "tcpsrcport",
                                                           "tcpdstport",
                                                           "udpsrcport",
                                                           "udpdstport",
                                                           "idorigp",
                                                           "idrespp",
                                                           "port",
                                                           "start",
                                                           "end",
                                                           "endreason",
                                                           "stime",
                                                           "ltime",
                                                           "ts",
                                                           "time",
                                                           "timestamp",
                                                           "date",
                                                           "frametime",
                                                           "frametimeepoch"};
  std::string plain;
  for (const char c : column) {
    if (c >= 'A' && c <= 'Z') plain += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) plain += c;
  }
  // nfstream: bidirectional_first_seen_ms, src2dst_last_seen_ms, ...
  const bool is_moment = plain.ends_with("firstseenms") || plain.ends_with("lastseenms");
  return is_moment || std::ranges::find(kNames, plain) != kNames.end();
}

}  // namespace weir
