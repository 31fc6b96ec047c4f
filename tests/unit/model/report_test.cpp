// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Reports say what was measured, and names cannot break them.
#include "weir/model/report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "weir/model/prediction.hpp"

using Catch::Matchers::Contains;
using weir::EvaluationReport;
using weir::Measurement;

namespace {

Measurement example_measurement() {
  Measurement measured;
  measured.split = "by capture";
  measured.group_kind = "capture";
  measured.groups = 3;
  measured.matrix = weir::ConfusionMatrix({"<b>\"A&B\"</b>", "Web"});
  measured.matrix.add(0, 0, 3);
  measured.matrix.add(1, 0, 1);
  measured.matrix.add(1, 1, 1234);
  measured.scores = score(measured.matrix);
  measured.baselines = {{.name = "majority class", .rows = 1238, .accuracy = 0.5, .macro_f1 = 0.25},
                        {.name = "nearest row", .rows = 100, .accuracy = 0.75, .macro_f1 = 0.5}};
  return measured;
}

EvaluationReport example() {
  EvaluationReport report;
  report.title = "Evaluation";
  report.model = "m.ubj";
  report.algorithm = "rf";
  report.data = {"a.csv"};
  report.left_out = {.unlabelled = 2, .small = 1, .dropped = 4};
  report.min_packets = 10;
  report.measured = example_measurement();
  report.importance = {{"length_mean", 0.75}, {"<i>", 0.25}};
  report.warnings = {"mind the <gap>"};
  return report;
}

}  // namespace

TEST_CASE("the text report holds the matrix, every average and the baselines") {
  const std::string text = report_text(example());
  CHECK_THAT(text, Contains("1238 rows of 3 captures, by capture"));
  CHECK_THAT(text,
             Contains("Rows left out: 2 without a label, 1 below 10 packets, 4 labelled Other\n"));
  CHECK_THAT(text, Contains("Web                          1  1234"));
  CHECK_THAT(text, Contains("macro average"));
  CHECK_THAT(text, Contains("Baseline: majority class        0.500     0.250\n"));
  CHECK_THAT(text, Contains("Baseline: nearest row           0.750     0.500 (100 rows)"));
  CHECK_THAT(text, Contains("No intervals: 3 captures are too few"));
  CHECK_THAT(text, Contains("length_mean  0.750"));
  EvaluationReport whole = example();
  whole.left_out = {};
  CHECK_THAT(report_text(whole) + report_html(whole), !Contains("left out"));
}

TEST_CASE("intervals stand beside the figures") {
  EvaluationReport report = example();
  report.measured.intervals = {.accuracy = {0.25, 0.5},
                               .macro_f1 = {0.125, 0.75},
                               .weighted_f1 = {0, 1},
                               .classes = {{{0, 1}, {0, 1}, {0.0625, 0.9375}}, {}},
                               .groups = 7};
  const std::string text = report_text(report);
  CHECK_THAT(text, Contains("0.250-0.500") && Contains("0.125-0.750") && Contains("0.062-0.938"));
  CHECK_THAT(text, !Contains("No intervals"));
  const nlohmann::json json = nlohmann::json::parse(report_json(report));
  CHECK(json.at("macro_f1_95") == nlohmann::json::array({0.125, 0.75}));
  CHECK(json.at("classes").at(0).at("f1_95").at(1) == 0.9375);
}

TEST_CASE("figures of a split by row carry a caution everywhere") {
  EvaluationReport report = example();
  report.measured.by_row = true;
  report.rules.trials = {{.method = weir::CalibrationMethod::none}};
  const std::string text = report_text(report);
  std::size_t cautions = 0;
  for (std::size_t at = text.find("(by row: too high"); at != std::string::npos;
       at = text.find("(by row: too high", at + 1)) {
    ++cautions;
  }
  CHECK_THAT(text, Contains("by capture: too high for captures never seen"));
  // Matrix, classes, model, two baselines, confidence, surest answers, calibration.
  CHECK(cautions == 8);
  CHECK_THAT(report_html(report), Contains("<h2>Calibration <em class=\"caution\">"));
  CHECK(nlohmann::json::parse(report_json(report)).contains("caution"));
  CHECK_THAT(report_text(example()), !Contains("(by row"));
}

TEST_CASE("the gap to the split by row is what the split by row promises too much") {
  EvaluationReport report = example();
  report.measured.other_split = {
      .split = "by row", .by_row = true, .accuracy = 1, .macro_f1 = 0.95};
  const auto other = nlohmann::json::parse(report_json(report)).at("other_split");
  CHECK(other.at("accuracy_gap").get<double>() == Approx(1.0 / 1238));
  report.measured.other_split->by_row = false;
  report.measured.other_split->accuracy = 0.5;
  const auto reverse = nlohmann::json::parse(report_json(report)).at("other_split");
  CHECK(reverse.at("accuracy_gap").get<double>() == Approx(1237.0 / 1238 - 0.5));
  CHECK_THAT(report_text(report), Contains("Gap: how much rows flatter"));
}

TEST_CASE("a cross-validation is reported like the held-out rows") {
  EvaluationReport report = example();
  report.cross_validation = example_measurement();
  report.cross_validation->folds = 5;
  report.cross_validation->repeats = 2;
  const std::string text = report_text(report);
  CHECK_THAT(text, Contains("Cross-validation: 1238 rows of 3 captures, 5 folds by capture, dealt "
                            "2 times, each row counted as often"));
  const nlohmann::json json = nlohmann::json::parse(report_json(report));
  CHECK(json.at("cross_validation").at("folds") == 5);
  CHECK(json.at("cross_validation").at("classes").at(1).at("class") == "Web");
}

