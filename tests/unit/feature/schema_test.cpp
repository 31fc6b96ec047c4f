// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The schemas: order, uniqueness, hash; what counts as an identifier.
#include <algorithm>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "weir/feature/extractor.hpp"
#include "weir/feature/packet_csv.hpp"

using namespace weir;

TEST_CASE("the flow table starts with the identity columns, in the agreed order") {
  CHECK(FeatureSchema::flow().csv_header().starts_with(
      "capture,flow_id,src_ip,dst_ip,src_port,dst_port,protocol,start,end,end_reason,packets,"
      "outer_src_ip,outer_dst_ip,duration,"));
  CHECK(FeatureSchema::flow().csv_header().ends_with(",iat_20,label"));
}

TEST_CASE("the packet table's header is the frozen one") {
  CHECK(FeatureSchema::packet().csv_header() == kPacketCsvHeader);
}

TEST_CASE("every feature has one name, a description, and identifiers are known as such") {
  for (const FeatureSchema& schema : {FeatureSchema::flow(), FeatureSchema::packet()}) {
    std::set<std::string> names;
    for (const Feature& feature : schema.features()) {
      INFO(feature.name);
      CHECK(names.insert(feature.name).second);
      CHECK_FALSE(feature.description.empty());
      CHECK(is_identifier(feature.name) == (feature.kind == FeatureKind::identifier));
      CHECK((feature.numeric || feature.unit.empty()));
      CHECK(schema.find(feature.name) == &feature);
    }
  }
  CHECK(FeatureSchema::flow().find("nothing") == nullptr);
}

TEST_CASE("the extractor's features are the schema's columns behind the identity, in order") {
  for (const unsigned first_packets : {0U, 1U, 20U, 120U}) {
    ExtractorSettings settings;
    settings.first_packets = first_packets;
    const FlowExtractor extractor(settings, [](const FlowRow&) {});
    const FeatureSchema schema = FeatureSchema::flow(first_packets);
    const auto behind = schema.features().subspan(flow_identity().size());
    CHECK(std::ranges::equal(extractor.features(), behind, {}, &Feature::name, &Feature::name));
    CHECK(std::ranges::none_of(behind,
                               [](const Feature& f) { return f.kind == FeatureKind::identifier; }));
  }
}

TEST_CASE("the hash tells schemas apart") {
  CHECK(FeatureSchema::flow(20).hash() == FeatureSchema::flow(20).hash());
  CHECK(FeatureSchema::flow(20).hash() != FeatureSchema::flow(19).hash());
  CHECK(FeatureSchema::flow().hash() != FeatureSchema::packet().hash());
  CHECK(FeatureSchema::packet().hash().size() == 16);
}

TEST_CASE("foreign tables' identifiers are recognised, their features are not") {
  for (const char* name : {"Source IP", "Dst Port", "Flow ID", "srcip", "dsport", "Timestamp",
                           "id.orig_h", "src2dst_first_seen_ms", "ip.src", "Source Port"}) {
    CHECK(is_identifier(name));
  }
  for (const char* name : {"Flow Duration", "protocol", "dur", "sbytes", "packets", "Idle Mean",
                           "duration", "label", "src2dst_packets"}) {
    CHECK_FALSE(is_identifier(name));
  }
}
