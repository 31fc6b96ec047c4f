// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-extract: captures in, a table of packets or of flows out.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "extract_options.hpp"
#include "weir/feature/extract_live.hpp"
#include "weir/net/capture_file.hpp"

namespace {

using namespace weir;

std::unique_ptr<Labeller> make_labeller(const ExtractOptions& options) {
  std::vector<std::unique_ptr<Labeller>> labellers;
  if (!options.ground_truth.empty()) labellers.push_back(load_ground_truth(options.ground_truth));
  if (!options.label_rules.empty()) labellers.push_back(load_label_rules(options.label_rules));
  if (!options.label.empty()) labellers.push_back(fixed_label(options.label));
  return first_that_knows(std::move(labellers));
}

int run_live(const ExtractOptions& options, const ExtractJob& job) {
  const std::unique_ptr<LiveCapture> source = open_live(options.live);
  OutputFile output(options.output);
  std::optional<OutputFile> stats;
  if (!options.stats.empty()) stats.emplace(options.stats);
  const std::vector<CaptureSummary> summary{extract_live(*source, job, output)};
  if (stats) {
    stats->write(summary_table(summary));
    stats->commit();
  }
  report(*source, fmt::format("{} rows", summary.front().counts.rows));
  spdlog::info("{}", summary_line(summary, options.level));
  return kExitDone;
}

int run(ExtractOptions& options) {
  if (options.list_features) {
    OutputFile output(options.output);
    output.write(feature_page());
    output.commit();
    return kExitDone;
  }
  parse_emit_at(options.emit_at, options.settings);
  check(options);
  const std::unique_ptr<Labeller> labeller = make_labeller(options);

  const bool is_live = !options.live.interface.empty();
  ExtractJob job{is_live ? std::vector<std::string>{} : expand_captures(options.inputs),
                 options.level,
                 options.settings,
                 FlowSelection::parse(options.features, options.settings.first_packets),
                 options.format,
                 labeller.get(),
                 options.threads,
                 {}};
  check_files(options, job.captures);
  if (is_live) return run_live(options, job);
  job.merge = options.merge;
  const std::size_t count = job.merge ? 1 : job.captures.size();
  std::optional<Progress> progress(std::in_place, count > 1 ? "captures" : "packets",
                                   count > 1 ? count : 0, options.progress);
  job.progress = [&](std::uint64_t done, std::uint64_t) { progress->update(done); };

  OutputFile output(options.output);
  std::optional<OutputFile> ml_output, ml_encoding, stats;
  if (!options.ml.empty()) {
    ml_output.emplace(options.ml);
    ml_encoding.emplace(options.ml + ".json");
  }
  if (!options.stats.empty()) stats.emplace(options.stats);

  PacketMlTable ml;
  const std::vector<CaptureSummary> captures = extract(job, output, ml_output ? &ml : nullptr);
  if (ml_output) ml.write(*ml_output, *ml_encoding);
  if (stats) stats->write(summary_table(captures));
  progress.reset();

  output.commit();
  for (auto* file : {&ml_output, &ml_encoding, &stats}) {
    if (*file) (*file)->commit();
  }
  spdlog::info("{}", summary_line(captures, options.level));
  return kExitDone;
}

constexpr ToolInfo kTool{
    "weir-extract",
    "Turns captures, or what an interface sees, into a table of flows, or of packets, with their\n"
    "features.",
    "  weir-extract capture.pcap -o flows.csv\n"
    "  weir-extract --label-rules examples/labels/ports.toml captures/ -o flows.csv\n"
    "  weir-extract --ground-truth truth.csv --emit-at 5,10,20,end *.pcap -o flows.csv\n"
    "  weir-extract --features core,rates,size_* capture.pcap -o flows.csv\n"
    "  weir-extract --tunnel outer gtp.pcap -o tunnels.csv\n"
    "  weir-extract -i eth0 -d 1m --emit-at 10,end -o flows.csv\n"
    "  tcpdump -i eth0 -w - | weir-extract --max-flows 1000000 - -o flows.csv\n"
    "  weir-extract --level packet --label VoIP call.pcap --ml numbers.csv -o packets.csv\n"
    "  weir-extract --level none --stats counts.csv captures/\n"
    "  weir-extract --merge rotated/ -o flows.csv\n"
    "  weir-extract big.pcap.gz --format ndjson | jq .duration\n"};

}  // namespace

int main(int argc, char** argv) {
  return run_tool<ExtractOptions>(kTool, argc, argv, weir::declare, run);
}
