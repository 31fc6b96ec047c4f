// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Tables become matrices, or one clear message.
#include "weir/model/dataset.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <set>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/feature/schema.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::DatasetOptions;
using weir::read_dataset;
using weir::test::TemporaryFolder;

namespace {

constexpr const char* kPackets =
    "timestamp,protocol,length,src_ip,dst_ip,src_port,dst_port,label\n"
    "1.5,UDP,200,10.0.0.1,10.0.0.2,5000,5555,VoIP\n"
    "1.6,TCP,1500,10.0.0.1,10.0.0.2,5001,6666,FTP\n"
    "1.7,47,90,10.0.0.1,10.0.0.2,,,FTP\n";

Dataset read(const std::string& path, const DatasetOptions& options = {}) {
  const std::vector<std::string> files{path};
  return read_dataset(files, options);
}

/// A flow table of two captures: one row for each (capture, end_reason, packets, label).
struct FlowRowText {
  const char* capture;
  const char* end_reason;
  int packets;
  const char* label;
  const char* flow_id = "";
};

std::string flow_table(std::initializer_list<FlowRowText> rows) {
  const weir::FeatureSchema schema = weir::FeatureSchema::flow(2);
  std::string csv = schema.csv_header() + "\n";
  for (const FlowRowText& row : rows) {
    for (const weir::Feature& feature : schema.features()) {
      if (feature.name == "capture") {
        csv += row.capture;
      } else if (feature.name == "flow_id") {
        csv += row.flow_id;
      } else if (feature.name == "end_reason") {
        csv += row.end_reason;
      } else if (feature.name == "packets") {
        csv += std::to_string(row.packets);
      } else if (feature.name == "protocol") {
        csv += "TCP";
      } else if (feature.name == "end") {
        csv += "2.500000000";
      }
      csv += ',';
    }
    csv += std::string(row.label) + "\n";
  }
  return csv;
}

}  // namespace

TEST_CASE("a packet table gives protocol and length, never ports or addresses") {
  const TemporaryFolder folder;
  const Dataset data = read(folder.file("p.csv", kPackets));
  CHECK(data.schema.level == weir::TableLevel::packet);
  CHECK(data.features == std::vector<std::string>{"protocol", "length"});
  CHECK(data.classes == std::vector<std::string>{"FTP", "VoIP"});
  CHECK(data.labels == std::vector<std::uint32_t>{1, 0, 0});
  CHECK(data.matrix.values == std::vector<float>{17, 200, 6, 1500, 47, 90});
  CHECK(data.groups.empty());
}

TEST_CASE("allowed identifiers become features, absent values are NaN") {
  const TemporaryFolder folder;
  const Dataset data = read(folder.file("p.csv", kPackets), {.allowed_identifiers = {"src_port"}});
  CHECK(data.features == std::vector<std::string>{"protocol", "length", "src_port"});
  CHECK(data.matrix.row(1)[2] == 5001);
  CHECK(std::isnan(data.matrix.row(2)[2]));
  CHECK_THROWS_AS(read(folder.file("p.csv", kPackets), {.allowed_identifiers = {"nothing"}}),
                  weir::UsageError);
}

TEST_CASE("a flow table with some of the features is one of flows, too") {
  const TemporaryFolder folder;
  std::string header;
  std::string row;
  for (const weir::Feature& feature : weir::flow_identity()) {
    header += feature.name + ",";
    row += feature.name == "protocol" ? "TCP," : feature.numeric ? "1," : "forced_end,";
  }
  const auto table = [&](const std::string& columns, const std::string& values) {
    return read(folder.file(
        "f.csv", header + columns + "label\n" + row + values + "Web\n" + row + values + "Call\n"));
  };
  const Dataset some = table("iat_mean,size_03,", "0.5,7,");
  CHECK(some.schema.level == weir::TableLevel::flow);
  CHECK(some.schema.first_packets == 3);
  CHECK(some.schema.hash == weir::FeatureSchema::flow(3).hash());
  CHECK(some.features == std::vector<std::string>{"protocol", "packets", "iat_mean", "size_03"});
  CHECK(table("iat_meen,", "0.5,").schema.level == weir::TableLevel::other);
}

