// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reports say what was measured, and names cannot break them.
#include "weir/model/report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "weir/model/prediction.hpp"

using Catch::Matchers::Contains;
using weir::EvaluationReport;

namespace {

EvaluationReport example() {
  EvaluationReport report;
  report.title = "Evaluation";
  report.model = "m.ubj";
  report.algorithm = "rf";
  report.data = {"a.csv"};
  report.split = "by capture";
  report.groups = 3;
  report.left_out = {.unlabelled = 2, .small = 1, .dropped = 4};
  report.min_packets = 10;
  report.matrix = weir::ConfusionMatrix({"<b>\"A&B\"</b>", "Web"});
  report.matrix.add(0, 0, 3);
  report.matrix.add(1, 0, 1);
  report.matrix.add(1, 1, 1234);
  report.scores = score(report.matrix);
  report.majority = {"Web", 0.5, 0.25};
  report.cross_validation = {
      {.folds = 5, .split = "by capture", .rows = 9, .accuracy = 0.5, .macro_f1 = 0.4}};
  report.importance = {{"length_mean", 0.75}, {"<i>", 0.25}};
  report.warnings = {"mind the <gap>"};
  return report;
}

}  // namespace

TEST_CASE("the text report holds the matrix and every average") {
  const std::string text = report_text(example());
  CHECK_THAT(text, Contains("1238 rows of 3 captures, by capture"));
  CHECK_THAT(text, Contains("2 rows without a label, 1 below 10 packets, 4 labelled Other"));
  CHECK_THAT(text, Contains("Web                          1  1234"));
  CHECK_THAT(text, Contains("macro average"));
  CHECK_THAT(text, Contains("Always 'Web':                accuracy 0.500, macro-F1 0.250"));
  CHECK_THAT(text, Contains("5 folds by capture:          accuracy 0.500, macro-F1 0.400"));
  CHECK_THAT(text, Contains("length_mean  0.750"));
}

TEST_CASE("the JSON report has a schema version and the same figures") {
  const nlohmann::json json = nlohmann::json::parse(report_json(example()));
  CHECK(json.at("schema_version") == 1);
  CHECK(json.at("accuracy").get<double>() == Approx(1237.0 / 1238));
  CHECK(json.at("classes").at(0).at("class") == "<b>\"A&B\"</b>");
  CHECK(json.at("confusion_matrix").at("rows_actual_columns_predicted").at(1).at(0) == 1);
  CHECK(json.at("majority_baseline").at("macro_f1") == 0.25);
  CHECK(json.at("cross_validation").at("folds") == 5);
  CHECK(json.at("importance").at(0).at("feature") == "length_mean");
  CHECK(json.at("left_out").at("unlabelled") == 2);
}

TEST_CASE("the page escapes names and loads nothing") {
  const std::string page = report_html(example());
  CHECK_THAT(page, Contains("&lt;b&gt;&quot;A&amp;B&quot;&lt;/b&gt;"));
  CHECK_THAT(page, !Contains("<b>\"A") && !Contains("<i>") && !Contains("<gap>"));
  CHECK_THAT(page, !Contains("<script") && !Contains("http") && !Contains("@import") &&
                       !Contains("url(") && !Contains("src="));
  CHECK_THAT(page, Contains("1 234") || Contains("1\u2009234"));
  CHECK_THAT(page, Contains("prefers-color-scheme: dark"));
}

TEST_CASE("predictions are rows of CSV or of NDJSON") {
  const weir::RowIdentity flow{.capture = "a,b.pcap",
                               .time = "1.500000000",
                               .flow_id = "7",
                               .src_ip = "10.0.0.1",
                               .dst_ip = "::1",
                               .src_port = "1234",
                               .dst_port = "443",
                               .protocol = "TCP",
                               .packets = "12",
                               .bytes = "3456",
                               .provisional = true};
  weir::PredictionRows csv(weir::TableFormat::csv);
  csv.add(flow, "Web", 0.75F, "m.ubj");
  CHECK(
      csv.header().append(csv.bytes()) ==
      "capture,time,flow_id,src_ip,dst_ip,src_port,dst_port,protocol,packets,bytes,class,"
      "confidence,verdict,model\n"
      "\"a,b.pcap\",1.500000000,7,10.0.0.1,::1,1234,443,TCP,12,3456,Web,0.75,provisional,m.ubj\n");
  weir::PredictionRows ndjson(weir::TableFormat::ndjson);
  CHECK(ndjson.header().empty());
  ndjson.add(flow, "Say \"hi\"", 1.0F, "m.ubj");
  const nlohmann::json row = nlohmann::json::parse(ndjson.bytes());
  CHECK(row.at("class") == "Say \"hi\"");
  CHECK(row.at("src_port") == 1234);
  CHECK(row.at("confidence") == 1.0);
  CHECK(row.at("verdict") == "provisional");
}
