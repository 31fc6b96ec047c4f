// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The manifest as JSON, and models from and to files.
#include "weir/model/model_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "baselines_json.hpp"
#include "feature_selection_json.hpp"
#include "json_error.hpp"
#include "name_some.hpp"
#include "settings_json.hpp"
#include "table_json.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"

namespace weir {
namespace {

using nlohmann::ordered_json;

constexpr const char* kAttribute = "weir";
/// Goes up whenever what is written changes its meaning, or more is needed to use it.
constexpr int kManifestVersion = 3;

ordered_json to_json(const TableSchema& schema) {
  return {{"level", to_string(schema.level)},
          {"name", schema.name},
          {"hash", schema.hash},
          {"first_packets", schema.first_packets}};
}

TableSchema schema_from(const ordered_json& text) {
  TableSchema schema;
  const std::string level = text.at("level");
  for (const TableLevel candidate : {TableLevel::packet, TableLevel::flow}) {
    if (level == to_string(candidate)) schema.level = candidate;
  }
  schema.name = text.at("name");
  schema.hash = text.at("hash");
  schema.first_packets = text.at("first_packets");
  return schema;
}

ordered_json to_json(const ExtractorSettings& settings) {
  return {{"idle_timeout_ns", settings.idle_timeout_ns},
          {"active_timeout_ns", settings.active_timeout_ns},
          {"first_packets", settings.first_packets},
          {"emit_at", settings.emit_at},
          {"emit_at_end", settings.emit_at_end},
          {"min_packets", settings.min_packets},
          {"tunnel", to_string(settings.tunnel)}};
}

ExtractorSettings extractor_from(const ordered_json& text) {
  ExtractorSettings settings;
  settings.idle_timeout_ns = text.at("idle_timeout_ns");
  settings.active_timeout_ns = text.at("active_timeout_ns");
  settings.first_packets = text.at("first_packets");
  settings.emit_at = text.at("emit_at").get<std::vector<std::uint32_t>>();
  settings.emit_at_end = text.at("emit_at_end");
  settings.min_packets = text.at("min_packets");
  // Older models do not say: theirs is the inner one.
  const std::string tunnel = text.value("tunnel", "inner");
  if (tunnel == to_string(TunnelView::outer)) settings.tunnel = TunnelView::outer;
  return settings;
}

ordered_json to_json(const Rates& rates) {
  return {{"precision", rates.precision}, {"recall", rates.recall}, {"f1", rates.f1}};
}

Rates rates_from(const ordered_json& text) {
  return {text.at("precision"), text.at("recall"), text.at("f1")};
}

ordered_json to_json(const HeldOutResult& result) {
  ordered_json classes = ordered_json::array();
  for (const ClassScores& scores : result.scores.classes) {
    ordered_json entry = to_json(scores.rates);
    entry["class"] = scores.name;
    entry["support"] = scores.support;
    classes.push_back(std::move(entry));
  }
  return {{"split", result.split},
          {"rows", result.rows},
          {"groups", result.groups},
          {"accuracy", result.scores.accuracy},
          {"macro", to_json(result.scores.macro)},
          {"weighted", to_json(result.scores.weighted)},
          {"classes", std::move(classes)},
          {"baselines", baselines_json(result.baselines)}};
}

std::vector<Baseline> baselines_from(const ordered_json& text) {
  std::vector<Baseline> baselines;
  for (const ordered_json& entry : text) {
    baselines.push_back(
        {entry.at("name"), entry.at("rows"), entry.at("accuracy"), entry.at("macro_f1")});
  }
  return baselines;
}

HeldOutResult held_out_from(const ordered_json& text) {
  HeldOutResult result{.split = text.at("split"),
                       .rows = text.at("rows"),
                       .groups = text.at("groups"),
                       .scores = {.accuracy = text.at("accuracy"),
                                  .classes = {},
                                  .macro = rates_from(text.at("macro")),
                                  .weighted = rates_from(text.at("weighted"))}};
  for (const ordered_json& entry : text.at("classes")) {
    result.scores.classes.push_back({entry.at("class"), rates_from(entry), entry.at("support")});
  }
  // Models of the first weir do not say.
  result.baselines = baselines_from(text.value("baselines", ordered_json::array()));
  return result;
}

ordered_json to_json(const AnswerRules& rules) {
  const Calibration& calibration = rules.calibration;
  ordered_json curves = ordered_json::array();
  for (const MonotoneCurve& curve : calibration.curves) {
    curves.push_back({{"x", curve.x}, {"y", curve.y}});
  }
  ordered_json trials = ordered_json::array();
  for (const CalibrationTrial& trial : rules.trials) {
    trials.push_back({{"method", to_string(trial.method)},
                      {"log_loss", trial.log_loss},
                      {"calibration_error", trial.calibration_error},
                      {"macro_f1", trial.macro_f1}});
  }
  ordered_json thresholds = ordered_json::array();
  for (const ClassThreshold& threshold : rules.thresholds) {
    thresholds.push_back(
        {{"confidence", threshold.confidence ? ordered_json(*threshold.confidence) : nullptr},
         {"precision", threshold.precision},
         {"lower_bound", threshold.lower_bound},
         {"answers", threshold.answers},
         {"groups", threshold.groups}});
  }
  return {{"calibration",
           {{"method", to_string(calibration.method)},
            {"temperature", calibration.temperature},
            {"curves", std::move(curves)},
            {"trials", std::move(trials)}}},
          {"target_precision", rules.target_precision},
          {"group", rules.group_kind},
          {"thresholds", std::move(thresholds)}};
}

/// Throws ordered_json::exception, as for any value that cannot be what it should.
CalibrationMethod method_from(const ordered_json& text) {
  const std::string name = text;
  for (const CalibrationMethod method :
       {CalibrationMethod::none, CalibrationMethod::temperature, CalibrationMethod::isotonic}) {
    if (name == to_string(method)) return method;
  }
  throw ordered_json::other_error::create(501, "no calibration method: " + name, &text);
}

AnswerRules rules_from(const ordered_json& text) {
  AnswerRules rules;
  const ordered_json& calibration = text.at("calibration");
  rules.calibration.method = method_from(calibration.at("method"));
  rules.calibration.temperature = calibration.at("temperature");
  for (const ordered_json& curve : calibration.at("curves")) {
    rules.calibration.curves.push_back(
        {curve.at("x").get<std::vector<float>>(), curve.at("y").get<std::vector<float>>()});
  }
  for (const ordered_json& trial : calibration.at("trials")) {
    rules.trials.push_back({method_from(trial.at("method")), trial.at("log_loss"),
                            trial.at("calibration_error"), trial.at("macro_f1")});
  }
  rules.target_precision = text.at("target_precision");
  // Older models do not say: most learnt from captures.
  rules.group_kind = text.value("group", rules.group_kind);
  for (const ordered_json& entry : text.at("thresholds")) {
    ClassThreshold threshold{.confidence = std::nullopt,
                             .precision = entry.at("precision"),
                             .lower_bound = entry.at("lower_bound"),
                             .answers = entry.at("answers"),
                             .groups = entry.at("groups")};
    if (const ordered_json& least = entry.at("confidence"); !least.is_null()) {
      threshold.confidence = least.get<double>();
    }
    rules.thresholds.push_back(threshold);
  }
  return rules;
}

ordered_json to_json(const std::vector<FeatureSketch>& distribution) {
  ordered_json sketches = ordered_json::array();
  for (const FeatureSketch& sketch : distribution) {
    sketches.push_back({{"edges", sketch.edges}, {"counts", sketch.counts}});
  }
  return sketches;
}

std::vector<FeatureSketch> distribution_from(const ordered_json& text) {
  std::vector<FeatureSketch> distribution;
  for (const ordered_json& sketch : text) {
    distribution.push_back({sketch.at("edges").get<std::vector<float>>(),
                            sketch.at("counts").get<std::vector<std::uint64_t>>()});
  }
  return distribution;
}

ordered_json to_json(const OodDetector& ood) {
  ordered_json scales = ordered_json::array();
  for (const OodDetector::Scale& scale : ood.scales) {
    scales.push_back({{"unit", scale.unit}, {"mean", scale.mean}, {"deviation", scale.deviation}});
  }
  return {{"scales", std::move(scales)}, {"centres", ood.centres}, {"usual", ood.usual}};
}

OodDetector ood_from(const ordered_json& text) {
  OodDetector ood;
  for (const ordered_json& scale : text.at("scales")) {
    ood.scales.push_back({scale.at("unit"), scale.at("mean"), scale.at("deviation")});
  }
  ood.centres = text.at("centres").get<std::vector<float>>();
  ood.usual = text.at("usual").get<std::vector<float>>();
  return ood;
}

ordered_json to_json(const Manifest& manifest) {
  return {{"version", kManifestVersion},
          {"weir_version", manifest.weir_version},
          {"algorithm", manifest.algorithm},
          {"settings", settings_json(manifest.settings)},
          {"class_weights", to_string(manifest.weights)},
          {"choices", manifest.choices},
          {"seed", manifest.seed},
          {"schema", to_json(manifest.schema)},
          {"table", table_json(manifest.table)},
          {"categories", categories_json(manifest.categories)},
          {"features", manifest.features},
          {"classes", manifest.classes},
          {"extractor", to_json(manifest.extractor)},
          {"min_packets", manifest.min_packets},
          {"training_data",
           {{"hash", manifest.training_data_hash},
            {"rows", manifest.training_rows},
            {"rows_of_class", manifest.training_rows_of_class},
            {"groups", manifest.training_groups}}},
          {"held_out", to_json(manifest.held_out)},
          {"ports", manifest.ports},
          {"seen_rows", manifest.seen_rows.text()},
          {"answers", to_json(manifest.rules)},
          {"distribution", to_json(manifest.distribution)},
          {"out_of_distribution", to_json(manifest.ood)},
          {"selection", selection_json(manifest.selection)}};
}

/// JSON has no other numbers: they would be written as null, and the model could not be read back.
void require_finite(const ordered_json& json, const std::string& place) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) {
    throw Error(
        fmt::format("the model cannot be written: {} in its manifest is no finite number", place));
  }
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) require_finite(value, place + "/" + key);
}

