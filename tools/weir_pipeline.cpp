// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-pipeline: from nothing to a measured model by running the other tools.

#include "weir/base/process.hpp"
#include "weir/cli/named_files.hpp"
#include "weir/cli/tool.hpp"
#include "weir/model/hold_out_file.hpp"
#include "weir/traffic/pipeline.hpp"

namespace {

int run(weir::PipelineOptions options) {
  weir::require_apart({{"--dataset", {options.dataset}}, {"--model-out", {options.model_out}}}, {});
  if (options.tools_folder.empty()) options.tools_folder = weir::executable_folder();
  run_pipeline(options, weir::hold_out_captures);
  return weir::kExitDone;
}

void declare(CLI::App& app, weir::PipelineOptions& options) {
  const auto text = [&app](const char* name, std::string& value, const char* type_name,
                           const char* description) {
    app.add_option(name, value, description)->type_name(type_name)->capture_default_str();
  };
  text("-i,--interface", options.interface, "NAME", "Interface to capture from");
  weir::add_duration_option(app, "-d,--duration", options.duration_ns,
                            "How long to send in each of the five rounds");
  app.add_option("--pps", options.pps, "Rate of each type of traffic; see weir-gen")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  text("--dst", options.destination, "ADDR", "Address of the servers; see weir-gen");
  app.add_flag("--no-responder", options.no_responder, "Real servers listen at --dst");
  text("--dataset", options.dataset, "FILE",
       "Labelled flow table. One that exists is used as it is: nothing is captured, generated or "
       "extracted. Else it is made. Default: DIR/dataset.csv, always made anew");
  app.add_flag("--fresh", options.fresh, "Make the --dataset anew even if it exists");
  text("--model-out", options.model_out, "FILE", "Model to write. Default: DIR/model.ubj");
  app.add_flag("--keep-other", options.keep_other,
               "Capture also what gen does not send, and learn it as the class 'Other'");
  text("--algorithm", options.algorithm, "NAME", "rf or gbdt; see weir-train");
  weir::add_seed_option(app, options.seed);
  text("--work-dir", options.work_folder, "DIR", "Folder for everything in between");
  text("--tools", options.tools_folder, "DIR", "Folder of the other tools. Default: this one's");
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run_tool<weir::PipelineOptions>(
      {"weir-pipeline",
       "Runs the tools in a chain: capture beside gen, extract, train, evaluate. Every command "
       "line is\nshown before it runs. Traffic is recorded in five rounds with different seeds; "
       "whole rounds are held\nout from training and evaluated on. Without the privilege to "
       "capture, "
       "gen writes the captures itself.",
       "  weir-pipeline --duration 10 --model-out lab.ubj\n"
       "  weir-pipeline --dataset flows.csv --model-out lab.ubj   # again, on the same flows\n"
       "  weir-pipeline --dataset flows.csv --fresh --seed 2 --algorithm gbdt\n"},
      argc, argv, declare, run);
}