TEST_CASE("a flow table gives its numeric behaviour columns, its captures and its moments") {
  const TemporaryFolder folder;
  const Dataset data =
      read(folder.file("f.csv", flow_table({{"b.pcap", "none", 5, "Web"},
                                            {"b.pcap", "none", 10, "Web"},
                                            {"a.pcap", "forced_end", 12, "Call"}})),
           {

               .min_packets = 0,

               .keep_identities = true});
  CHECK(data.schema.level == weir::TableLevel::flow);
  CHECK(data.schema.name == weir::FeatureSchema::flow(2).name());
  CHECK(data.schema.hash == weir::FeatureSchema::flow(2).hash());
  CHECK(data.schema.first_packets == 2);
  for (const std::string& name : data.features) {
    CHECK_FALSE(weir::is_identifier(name));
    CHECK(name != "end_reason");
  }
  CHECK(std::count(data.features.begin(), data.features.end(), "packets") == 1);
  CHECK(std::count(data.features.begin(), data.features.end(), "protocol") == 1);
  CHECK(data.groups == std::vector<std::string>{"a.pcap", "b.pcap"});
  CHECK(data.group_of_row == std::vector<std::uint32_t>{1, 1, 0});
  CHECK(data.emit_at == std::vector<std::uint32_t>{5, 10});
  CHECK(data.has_final_rows);
  REQUIRE(data.identities.size() == 3);
  CHECK(data.identities[0].capture == "b.pcap");
  CHECK(data.identities[0].time == "2.500000000");
  CHECK(data.identities[0].provisional);
  CHECK_FALSE(data.identities[2].provisional);
}

TEST_CASE("rows of one flow share a number, flows of two captures do not") {
  const TemporaryFolder folder;
  const Dataset data =
      read(folder.file("f.csv", flow_table({{"b.pcap", "none", 5, "Web", "1"},
                                            {"b.pcap", "none", 5, "Web", "2"},
                                            {"a.pcap", "none", 5, "Web", "1"},
                                            {"b.pcap", "forced_end", 7, "Web", "1"},
                                            {"a.pcap", "forced_end", 9, "Web", "1"}})));
  CHECK(data.flow_of_row == std::vector<std::uint32_t>{0, 1, 2, 0, 2});
  CHECK(read(folder.file("p.csv", kPackets)).flow_of_row.empty());
}

TEST_CASE("rows without a label, small flows and the dropped label are counted") {
  const TemporaryFolder folder;
  const Dataset data =
      read(folder.file("f.csv", flow_table({{"a", "forced_end", 5, "Web"},
                                            {"a", "forced_end", 10, ""},
                                            {"a", "forced_end", 11, "Other"},
                                            {"a", "forced_end", 12, "Call"}})),
           {

               .min_packets = 10, .dropped_label = "Other", .keep_identities = false});
  CHECK(data.rows() == 1);
  CHECK(data.left_out.unlabelled == 1);
  CHECK(data.left_out.small == 1);
  CHECK(data.left_out.dropped == 1);
  CHECK(data.identities.empty());
}

TEST_CASE("early rows stay where their flow becomes large enough") {
  const TemporaryFolder folder;
  const Dataset data = read(folder.file("f.csv", flow_table({{"a", "none", 5, "Web", "1"},
                                                             {"a", "none", 5, "Mail", "2"},
                                                             {"b", "none", 5, "Web", "1"},
                                                             {"a", "forced_end", 30, "Web", "1"},
                                                             {"a", "forced_end", 7, "Mail", "2"},
                                                             {"b", "forced_end", 9, "Web", "1"}})),
                            {.min_packets = 10, .keep_identities = true});
  REQUIRE(data.rows() == 2);
  CHECK(data.identities[0].packets == "5");
  CHECK(data.identities[1].packets == "30");
  CHECK(data.classes == std::vector<std::string>{"Web"});
  CHECK(data.groups == std::vector<std::string>{"a"});
  CHECK(data.flow_of_row == std::vector<std::uint32_t>{0, 0});
  CHECK(data.left_out.small == 4);
}

TEST_CASE("any table with a label is read; its identifiers are left out") {
  const TemporaryFolder folder;
  const Dataset data = read(folder.file("t.csv", "dur,dst_port,rate,label\n1,80,2.5,a\n,81,1,b\n"));
  CHECK(data.schema == weir::TableSchema{});
  CHECK(data.features == std::vector<std::string>{"dur", "rate"});
  CHECK(std::isnan(data.matrix.row(1)[0]));
}