Manifest manifest_from(const ordered_json& text) {
  Manifest manifest;
  manifest.weir_version = text.at("weir_version");
  manifest.algorithm = text.at("algorithm");
  manifest.settings = settings_from(text.at("settings"));
  const std::string weights = text.at("class_weights");
  if (weights == to_string(RowWeights::equal)) manifest.weights = RowWeights::equal;
  manifest.choices = text.at("choices").get<std::vector<std::string>>();
  manifest.seed = text.at("seed");
  manifest.schema = schema_from(text.at("schema"));
  // Models from before other tables could be read learnt from CSV with a column `label`.
  if (text.contains("table")) manifest.table = table_from(text.at("table"));
  if (text.contains("categories")) manifest.categories = categories_from(text.at("categories"));
  manifest.features = text.at("features").get<std::vector<std::string>>();
  manifest.classes = text.at("classes").get<std::vector<std::string>>();
  manifest.extractor = extractor_from(text.at("extractor"));
  manifest.min_packets = text.at("min_packets");
  const ordered_json& data = text.at("training_data");
  manifest.training_data_hash = data.at("hash");
  manifest.training_rows = data.at("rows");
  manifest.training_rows_of_class = data.at("rows_of_class").get<std::vector<std::uint64_t>>();
  manifest.training_groups = data.at("groups");
  manifest.held_out = held_out_from(text.at("held_out"));
  manifest.ports = text.value("ports", PortTable::Classes());
  manifest.seen_rows = SeenRows::parse(text.value("seen_rows", ""));
  manifest.rules = rules_from(text.at("answers"));
  manifest.distribution = distribution_from(text.at("distribution"));
  manifest.ood = ood_from(text.at("out_of_distribution"));
  // Models from before there was a choice read all features.
  if (text.contains("selection")) manifest.selection = selection_from(text.at("selection"));
  return manifest;
}