TEST_CASE("a report says where nothing is known of rows that equal a training row") {
  EvaluationReport report = example();
  CHECK_THAT(report_text(report), !Contains("not checked"));
  CHECK(nlohmann::json::parse(report_json(report)).at("duplicates").at("checked") == true);
  report.measured.duplicates.unchecked = 2'000'000;
  constexpr const char* kWhy =
      "not checked, the model keeps no hashes of its 2000000 training rows";
  CHECK_THAT(report_text(report), Contains(kWhy));
  CHECK_THAT(report_html(report), Contains(kWhy));
  CHECK(nlohmann::json::parse(report_json(report)).at("duplicates").at("checked") == false);
}

TEST_CASE("a mistaken flow is named with its packets") {
  EvaluationReport report = example();
  report.measured.mistakes = {
      {.actual = 1,
       .predicted = 0,
       .rows = 1,
       .examples = {
           {.row = 3, .confidence = 0.75F, .flow = {.capture = "c.pcap", .packets = "5"}}}}};
  CHECK_THAT(report_text(report), Contains("0.75  c.pcap, 5 packets"));
  CHECK_THAT(report_html(report), Contains("c.pcap, 5 packets"));
  const nlohmann::json mistakes = nlohmann::json::parse(report_json(report)).at("mistakes");
  CHECK(mistakes.at(0).at("flows").at(0).at("packets") == "5");
}

TEST_CASE("a calibration error of another calibration than the model's says so") {
  EvaluationReport report = example();
  CHECK_THAT(report_text(report), !Contains("calibration none"));
  report.measured.other_calibration = "none";
  CHECK_THAT(report_text(report),
             Contains("Brier score 0.000, calibration none, chosen without these rows"));
}

TEST_CASE("thresholds name the groups that they were learnt from") {
  EvaluationReport report = example();
  report.rules.thresholds = {{0.75, 1, 0.9, 30, 5}, {std::nullopt, 0.5, 0.25, 9, 2}};
  report.rules.group_kind = "family";
  CHECK_THAT(report_text(report), Contains("answers  families"));
  CHECK_THAT(report_html(report), Contains("<th>families</th>"));
  const nlohmann::json answers = nlohmann::json::parse(report_json(report)).at("answers");
  CHECK(answers.at("group") == "family");
  CHECK(answers.at("thresholds").at(0).at("groups") == 5);
}

TEST_CASE("the JSON report has a schema version and the same figures") {
  const nlohmann::json json = nlohmann::json::parse(report_json(example()));
  CHECK(json.at("schema_version") == 3);
  CHECK(json.at("accuracy").get<double>() == Approx(1237.0 / 1238));
  CHECK(json.at("classes").at(0).at("class") == "<b>\"A&B\"</b>");
  CHECK(json.at("confusion_matrix").at("rows_actual_columns_predicted").at(1).at(0) == 1);
  CHECK(json.at("baselines").at(0).at("macro_f1") == 0.25);
  CHECK(json.at("baselines").at(1).at("rows") == 100);
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

TEST_CASE("of no answers none is right or wrong") {
  EvaluationReport report = example();
  report.answered = {.limits = {.min_confidence = 1}, .rows = 5};
  CHECK_THAT(report_text(report),
             Contains("coverage 0.000 (0 of 5 rows), accuracy of the answered -\n"));
  CHECK(nlohmann::json::parse(report_json(report)).at("answered").at("accuracy").is_null());
  CHECK_THAT(report_html(report), Contains("<td>0 of 0</td><td>&#8211;</td>"));
}

TEST_CASE("the page says what was chosen and why, what a base is worth, and what is constant") {
  EvaluationReport report = example();
  CHECK_THAT(report_html(report), !Contains("<h2>Chosen") && !Contains("<h2>Base"));
  report.choices = {"algorithm gbdt: the forest is <below> it", "rounds 60: least log loss"};
  report.base = {.name = "general.csv", .without = 0.625, .alone = 0.375};
  report.features_alone.constant = {"a", "b", "c", "d", "e", "f"};
  const std::string page = report_html(report);
  CHECK_THAT(page, Contains("<li>algorithm gbdt: the forest is &lt;below&gt; it</li>\n"
                            "<li>rounds 60: least log loss</li>"));
  CHECK_THAT(page, Contains("general.csv") && Contains("without the base</td><td>0.625") &&
                       Contains("the base alone</td><td>0.375"));
  CHECK_THAT(page, Contains("Features with one value</dt><dd>a, b, c, d, e and 1 more</dd>"));
  CHECK_THAT(page, Contains("No intervals: 3 captures are too few to draw from."));
  report.measured.groups = 1;
  CHECK_THAT(report_html(report), Contains("No intervals: 1 capture is too little to draw from."));
}

TEST_CASE("charts have room for their largest dots, and say how many rows a moment has") {
  EvaluationReport report = example();
  report.measured.reliability.bins = {
      {.low = 0.9, .high = 1, .rows = 50, .confidence = 1, .accuracy = 1}};
  report.measured.by_packets = {{.packets = 5, .rows = 4321, .accuracy = 0.75, .macro_f1 = 0.5}};
  const std::string page = report_html(report);
  CHECK_THAT(page, Contains("cy=\"16.0\" r=\"14.0\""));
  CHECK_THAT(page, Contains("packets seen, rows") && Contains(">4\u2009321</text>"));
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