TEST_CASE("a model's features are read in its order, whatever the table's") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv", "a,b,c,label\n1,2,3,x\n");
  const Dataset data = read(path, {.features = {"c", "a"}});
  CHECK(data.matrix.values == std::vector<float>{3, 1});
  CHECK_THROWS_WITH(read(path, {.features = {"c", "d", "e"}}),
                    path + ": 2 of the model's 3 features missing: d, e");
}

TEST_CASE("files with the same columns in another order are one dataset") {
  const TemporaryFolder folder;
  const std::vector<std::string> files{folder.file("1.csv", "a,b,label\n1,2,x\n"),
                                       folder.file("2.csv", "label,b,a\ny,4,3\n")};
  const Dataset data = read_dataset(files, {});
  CHECK(data.matrix.values == std::vector<float>{1, 2, 3, 4});
  CHECK(data.files == files);
}

TEST_CASE("files with other columns are refused with the difference") {
  const TemporaryFolder folder;
  const std::string first = folder.file("1.csv", "a,b,label\n1,2,x\n");
  const std::string second = folder.file("2.csv", "a,c,d,label\n1,2,3,x\n");
  const std::vector<std::string> files{first, second};
  CHECK_THROWS_WITH(read_dataset(files, {}),
                    second + ": columns differ from those of " + first + ": lacks b; adds c, d");
}

TEST_CASE("text and infinity are refused with file, line and column") {
  const TemporaryFolder folder;
  const std::string text = folder.file("t.csv", "a,label\n1,x\nmany,y\n");
  CHECK_THROWS_WITH(read(text), Contains(text + ":3: column 'a': not a number: 'many'; ") &&
                                    Contains("--columns"));
  for (const char* value : {"inf", "-inf", "1e39"}) {
    CHECK_THROWS_WITH(read(folder.file("i.csv", std::string("a,label\n") + value + ",x\n")),
                      Contains(":2: column 'a': ") && Contains(value));
  }
}

TEST_CASE("tables that cannot be learned from are refused") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read(folder.file("n.csv", "a,b\n1,2\n")), Contains("no column 'label'"));
  CHECK_THROWS_WITH(read(folder.file("e.csv", "")), Contains("empty file"));
  CHECK_THROWS_WITH(read(folder.file("u.csv", "a,label\n1,\n2,\n")),
                    Contains("no labelled rows (2 without a label"));
  CHECK_THROWS_WITH(read(folder.file("i.csv", "src_port,label\n1,x\n")),
                    Contains("no column to learn from"));
  CHECK_THROWS_AS(read(folder.file("p.csv", kPackets), {.min_packets = 5}), weir::UsageError);
}

TEST_CASE("each word of a category becomes a feature, absent ones are NaN in all of them") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv", "2,udp,a\n3,tcp,b\n4,,a\n");
  const weir::TableDescription table{
      .label = "class", .columns = {{"size"}, {"proto", weir::ColumnKind::category}, {"class"}}};
  const Dataset data = read(path, {.table = table});
  CHECK(data.features == std::vector<std::string>{"size", "proto=tcp", "proto=udp"});
  CHECK(std::vector<float>(data.matrix.values.begin(), data.matrix.values.begin() + 7) ==
        std::vector<float>{2, 0, 1, 3, 1, 0, 4});
  CHECK(std::isnan(data.matrix.row(2)[1]));
  CHECK(std::isnan(data.matrix.row(2)[2]));
  CHECK(data.categories == std::vector<weir::Categories>{{"proto", {"tcp", "udp"}}});
  CHECK(data.unknown_categories.empty());
  CHECK(data.table.label == "class");
}

TEST_CASE("words that a model does not know are none of its features, and are counted") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv", "proto,size,label\nicmp,1,a\ntcp,2,a\nsctp,3,a\n");
  const DatasetOptions options{.features = {"proto=udp", "size", "proto=tcp"},
                               .categories = {{"proto", {"tcp", "udp"}}},
                               .table = {.columns = {{"proto", weir::ColumnKind::category}}}};
  const Dataset data = read(path, options);
  CHECK(data.features == options.features);
  CHECK(data.matrix.values == std::vector<float>{0, 1, 0, 0, 2, 1, 0, 3, 0});
  REQUIRE(data.unknown_categories.size() == 1);
  CHECK(data.unknown_categories[0].column == "proto");
  CHECK(data.unknown_categories[0].rows == 2);
  CHECK(data.unknown_categories[0].values == std::vector<std::string>{"icmp", "sctp"});
  CHECK_THROWS_WITH(read(folder.file("u.csv", "size,label\n1,a\n"),
                         {.features = options.features, .categories = options.categories}),
                    Contains(": 1 of the model's 3 features missing: proto"));
}