Manifest read_manifest(const Booster& booster, const std::string& path) {
  const std::string text = booster.attribute(kAttribute);
  if (text.empty()) {
    throw Error(fmt::format(
        "{}: an XGBoost model without weir's manifest: features and classes are not known; train "
        "it with weir-train",
        path));
  }
  try {
    const ordered_json manifest = ordered_json::parse(text);
    if (const int version = manifest.at("version"); version != kManifestVersion) {
      throw Error(fmt::format(
          "{}: made by weir {}, whose manifest has version {}; this weir reads version {}: {}",
          path, manifest.value("weir_version", "?"), version, kManifestVersion,
          version > kManifestVersion ? "update it" : "train the model again"));
    }
    return manifest_from(manifest);
  } catch (const ordered_json::exception& error) {
    throw Error(
        fmt::format("{}: broken manifest: {}; train the model again", path, reason_of(error)));
  }
}

/// True where the rules have what they need for each class, in the order they need it.
bool fit_classes(const AnswerRules& rules, std::size_t classes) {
  const Calibration& calibration = rules.calibration;
  const bool isotonic = calibration.method == CalibrationMethod::isotonic;
  return calibration.temperature > 0 && calibration.curves.size() == (isotonic ? classes : 0) &&
         std::ranges::all_of(calibration.curves,
                             [](const MonotoneCurve& curve) {
                               return !curve.x.empty() && curve.x.size() == curve.y.size() &&
                                      std::ranges::is_sorted(curve.x);
                             }) &&
         (rules.thresholds.empty() || rules.thresholds.size() == classes);
}

