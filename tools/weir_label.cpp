// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-label: captures in, ground truth by deep packet inspection out.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <vector>

#include "weir/base/error.hpp"
#include "weir/cli/named_files.hpp"
#include "weir/cli/tool.hpp"
#include "weir/flow/dpi.hpp"
#include "weir/net/capture_file.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-label",
    "Finds out which application each flow of a capture belongs to, by deep packet inspection with "
    "libndpi: ground truth for weir-extract. It needs payloads, so captures of whole packets; a "
    "model trained on the result needs none.",
    "  weir-label mine.pcap --map examples/labels/ndpi-seven.toml -o truth.csv\n"
    "  weir-extract --ground-truth truth.csv mine.pcap -o flows.csv\n"
    "  weir-label captures/ -o applications.csv"};

struct Options {
  std::vector<std::string> inputs;
  std::string output = "-";
  std::string map;
  DpiOptions dpi;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("CAPTURE", options.inputs,
                 "Captures (pcap, pcapng), folders of captures, or - for stdin");
  add_output_option(app, options.output);
  app.add_option("--map", options.map,
                 "Labels of applications by name and category (TOML); without it, the label is the "
                 "application")
      ->type_name("FILE");
  app.add_flag("--guess", options.dpi.guesses,
               "Also take applications that only a port or an address tells");
}

int run(Options& options) {
  if (options.inputs.empty()) {
    throw UsageError("no captures named; name files or folders, or - for stdin");
  }
  ApplicationLabels labels;
  if (!options.map.empty()) labels = ApplicationLabels(options.map);
  const std::vector<std::string> captures = expand_captures(options.inputs);
  require_apart({{"-o", {options.output}}}, {{"CAPTURE", captures}, {"--map", {options.map}}});
  OutputFile output(options.output);
  DpiLabeller labeller(output, std::move(labels), options.dpi);
  DpiCounts counts;
  for (const std::string& path : captures) {
    const std::unique_ptr<CaptureFile> capture = open_capture(path);
    counts += labeller.label(*capture);
    if (capture->lost_bytes() > 0) {
      spdlog::warn("{}", cut_warning(capture->name(), capture->lost_bytes()));
    }
  }
  output.commit();
  spdlog::info("{} captures, {} packets in {} flows: {} of a known application, {} labelled",
               captures.size(), counts.packets, counts.flows, counts.known, counts.labelled);
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>(kInfo, argc, argv, declare, run);
}
