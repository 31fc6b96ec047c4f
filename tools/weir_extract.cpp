// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-extract: captures in, a table of packets or of flows out.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "weir/base/error.hpp"
#include "weir/cli/progress.hpp"
#include "weir/cli/tool.hpp"
#include "weir/feature/extract.hpp"
#include "weir/net/capture_file.hpp"

namespace {

using namespace weir;

struct Options {
  std::vector<std::string> inputs;
  std::string output = "-";
  ExtractLevel level = ExtractLevel::flow;
  TableFormat format = TableFormat::csv;
  ExtractorSettings settings;
  std::string emit_at = "end";
  std::string features = "all";
  std::string ground_truth, label_rules, label;
  std::string ml, stats;
  unsigned threads = 0;
  ProgressMode progress = ProgressMode::automatic;
  bool list_features = false;
  bool merge = false;
};

std::unique_ptr<Labeller> make_labeller(const Options& options) {
  std::vector<std::unique_ptr<Labeller>> labellers;
  if (!options.ground_truth.empty()) labellers.push_back(load_ground_truth(options.ground_truth));
  if (!options.label_rules.empty()) labellers.push_back(load_label_rules(options.label_rules));
  if (!options.label.empty()) labellers.push_back(fixed_label(options.label));
  return first_that_knows(std::move(labellers));
}

void check(const Options& options) {
  if (options.inputs.empty()) {
    throw UsageError("no captures named; name files or folders, or - for stdin");
  }
  if (options.settings.idle_timeout_ns == 0 || options.settings.active_timeout_ns == 0) {
    throw UsageError("a time-out of 0 would end every flow at once; use a longer one");
  }
  if (!options.ml.empty() && options.level != ExtractLevel::packet) {
    throw UsageError("--ml goes with --level packet; the flow table is made of numbers already");
  }
  if (options.ml == "-") {
    throw UsageError("--ml needs a file's name: its encoding is written beside it");
  }
}

int run(Options& options) {
  if (options.list_features) {
    OutputFile output(options.output);
    output.write(feature_page());
    output.commit();
    return kExitDone;
  }
  parse_emit_at(options.emit_at, options.settings);
  check(options);
  const std::unique_ptr<Labeller> labeller = make_labeller(options);

  ExtractJob job{expand_captures(options.inputs),
                 options.level,
                 options.settings,
                 FlowSelection::parse(options.features, options.settings.first_packets),
                 options.format,
                 labeller.get(),
                 options.threads,
                 {}};
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

void declare(CLI::App& app, Options& o) {
  app.add_option("CAPTURE", o.inputs,
                 "Captures (pcap, pcapng), folders of captures, or - for stdin");
  add_output_option(app, o.output);
  app.add_flag(
      "--merge", o.merge,
      "Read all captures as one, in the order of their times: the files of a rotation, or of "
      "several interfaces");
  add_choice_option(app, "--level", o.level,
                    {{"flow", ExtractLevel::flow},
                     {"packet", ExtractLevel::packet},
                     {"none", ExtractLevel::none}},
                    "What the rows of the table are; none: only count");
  app.add_option("--features", o.features,
                 "Features of the flow table: all, core (what NetFlow carries), or names, groups "
                 "and patterns like size_* with commas between them")
      ->type_name("NAME,...")
      ->capture_default_str();
  add_choice_option(app, "--format", o.format,
                    {{"csv", TableFormat::csv}, {"ndjson", TableFormat::ndjson}},
                    "Format of the table");
  app.add_option("--ground-truth", o.ground_truth, "Label by the rows of this CSV")
      ->type_name("FILE");
  app.add_option("--label-rules", o.label_rules, "Label what is left by these rules (TOML)")
      ->type_name("FILE");
  app.add_option("--label", o.label, "Label what is left with this one");
  app.add_option("--first-packets", o.settings.first_packets,
                 "First packets of a flow whose size and gap get a column each")
      ->check(CLI::Range(0, 255))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--emit-at", o.emit_at, "When to make a flow's rows: packet counts, and end")
      ->type_name("N,...,end")
      ->capture_default_str();
  add_duration_option(app, "--idle-timeout", o.settings.idle_timeout_ns,
                      "End a flow after a gap of more than this");
  add_duration_option(app, "--active-timeout", o.settings.active_timeout_ns,
                      "Cut a flow into pieces of at most this length");
  add_choice_option(app, "--tunnel", o.settings.tunnel,
                    {{"inner", TunnelView::inner}, {"outer", TunnelView::outer}},
                    "Which packet counts where packets travel inside packets");
  app.add_option("--max-flows", o.settings.max_flows,
                 "Flows open at once; one more ends the flow that is idle longest (0: no bound)")
      ->check(CLI::Range(0, 1'000'000'000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--min-packets", o.settings.min_packets, "Leave out flows of fewer packets")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--ml", o.ml,
                 "With --level packet: write the table also as numbers only, and how they were "
                 "made to FILE.json")
      ->type_name("FILE");
  app.add_option("--stats", o.stats, "Write what became of each capture's packets (CSV)")
      ->type_name("FILE");
  app.add_flag("--list-features", o.list_features,
               "Print what every column means (Markdown) and exit");
  add_threads_option(app, o.threads);
  add_progress_option(app, o.progress);
}

constexpr ToolInfo kTool{
    "weir-extract", "Turns captures into a table of flows, or of packets, with their features.",
    "  weir-extract capture.pcap -o flows.csv\n"
    "  weir-extract --label-rules examples/labels/ports.toml captures/ -o flows.csv\n"
    "  weir-extract --ground-truth truth.csv --emit-at 5,10,20,end *.pcap -o flows.csv\n"
    "  weir-extract --features core,rates,size_* capture.pcap -o flows.csv\n"
    "  weir-extract --level packet --label VoIP call.pcap --ml numbers.csv -o packets.csv\n"
    "  weir-extract --level none --stats counts.csv captures/\n"
    "  weir-extract --merge rotated/ -o flows.csv\n"
    "  weir-extract big.pcap.gz --format ndjson | jq .duration\n"};

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>(kTool, argc, argv, declare, run);
}