TEST_CASE("dropped columns, the label and identifiers are not learnt from") {
  const TemporaryFolder folder;
  const std::string path =
      folder.file("t.csv", "Source Port,rate,note,attack\n80,1,words,x\n81,2,words,y\n");
  const Dataset data = read(path, {.table = {.label = "attack", .dropped = {"note"}}});
  CHECK(data.features == std::vector<std::string>{"rate"});
  CHECK(data.classes == std::vector<std::string>{"x", "y"});
  CHECK_THROWS_AS(read(path, {.table = {.label = "attack", .dropped = {"none"}}}),
                  weir::UsageError);
  CHECK_THROWS_WITH(read(path, {.table = {.label = "class"}}), Contains(": no column 'class'; "));
}

TEST_CASE("labels become the classes of the map, before a label is dropped") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.csv", "rate,label\n1,a\n2,b\n3,c\n4,\n");
  const weir::ClassMap map{.class_of_label = {{"a", "good"}, {"b", "Other"}}, .otherwise = "bad"};
  const Dataset data = read(path, {.table = {.classes = map}, .dropped_label = "Other"});
  CHECK(data.classes == std::vector<std::string>{"bad", "good"});
  CHECK(data.labels == std::vector<std::uint32_t>{1, 0});
  CHECK(data.left_out.dropped == 1);
  CHECK(data.left_out.unlabelled == 1);
  CHECK_THROWS_WITH(
      read(path, {.table = {.classes = {.class_of_label = map.class_of_label}}}),
      path + ":4: column 'label': label 'c' is in no class of the map, which has no default");
}

TEST_CASE("a column with too many different words is no category") {
  const TemporaryFolder folder;
  std::string csv = "name,label\n";
  for (int i = 0; i <= 1000; ++i) csv += "n" + std::to_string(i) + ",x\n";
  CHECK_THROWS_WITH(read(folder.file("t.csv", csv),
                         {.table = {.columns = {{"name", weir::ColumnKind::category}}}}),
                    Contains("column 'name': more than 1000 different words are no categories"));
}

TEST_CASE("an ARFF table has categories, and text that has to be dropped") {
  const TemporaryFolder folder;
  const std::string path = folder.file(
      "t.arff",
      "@relation r\n@attribute size real\n@attribute proto {udp,tcp,icmp}\n@attribute note string\n"
      "@attribute class {a,b}\n@data\n1,udp,x,a\n?,tcp,y,b\n");
  const Dataset data = read(path, {.table = {.label = "class", .dropped = {"note"}}});
  CHECK(data.features == std::vector<std::string>{"size", "proto=tcp", "proto=udp"});
  CHECK(std::isnan(data.matrix.row(1)[0]));
  CHECK_THROWS_WITH(read(path, {.table = {.label = "class"}}),
                    Contains("column 'note' holds text"));
}

TEST_CASE("the content hash follows what the table says, not how it is written") {
  const TemporaryFolder folder;
  const auto hash = [&](const std::string& csv) {
    return read(folder.file("h.csv", csv)).content_hash;
  };
  const std::string base = hash("a,label\n1,x\n2,y\n");
  CHECK(base.size() == 16);
  CHECK(hash("\"a\",label\r\n1,\"x\"\r\n2,y\r\n") == base);
  CHECK(hash("a,label\n1,x\n3,y\n") != base);
  CHECK(hash("a,label\n2,y\n1,x\n") != base);
  // Any byte of a field, whatever its size, and where one field ends.
  std::set<std::string> hashes;
  std::size_t tables = 0;
  for (std::size_t size = 1; size <= 20; ++size) {
    const std::string digits(size, '1');
    hashes.insert(hash("a,label\n" + digits + ",x\n"));
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = digits;
      other[i] = '2';
      hashes.insert(hash("a,label\n" + other + ",x\n"));
    }
    tables += 1 + size;
  }
  CHECK(hashes.size() == tables);
  CHECK(hash("a,b,label\n1,11,x\n") != hash("a,b,label\n11,1,x\n"));
}
