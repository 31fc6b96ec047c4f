// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Bytes, moments and mistakes are counted from the flows behind the rows.
#include "weir/model/flow_figures.hpp"

#include <catch2/catch.hpp>

#include "weir/model/priorities.hpp"

using Catch::Matchers::Contains;
using weir::Dataset;
using weir::Priority;
using weir::RowAnswers;

namespace {

struct Row {
  std::uint32_t actual;
  std::uint32_t predicted;
  float confidence;
  const char* bytes;
  const char* packets = "100";
  bool provisional = false;
};

const std::vector<std::string> kClasses{"VoIP", "HTTP", "FTP", "Mystery"};

std::pair<Dataset, RowAnswers> measured(const std::vector<Row>& rows) {
  Dataset data;
  data.classes = kClasses;
  RowAnswers answers{.classes = kClasses, .model_classes = kClasses.size()};
  for (const Row& row : rows) {
    answers.rows.push_back(data.identities.size());
    answers.part.push_back(0);
    answers.actual.push_back(row.actual);
    answers.answers.push_back({row.predicted, row.confidence});
    data.labels.push_back(row.actual);
    data.identities.push_back(
        {.packets = row.packets, .bytes = row.bytes, .provisional = row.provisional});
    if (row.provisional) data.emit_at = {5};
  }
  return {data, answers};
}

}  // namespace

TEST_CASE("accuracy by bytes is not accuracy by flows") {
  const auto [data, answers] = measured({{0, 0, 1, "10"}, {1, 1, 1, "10"}, {2, 1, 1, "980"}});
  CHECK(byte_accuracy(data, answers) == Approx(0.02));
  const auto [silent, same] = measured({{0, 0, 1, ""}});
  CHECK_FALSE(byte_accuracy(silent, same));
}

TEST_CASE("figures are told apart by the packets seen") {
  const auto [data, answers] = measured({{0, 1, 1, "1", "5", true},
                                         {0, 0, 1, "1", "5", true},
                                         {0, 0, 1, "1", "20"},
                                         {0, 0, 1, "1", "7"}});
  const auto figures = figures_by_packets(data, answers);
  REQUIRE(figures.size() == 2);
  CHECK(figures[0].packets == 5);
  CHECK(figures[0].rows == 2);
  CHECK(figures[0].accuracy == 0.5);
  CHECK(figures[1].packets == 0);
  CHECK(figures[1].accuracy == 1);
  const auto [plain, ends] = measured({{0, 0, 1, "1"}});
  CHECK(figures_by_packets(plain, ends).empty());
}

TEST_CASE("the worst mistakes come first, with the surest flows") {
  std::vector<Row> rows{{0, 1, 0.9F, "1"}, {0, 0, 1, "1"}};
  for (const float confidence : {0.5F, 0.8F, 0.6F, 0.7F}) rows.push_back({2, 1, confidence, "1"});
  const auto [data, answers] = measured(rows);
  const auto mistakes = worst_mistakes(data, answers);
  REQUIRE(mistakes.size() == 2);
  CHECK(mistakes[0].actual == 2);
  CHECK(mistakes[0].predicted == 1);
  CHECK(mistakes[0].rows == 4);
  REQUIRE(mistakes[0].examples.size() == 3);
  CHECK(mistakes[0].examples[0].row == 3);
  CHECK(mistakes[0].examples[0].flow.packets == "100");
  CHECK(mistakes[0].examples[1].row == 5);
  CHECK(mistakes[1].rows == 1);
}

TEST_CASE("a flow with several mistaken rows is named once, by the surest") {
  auto [data, answers] = measured({{0, 1, 0.7F, "1", "5", true},
                                   {0, 1, 0.9F, "1", "10", true},
                                   {0, 1, 0.8F, "1", "20"},
                                   {0, 1, 0.6F, "1", "5", true}});
  data.flow_of_row = {0, 0, 0, 1};
  const auto mistakes = worst_mistakes(data, answers);
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].rows == 4);
  REQUIRE(mistakes[0].examples.size() == 2);
  CHECK(mistakes[0].examples[0].flow.packets == "10");
  CHECK(mistakes[0].examples[1].row == 3);
}

TEST_CASE("bytes that go before others without right are promoted, the reverse demoted") {
  auto [data, answers] = measured({{2, 0, 1, "1000"},    // FTP as VoIP: into realtime
                                   {2, 1, 1, "100"},     // FTP as HTTP: promoted
                                   {0, 2, 1, "10"},      // VoIP as FTP: demoted
                                   {1, 1, 1, "5000"},    // right
                                   {3, 1, 1, "777"},     // no priority
                                   {1, 3, 1, "888"},     // none either
                                   {0, 0, 0.2F, "1"}});  // Unknown: a call that nobody marks
  answers.answers[6].known = false;
  const auto figures = priority_figures(data, answers, {});
  REQUIRE(figures);
  CHECK(figures->bytes == 6111);
  CHECK(figures->promoted_bytes == 1100);
  CHECK(figures->into_realtime_bytes == 1000);
  CHECK(figures->demoted_bytes == 11);
  CHECK(figures->promoted_rows == 2);
  CHECK(figures->demoted_rows == 2);
  CHECK(figures->unranked_rows == 2);
  CHECK(figures->priorities.size() == 3);
  const auto chosen = priority_figures(data, answers, {{"Mystery", Priority::realtime}});
  CHECK(chosen->unranked_rows == 0);
  CHECK(chosen->demoted_bytes == 11 + 777);
  CHECK(chosen->into_realtime_bytes == 1888);
}

TEST_CASE("priorities are read from a list") {
  CHECK(weir::read_priorities("VoIP=bulk,a=b=realtime") ==
        weir::Priorities{{"VoIP", Priority::bulk}, {"a=b", Priority::realtime}});
  CHECK(weir::usual_priority("video calls") == Priority::realtime);
  CHECK(weir::usual_priority("VOIP") == Priority::realtime);
  CHECK_FALSE(weir::usual_priority("neptune"));
  CHECK_THROWS_WITH(weir::read_priorities("VoIP=urgent"), Contains("'urgent' is no priority"));
  CHECK_THROWS_WITH(weir::read_priorities("VoIP=bulk,=bulk"), Contains("not CLASS=PRIORITY"));
  CHECK_THROWS(weir::read_priorities("/no/such/file.csv"));
}
