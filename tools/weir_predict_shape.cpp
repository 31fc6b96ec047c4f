// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-predict-shape: a model and captures, or an interface, in; a class for every flow out; a
// policy in, the kernel's rules out.
#include <spdlog/spdlog.h>

#include <string>
#include <vector>

#include "predict_live.hpp"
#include "shape_live.hpp"
#include "shape_options.hpp"
#include "weir/base/file.hpp"
#include "weir/cli/named_files.hpp"
#include "weir/cli/tool.hpp"
#include "weir/model/classifier.hpp"
#include "weir/model/default_model.hpp"
#include "weir/net/capture_file.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-predict-shape",
    "Classifies the flows of captures, or of an interface as they come. Time-outs, the packets at\n"
    "which a flow gets a provisional verdict, and the least number of packets are those that the\n"
    "model was trained with. With a policy, shows, checks or applies the rules by which the\n"
    "kernel serves each class.",
    "  weir-predict-shape -r capture.pcap\n"
    "  weir-predict-shape --model model.ubj -r captures/ -o predictions.csv\n"
    "  tcpdump -w - -c 1000 | weir-predict-shape --model model.ubj -r - --format ndjson\n"
    "  weir-predict-shape --model model.ubj -i eth0 --top --account usage.csv -o predictions.csv\n"
    "  weir-predict-shape --policy lab.toml --dry-run -i eth0 --bandwidth 20mbit\n"
    "  weir-predict-shape --policy home.toml --check -i eth0\n"
    "  weir-predict-shape --model model.ubj -i eth0 --policy home.toml --shape --for 10m\n"
    "  weir-predict-shape --cleanup"};

struct Options {
  std::string model;
  std::vector<std::string> captures;
  std::string output = "-";
  ClassifyOptions classify;
  PredictLiveOptions live;
  ShapeOptions shape;
};

/// What the options cannot say of each other one by one.
void check(const Options& options) {
  check_shape_options(options.shape);
  if (options.shape.without_traffic()) {
    if (options.captures.empty()) return;
    throw CLI::ValidationError("--read", "--dry-run, --check, --cleanup classify no traffic");
  }
  if (options.live.is_live() == !options.captures.empty()) {
    throw CLI::ValidationError("--read, --interface", "one of them says what to classify");
  }
}

/// Throws UsageError where an output would be written over another one, or over what is read.
void check_files(const Options& options, const std::string& model,
                 const std::vector<std::string>& captures) {
  const bool is_screen = options.live.top && options.output == "-";
  require_apart({{"-o", {is_screen ? "" : options.output}},
                 {"--heartbeat", {options.live.heartbeat}},
                 {"--account", {options.live.account}}},
                {{"--model", {model}}, {"--policy", {options.shape.policy}}, {"--read", captures}});
}

void declare(CLI::App& app, Options& options) {
  app.add_option(
         "--model", options.model,
         "Model that weir-train wrote; default: the one that comes with weir, of generated and "
         "laboratory traffic")
      ->type_name("FILE");
  app.add_option("-r,--read", options.captures,
                 "Captures, or folders with captures; - is a capture on stdin")
      ->type_name("CAPTURE...");
  add_choice_option(app, "--format", options.classify.format,
                    {{"csv", TableFormat::csv}, {"ndjson", TableFormat::ndjson}},
                    "Format of the predictions");
  app.add_option("--min-confidence", options.classify.limits.min_confidence,
                 "Answer Unknown below this confidence, 0 never; default: the model's thresholds")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  app.add_option("--max-ood", options.classify.limits.max_ood,
                 "Answer Unknown where the out-of-distribution score is higher: the share of the "
                 "training rows that were more like a class; 0.95 refuses about one in twenty "
                 "flows of known applications")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  add_output_option(app, options.output);
  add_threads_option(app, options.classify.threads);
  declare_live(app, options.live);
  declare_shape_options(app, options.shape);
  app.final_callback([&options] { check(options); });
}

void report(const ClassifyCounts& counts, std::uint64_t min_packets) {
  for (const auto& cut : counts.cut) spdlog::warn("{}", cut_warning(cut.path, cut.lost_bytes));
  const DecodeCounts& packets = counts.flows.extract.decode;
  if (const std::uint64_t unread = packets[DecodeStatus::unsupported_link_type]) {
    spdlog::warn("{} packets are of a link type that is not supported; they were left out", unread);
  }
  spdlog::info("{} packets, {} of them in {} flows, {} predictions", packets.total(),
               packets[DecodeStatus::decoded], counts.flows.extract.flows, counts.flows.verdicts);
  if (counts.flows.unknown > 0) {
    spdlog::info("{} predictions are Unknown: not sure enough, or like no class",
                 counts.flows.unknown);
  }
  if (min_packets > 1) {
    spdlog::info("flows with fewer than {} packets have no prediction, as in training",
                 min_packets);
  }
}

/// Says when the model was trained on something else.
void report_drift(const ClassifyCounts& counts, const Model& model) {
  const Drift drift =
      counts.flows.traffic.drift(model.manifest.features, model.booster.importance());
  if (!drift.is_far()) return;
  spdlog::warn(
      "this traffic is far from what the model was trained on: {} of {} features are shifted, {} "
      "the most; label some of it and see weir-evaluate --data",
      drift.shifted(), drift.features.size(), drift.features.front().feature);
}

int run(const Options& options) {
  if (options.shape.without_traffic()) {
    return run_without_traffic(options.shape, options.live.input.interface, options.model);
  }
  const std::string path = options.model.empty() ? default_model_path() : options.model;
  const Model model = load_model(path);
  ClassifyOptions classify = options.classify;
  classify.model_name = base_name(path);
  if (options.live.is_live()) {
    check_files(options, path, {});
    LiveJob job;
    job.format = classify.format;
    job.model_name = classify.model_name;
    job.limits = classify.limits;
    if (options.shape.apply) {
      shape_live(model, options.shape, options.live, options.output, std::move(job));
    } else {
      predict_live(model, options.live, options.output, std::move(job));
    }
    return kExitDone;
  }
  const CaptureClassifier classifier(model, classify);
  const std::vector<std::string> captures = expand_captures(options.captures);
  check_files(options, path, captures);

  OutputFile output(options.output);
  const ClassifyCounts counts =
      classifier.run(captures, [&](std::string_view rows) { output.write(rows); });
  output.commit();

  report(counts, model.manifest.extractor.min_packets);
  report_drift(counts, model);
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>(kInfo, argc, argv, declare, run);
}
