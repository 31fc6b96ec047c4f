// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options of weir-train.
#include "train_options.hpp"

#include "weir/base/error.hpp"
#include "weir/cli/named_files.hpp"

namespace weir {
namespace {

void declare_search(CLI::App& app, TrainOptions& options) {
  CLI::Option* kind = add_choice_option(
      app, "--search", options.search,
      {{"none", Search::none}, {"grid", Search::grid}, {"random", Search::random}},
      "Try settings of the trees over folds of captures: depth, eta, rounds, subsample, "
      "min_child_weight");
  app.add_option("--budget", options.search_options.budget, "Settings to try")
      ->needs(kind)
      ->check(CLI::Range(1, 100000))
      ->capture_default_str()
      ->type_name("N");
  app.add_option("--search-state", options.search_options.state,
                 "Keep what was tried in this JSON file, and go on from there if it exists; "
                 "default: beside the model, ending in .search.json")
      ->needs(kind)
      ->type_name("FILE");
  add_progress_option(app, options.progress);
}

/// What tells how to read tables that are not weir-extract's.
void declare_table(CLI::App& app, TrainOptions& options) {
  app.add_option("--label", options.table.label, "Column that holds the labels")
      ->capture_default_str()
      ->type_name("COLUMN");
  app.add_option("--columns", options.columns,
                 "File with the columns, one a line: NAME, or NAME category for a column of words, "
                 "which becomes a feature for each word. All columns in order where the table has "
                 "no header row, else those of words")
      ->type_name("FILE");
  app.add_option("--drop", options.table.dropped, "Columns not to learn from")
      ->delimiter(',')
      ->type_name("COLUMN,...");
  app.add_option("--map", options.class_map,
                 "TOML with the labels of each class, [classes] CLASS = [LABEL, ...], and default, "
                 "the class of all other labels")
      ->type_name("FILE");
}

/// Options that would have no effect are mistakes.
void refuse_mismatches(const CLI::App& app, const TrainOptions& options) {
  const TrainingOptions& training = options.training;
  if (training.early_stopping && training.algorithm == Algorithm::forest) {
    throw UsageError("--early-stopping goes with --algorithm gbdt or auto: a forest has no rounds");
  }
  if (training.algorithm && app.count("--min-accuracy") > 0) {
    throw UsageError("--min-accuracy goes with --algorithm auto");
  }
  for (const char* name : {"--budget", "--search-state"}) {
    if (options.search == Search::none && app.count(name) > 0) {
      throw UsageError(std::string(name) + " goes with --search grid or random");
    }
  }
}

}  // namespace

void declare(CLI::App& app, TrainOptions& options) {
  TrainingOptions& training = options.training;
  app.add_option("--data", options.data,
                 "Labelled CSV or ARFF, also compressed; one or more files with the same columns")
      ->required()
      ->type_name("FILE...");
  app.add_option("--test-data", options.test_data,
                 "Measure on these tables, all of their rows, instead of holding rows out; the "
                 "model is trained on all of --data")
      ->type_name("FILE...");
  declare_table(app, options);
  app.add_option("--model-out", options.model_out, "Model to write; ends in .json or .ubj")
      ->required()
      ->type_name("FILE");
  add_choice_option<std::optional<Algorithm>>(
      app, "--algorithm", training.algorithm,
      {{"rf", Algorithm::forest}, {"gbdt", Algorithm::boosting}, {"auto", std::nullopt}},
      "rf: random forest of 200 trees for each class; gbdt: gradient boosting; auto: the forest, "
      "unless it stays under --min-accuracy or below boosting over folds of captures");
  app.add_option("--min-accuracy", training.min_accuracy, "What auto asks of the forest")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->type_name("X");
  app.add_flag("--early-stopping", training.early_stopping,
               "Choose the rounds of boosting by their log loss on captures out of fold");
  add_choice_option(app, "--split", training.split.by,
                    {{"capture", SplitBy::group},
                     {"host", SplitBy::host},
                     {"time", SplitBy::time},
                     {"row", SplitBy::row}},
                    "What is never on both sides of a split: a capture, a host, a moment; or only "
                    "a row, which flatters");
  app.add_option("--groups", options.groups,
                 "CSV capture,family: split and weigh by families of captures")
      ->type_name("FILE");
  app.add_option("--test-size", training.split.test_share,
                 "Share of the rows to hold out, in captures")
      ->excludes("--test-data")
      ->check(CLI::Range(0.01, 0.99))
      ->capture_default_str();
  app.add_option("--random-state,--seed", training.split.seed,
                 "Seed of split and training: same input, same seed, same model")
      ->check(whole_number())
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--cv", training.split.folds, "Cross-validate over N folds of captures as well")
      ->check(CLI::Range(2, 1000))
      ->type_name("N");
  app.add_option("--repeats", training.split.repeats,
                 "Cross-validate N times, each with other folds")
      ->needs("--cv")
      ->check(CLI::Range(1, 1000))
      ->type_name("N");
  declare_search(app, options);
  add_choice_option<std::optional<CalibrationMethod>>(
      app, "--calibration", training.calibration,
      {{"auto", std::nullopt},
       {"none", CalibrationMethod::none},
       {"temperature", CalibrationMethod::temperature},
       {"isotonic", CalibrationMethod::isotonic}},
      "How probabilities are corrected; auto: by a temperature, where captures out of fold say "
      "that "
      "it helps");
  app.add_option("--target-precision", training.target_precision,
                 "Answer a class only where it is right this often, else Unknown: sets a threshold "
                 "for each class")
      ->check(CLI::Range(0.01, 0.999))
      ->type_name("X");
  add_choice_option(app, "--class-weights", training.weights,
                    {{"balanced", RowWeights::balanced}, {"none", RowWeights::equal}},
                    "balanced: classes count the same, and captures within a class");
  app.add_option_function<std::string>(
         "--select",
         [&training](const std::string& text) { training.selection = parse_selection(text); },
         "Features to train on: correlation:K keeps K that tell the classes apart and do not "
         "repeat each other, gain:K those that trees gain most by, permutation:K those whose "
         "shuffling hurts most; none keeps all")
      ->type_name("none|METHOD:K");
  app.add_option("--learning-curve", training.learning_curve_seeds,
                 "Measure how figures grow with the captures trained on, with N seeds; costs 10 N "
                 "trainings")
      ->expected(0, 1)
      ->default_str("3")
      ->check(CLI::Range(1, 100))
      ->type_name("[N]");
  app.add_option("--base", options.base,
                 "Captures of elsewhere that the few in --data, of the place where the model will "
                 "run, are added to: labelled CSV, or a model of --algorithm gbdt that is grown on")
      ->excludes("--learning-curve")
      ->excludes("--test-data")
      ->type_name("FILE...");
  app.add_option("--oof", options.oof,
                 "Write the predictions of the cross-validation (of its first repeat) as CSV")
      ->needs("--cv")
      ->type_name("FILE");
  app.add_flag("--keep-other", options.keep_other, "Train 'Other' as a class; else it is left out");
  app.add_option("--min-packets", training.min_packets, "Leave out flows with fewer packets")
      ->check(whole_number())
      ->type_name("N");
  app.add_option(
         "--allow-identifiers", options.identifiers,
         "Learn from identifiers too, to see how much they leak: the columns named, "
         "separated by commas, or src_port. Labels are often made from the destination port")
      ->expected(0, 100)
      ->delimiter(',')
      ->default_str("src_port")
      ->type_name("[COLUMN,...]");
  add_duration_option(app, "--idle-timeout", training.extractor.idle_timeout_ns,
                      "As given to weir-extract; kept in the model for weir-predict-shape");
  add_duration_option(app, "--active-timeout", training.extractor.active_timeout_ns,
                      "As given to weir-extract; kept in the model for weir-predict-shape");
  add_choice_option(app, "--tunnel", training.extractor.tunnel,
                    {{"inner", TunnelView::inner}, {"outer", TunnelView::outer}},
                    "As given to weir-extract; kept in the model for weir-predict-shape");
  app.add_option("--priorities", options.priorities,
                 "As in weir-evaluate: CLASS=PRIORITY,... or a CSV class,priority")
      ->type_name("LIST|FILE");
  app.add_flag("--keep-duplicates", training.keep_duplicates,
               "Measure rows too whose features equal those of a training row");
  app.add_option("--html", options.html, "Write the report as one HTML page too")
      ->type_name("FILE");
  app.add_option("--json", options.json, "Write the report as JSON too")->type_name("FILE");
  add_threads_option(app, training.threads);
  app.parse_complete_callback([&app, &options] { refuse_mismatches(app, options); });
}

std::string search_state_of(const TrainOptions& options) {
  if (options.search == Search::none || !options.search_options.state.empty()) {
    return options.search_options.state;
  }
  return options.model_out + ".search.json";
}

bool shows_text(const TrainOptions& options) {
  return options.json != "-" && options.html != "-" && options.oof != "-";
}

void check(const TrainOptions& options) {
  require_apart({{"--model-out", {options.model_out}},
                 {"--search-state", {search_state_of(options)}},
                 {"--oof", {options.oof}},
                 {"--json", {options.json}},
                 {"--html", {options.html}},
                 {"the text report", {shows_text(options) ? "-" : ""}}},
                {{"--data", options.data},
                 {"--test-data", options.test_data},
                 {"--base", options.base},
                 {"--columns", {options.columns}},
                 {"--map", {options.class_map}},
                 {"--groups", {options.groups}},
                 {"--priorities", {options.priorities}}});
}

}  // namespace weir