bool fit_features(const std::vector<FeatureSketch>& distribution, std::size_t features) {
  return distribution.size() == features &&
         std::ranges::all_of(distribution, [](const FeatureSketch& sketch) {
           return sketch.counts.size() == sketch.edges.size() + 2 &&
                  std::ranges::is_sorted(sketch.edges);
         });
}

bool fit_features(const OodDetector& ood, std::size_t features) {
  return ood.scales.size() == features && !ood.centres.empty() &&
         ood.centres.size() % features == 0 && ood.usual.size() > 1 &&
         std::ranges::is_sorted(ood.usual) &&
         std::ranges::all_of(ood.scales,
                             [](const OodDetector::Scale& scale) { return scale.unit > 0; });
}

void require_agreement(const Manifest& manifest, const Booster& booster, const std::string& path) {
  if (manifest.features.size() != booster.columns()) {
    throw Error(fmt::format("{}: the manifest names {} features, the trees read {}", path,
                            manifest.features.size(), booster.columns()));
  }
  for (const auto& [port, index] : manifest.ports) {
    if (index >= manifest.classes.size()) {
      throw Error(fmt::format("{}: the manifest names no class {} for port {}", path, index, port));
    }
  }
  if (manifest.classes.size() != booster.classes() ||
      manifest.training_rows_of_class.size() != booster.classes()) {
    throw Error(fmt::format("{}: the manifest names {} classes, the trees know {}", path,
                            manifest.classes.size(), booster.classes()));
  }
  if (!fit_classes(manifest.rules, booster.classes())) {
    throw Error(fmt::format("{}: calibration or thresholds do not fit the classes", path));
  }
  if (!fit_features(manifest.distribution, booster.columns()) ||
      !fit_features(manifest.ood, booster.columns())) {
    throw Error(fmt::format("{}: the training distribution does not fit the features", path));
  }
}

}  // namespace

ModelFormat model_format_of(const std::string& path) {
  if (path.ends_with(".json")) return ModelFormat::json;
  if (path.ends_with(".ubj")) return ModelFormat::ubj;
  throw UsageError(fmt::format("{}: a model's name ends in .json or .ubj", path));
}

std::string model_bytes(Model& model, ModelFormat format) {
  const ordered_json manifest = to_json(model.manifest);
  require_finite(manifest, "");
  model.booster.set_attribute(kAttribute, manifest.dump());
  return model.booster.serialize(format);
}

Model load_model(const std::string& path) {
  Booster booster = Booster::parse(read_file(path), path);
  Manifest manifest = read_manifest(booster, path);
  require_agreement(manifest, booster, path);
  return {std::move(manifest), std::move(booster)};
}

DatasetOptions reading_for(const Manifest& manifest) {
  return {.features = manifest.features,
          .categories = manifest.categories,
          .table = manifest.table,
          .min_packets = manifest.min_packets};
}

std::vector<Answer> answer_rows(const Model& model, std::span<const float> rows,
                                const AnswerLimits& limits) {
  std::vector<Answer> answers = decide(model.booster.predict(rows), model.booster.classes(),
                                       model.manifest.rules, limits.min_confidence);
  if (!limits.max_ood) return answers;
  const OodDetector& ood = model.manifest.ood;
  const std::vector<double> distances = ood.distances(rows);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (ood.score(distances[i]) > *limits.max_ood) answers[i].known = false;
  }
  return answers;
}

std::vector<std::size_t> feature_positions(const Manifest& manifest,
                                           std::span<const std::string> available,
                                           const std::string& where) {
  std::unordered_map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < available.size(); ++i) index.emplace(available[i], i);
  std::vector<std::size_t> positions;
  std::vector<std::string> missing;
  for (const std::string& feature : manifest.features) {
    const auto found = index.find(feature);
    if (found == index.end()) {
      missing.push_back(feature);
    } else {
      positions.push_back(found->second);
    }
  }
  if (!missing.empty()) {
    throw Error(fmt::format("{}: {} of the model's {} features missing: {}", where, missing.size(),
                            manifest.features.size(), name_some(missing)));
  }
  return positions;
}

}  // namespace weir
