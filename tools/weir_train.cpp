// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-train: labelled features in, a model and an honest report out.
#include <spdlog/spdlog.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "train_options.hpp"
#include "weir/base/file.hpp"
#include "weir/model/groups.hpp"
#include "weir/model/priorities.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-train",
    "Trains a model on labelled flows or packets and measures it on captures that it has not "
    "seen.\n"
    "The figures are those of a model trained without the held-out captures; the model that is\n"
    "written is then trained on all rows.",
    "  weir-train --data flows.csv --model-out model.ubj\n"
    "  weir-train --data a.csv b.csv --algorithm gbdt --keep-other --min-packets 10 \\\n"
    "             --model-out model.json --json report.json\n"
    "  weir-train --data flows.csv --cv 5 --oof predictions.csv --model-out model.ubj\n"
    "  weir-train --data KDDTrain+.txt --test-data KDDTest+.txt --columns nsl-kdd.columns \\\n"
    "             --label attack --map nsl-kdd-five.toml --drop difficulty --model-out kdd.ubj"};

TableDescription describe_table(const TrainOptions& options) {
  TableDescription table = options.table;
  if (!options.columns.empty()) table.columns = read_columns(options.columns);
  if (!options.class_map.empty()) table.classes = read_class_map(options.class_map);
  return table;
}

/// The table set apart for measuring, with the features and categories of `data`.
std::optional<Dataset> read_test_data(const TrainOptions& options, DatasetOptions reading,
                                      const Dataset& data) {
  if (options.test_data.empty()) return std::nullopt;
  reading.features = data.features;
  reading.categories = data.categories;
  return read_dataset(options.test_data, reading);
}

/// Every class that the report may show.
std::set<std::string> classes_of(const Dataset& data, const Base* base, const Dataset* test) {
  std::set<std::string> classes;
  const auto add = [&](const std::vector<std::string>& more) {
    classes.insert(more.begin(), more.end());
  };
  add(data.classes);
  if (base != nullptr && base->table) add(base->table->classes);
  if (base != nullptr && base->model) add(base->model->manifest.classes);
  if (test != nullptr) add(test->classes);
  return classes;
}

TrainingRun train(const Dataset& data, const Base* base, const Dataset* test,
                  const TrainOptions& options) {
  TrainingOptions training = options.training;
  training.base = base;
  training.test = test;
  if (!options.priorities.empty()) {
    training.priorities = read_priorities(options.priorities);
    require_classes(training.priorities, classes_of(data, base, test));
  }
  if (options.search == Search::none) return train_model(data, training);
  SearchOptions search = options.search_options;
  search.kind = options.search == Search::grid ? SearchKind::grid : SearchKind::random;
  search.state = search_state_of(options);
  Progress progress("searching", search.budget, options.progress);
  search.on_trial = [&](std::size_t done) { progress.update(done); };
  training.search = search;
  return train_model(data, training);
}

int run(const TrainOptions& options) {
  check(options);
  // Opened first: a place that cannot be written to should not cost a training.
  const ModelFormat format = model_format_of(options.model_out);
  OutputFile model_file(options.model_out);
  std::optional<OutputFile> json_file;
  std::optional<OutputFile> html_file;
  std::optional<OutputFile> oof_file;
  if (!options.json.empty()) json_file.emplace(options.json);
  if (!options.html.empty()) html_file.emplace(options.html);
  if (!options.oof.empty()) oof_file.emplace(options.oof);

  const DatasetOptions reading{.table = describe_table(options),
                               .allowed_identifiers = options.identifiers,
                               .min_packets = options.training.min_packets,
                               .dropped_label = options.keep_other ? "" : "Other",
                               .keep_identities = true};
  auto [data, base] = read_with_base(options.data, options.base, reading);
  const std::optional<Dataset> test = read_test_data(options, reading, data);
  if (!options.groups.empty()) {
    const FamilyOfCapture families = read_families(options.groups);
    group_by_family(data, families, options.groups);
    if (base && base->table) group_by_family(*base->table, families, options.groups);
  }
  if (data.left_out.dropped > 0) {
    spdlog::info("{} rows labelled Other left out; --keep-other trains them as a class",
                 data.left_out.dropped);
  }
  TrainingRun result = train(data, base ? &*base : nullptr, test ? &*test : nullptr, options);
  result.report.model = base_name(options.model_out);
  for (const std::string& warning : result.report.warnings) spdlog::warn(warning);

  model_file.write(model_bytes(result.model, format));
  model_file.commit();
  if (oof_file) {
    oof_file->write(out_of_fold_csv(data, *result.out_of_fold, result.model.manifest.algorithm,
                                    options.training.split.folds));
    oof_file->commit();
  }
  if (json_file) {
    json_file->write(report_json(result.report));
    json_file->commit();
  }
  if (html_file) {
    html_file->write(report_html(result.report));
    html_file->commit();
  }
  if (shows_text(options)) {
    OutputFile out("-");
    out.write(report_text(result.report));
    out.commit();
  }
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<TrainOptions>(kInfo, argc, argv, weir::declare, run);
}
