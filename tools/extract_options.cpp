// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options of weir-extract, and which of them go together.
#include "extract_options.hpp"

#include "weir/base/error.hpp"
#include "weir/cli/named_files.hpp"

namespace weir {

void declare(CLI::App& app, ExtractOptions& o) {
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
      ->check(whole_number())
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
  const std::string live = "Live input";
  declare_live(app, o.live, "Capture from this interface until -d, or Ctrl-C", live);
  make_live_optional(app, o.live, live);
}

void check(const ExtractOptions& options) {
  const bool is_live = !options.live.interface.empty();
  if (options.inputs.empty() && !is_live) {
    throw UsageError(
        "no captures named; name files or folders, - for stdin, or an interface with -i");
  }
  if (is_live && !options.inputs.empty()) {
    throw UsageError("-i goes without captures: " + options.inputs.front());
  }
  if (is_live && (options.merge || !options.ml.empty())) {
    throw UsageError("--merge and --ml are for captures, not for -i");
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

void check_files(const ExtractOptions& options, const std::vector<std::string>& captures) {
  require_apart({{"-o", {options.output}},
                 {"--ml", {options.ml, options.ml.empty() ? "" : options.ml + ".json"}},
                 {"--stats", {options.stats}}},
                {{"CAPTURE", captures},
                 {"--ground-truth", {options.ground_truth}},
                 {"--label-rules", {options.label_rules}}});
}

}  // namespace weir
