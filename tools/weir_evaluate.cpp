// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-evaluate: a model and labelled features in, how right it is out.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "weir/base/file.hpp"
#include "weir/cli/named_files.hpp"
#include "weir/cli/tool.hpp"
#include "weir/model/evaluation.hpp"
#include "weir/model/groups.hpp"
#include "weir/model/priorities.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-evaluate",
    "Measures a model on labelled flows or packets that it was not trained on. Rows whose label "
    "the\n"
    "model does not know count as wrong answers.",
    "  weir-evaluate --model model.ubj --data later.csv\n"
    "  weir-evaluate --model model.ubj --data later.csv --html report.html --json report.json\n"
    "  weir-evaluate --model model.ubj --data later.csv --fail-under 0.8 || echo not good enough\n"
    "  weir-evaluate --model model.ubj --data lab.csv --against field.csv"};

struct Options {
  std::string model;
  std::vector<std::string> data;
  std::vector<std::string> against;
  std::optional<std::uint64_t> min_packets;
  std::string json;
  std::string html;
  double fail_under = 0;
  std::string groups;
  std::string priorities;
  EvaluationOptions evaluation;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("--model", options.model, "Model that weir-train wrote")
      ->required()
      ->type_name("FILE");
  app.add_option("--data", options.data,
                 "Labelled CSV or ARFF, one or more files with the same columns")
      ->required()
      ->type_name("FILE...");
  app.add_option("--against", options.against,
                 "Show these labelled CSVs beside those of --data, and which features differ")
      ->type_name("FILE...");
  app.add_option("--min-packets", options.min_packets,
                 "Leave out flows with fewer packets; default: as the model was trained")
      ->check(whole_number())
      ->type_name("N");
  app.add_option("--min-confidence", options.evaluation.limits.min_confidence,
                 "Count answers below this confidence as Unknown, 0 none; default: the model's "
                 "thresholds")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  app.add_option("--max-ood", options.evaluation.limits.max_ood,
                 "Count rows with a higher out-of-distribution score as Unknown: the share of the "
                 "training rows that were more like a class")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  app.add_option("--groups", options.groups,
                 "CSV capture,family: draw intervals by families of captures")
      ->type_name("FILE");
  app.add_option("--priorities", options.priorities,
                 "What goes before what, for the bytes in the wrong order: CLASS=PRIORITY,... or a "
                 "CSV class,priority; realtime, interactive, streaming or bulk")
      ->type_name("LIST|FILE");
  app.add_flag("--keep-duplicates", options.evaluation.keep_duplicates,
               "Measure rows too whose features equal those of a training row");
  app.add_flag("--allow-identifiers", options.evaluation.allow_identifiers,
               "Measure a model too that learnt from addresses, ports or times");
  app.add_option("--json", options.json, "Write the report as JSON too")->type_name("FILE");
  app.add_option("--html", options.html, "Write the report as one HTML page too")
      ->excludes("--against")
      ->type_name("FILE");
  app.add_option("--fail-under", options.fail_under,
                 "Exit with 3 when the macro-F1 is below X; the reports are written all the same")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
}

/// True where no report is on stdout that another one would be joined to.
bool shows_text(const Options& options) {
  return options.json != "-" && options.html != "-";
}

void check(const Options& options) {
  require_apart({{"--json", {options.json}},
                 {"--html", {options.html}},
                 {"the text report", {shows_text(options) ? "-" : ""}}},
                {{"--model", {options.model}},
                 {"--data", options.data},
                 {"--against", options.against},
                 {"--groups", {options.groups}},
                 {"--priorities", {options.priorities}}});
}

int judge(const EvaluationReport& report, double fail_under) {
  if (report.measured.scores.macro.f1 >= fail_under) return kExitDone;
  spdlog::error("macro-F1 {:.3f} is below {}", report.measured.scores.macro.f1, fail_under);
  return kExitBelowTarget;
}

/// As asked for; of classes that the model or a table has.
Priorities priorities_of(const Options& options, const Model& model,
                         std::initializer_list<const Dataset*> tables) {
  if (options.priorities.empty()) return {};
  Priorities priorities = read_priorities(options.priorities);
  std::set<std::string> classes(model.manifest.classes.begin(), model.manifest.classes.end());
  for (const Dataset* table : tables) classes.insert(table->classes.begin(), table->classes.end());
  require_classes(priorities, classes);
  return priorities;
}

int compare(const Options& options, const Model& model, const DatasetOptions& reading,
            const Dataset& first, std::optional<OutputFile>& json_file) {
  const Dataset second = read_dataset(options.against, reading);
  EvaluationOptions evaluation = options.evaluation;
  evaluation.priorities = priorities_of(options, model, {&first, &second});
  Comparison comparison = compare_tables(model, first, second, evaluation);
  for (EvaluationReport* report : {&comparison.first, &comparison.second}) {
    report->model = base_name(options.model);
    report->min_packets = reading.min_packets;
    for (const std::string& warning : report->warnings) {
      spdlog::warn("{}: {}", fmt::join(report->data, ", "), warning);
    }
  }
  if (json_file) {
    json_file->write(comparison_json(comparison));
    json_file->commit();
  }
  if (shows_text(options)) {
    OutputFile out("-");
    out.write(comparison_text(comparison));
    out.commit();
  }
  return std::max(judge(comparison.first, options.fail_under),
                  judge(comparison.second, options.fail_under));
}

int run(const Options& options) {
  check(options);
  std::optional<OutputFile> json_file;
  std::optional<OutputFile> html_file;
  if (!options.json.empty()) json_file.emplace(options.json);
  if (!options.html.empty()) html_file.emplace(options.html);

  const Model model = load_model(options.model);
  DatasetOptions reading = reading_for(model.manifest);
  if (options.min_packets) reading.min_packets = *options.min_packets;
  reading.keep_identities = true;
  Dataset data = read_dataset(options.data, reading);
  if (!options.groups.empty()) group_by_family(data, read_families(options.groups), options.groups);
  if (!options.against.empty()) {
    return compare(options, model, reading, data, json_file);
  }
  EvaluationOptions evaluation = options.evaluation;
  evaluation.priorities = priorities_of(options, model, {&data});
  EvaluationReport report = evaluate_model(model, data, evaluation);
  report.model = base_name(options.model);
  report.min_packets = reading.min_packets;
  for (const std::string& warning : report.warnings) spdlog::warn(warning);

  if (json_file) {
    json_file->write(report_json(report));
    json_file->commit();
  }
  if (html_file) {
    html_file->write(report_html(report));
    html_file->commit();
  }
  if (shows_text(options)) {
    OutputFile out("-");
    out.write(report_text(report));
    out.commit();
  }
  return judge(report, options.fail_under);
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>(kInfo, argc, argv, declare, run);
}
