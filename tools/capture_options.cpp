// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options of weir-capture, and which of them go together.
#include "capture_options.hpp"

#include <unistd.h>

#include <limits>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/cli/named_files.hpp"
#include "weir/net/capture_file.hpp"

namespace weir {
namespace {

constexpr auto kMaxCount = std::numeric_limits<std::int64_t>::max();

}  // namespace

void declare(CLI::App& app, CaptureOptions& options) {
  declare_live(app, options.input, "Default: that of the default route", "OPTIONS");
  // A signed range: an unsigned option would wrap "-1" around.
  app.add_option("--count", options.count, "End after this many packets")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, kMaxCount).description(""));
  add_output_option(app, options.output);
  add_choice_option(app, "--format", options.format,
                    {{"pcap", CaptureOutput::pcap},
                     {"pcapng", CaptureOutput::pcapng},
                     {"csv", CaptureOutput::csv}},
                    "Default: by FILE's ending, else pcap");
  app.add_flag("--append", options.append, "Add rows to FILE (csv only)");
  app.add_option("--label-rules", options.label_rules, "Rules that fill the labels (csv only)")
      ->type_name("FILE");
  CLI::Option* const processes =
      app.add_option("--processes", options.processes,
                     "Write which program on this machine owned each flow's socket: ground truth "
                     "for weir-extract. Its label is the program's variable WEIR_LABEL")
          ->type_name("FILE");
  app.add_option("--program-labels", options.program_labels,
                 "Labels of programs by their names and arguments (TOML)")
      ->needs(processes)
      ->type_name("FILE");
  CLI::Option* const bpf = app.get_option("--bpf");
  CLI::Option* const lab =
      app.add_flag("--lab", options.lab, "Only the lab: UDP 5555, TCP 6666, TCP 7777")
          ->excludes(bpf);
  app.add_flag("--no-filter")
      ->description("All packets, the default")
      ->excludes(bpf)
      ->excludes(lab);
  CLI::Option* const list = app.add_flag("--list", options.list, "Show the interfaces and end");
  app.add_flag("--json", options.json, "Show them as JSON")->needs(list);
}

CaptureOutput format_of(const CaptureOptions& options) {
  if (options.format != CaptureOutput::by_name) return options.format;
  if (options.output.ends_with(".csv")) return CaptureOutput::csv;
  return format_for(options.output) == CaptureFormat::pcapng ? CaptureOutput::pcapng
                                                             : CaptureOutput::pcap;
}

std::string capture_name(const CaptureOptions& options, const std::string& interface) {
  if (format_of(options) == CaptureOutput::csv) return interface;
  return base_name(options.output);
}

void check(const CaptureOptions& options) {
  require_apart(
      {{"-o", {options.output}}, {"--processes", {options.processes}}},
      {{"--label-rules", {options.label_rules}}, {"--program-labels", {options.program_labels}}});
  if (format_of(options) == CaptureOutput::csv) return;
  if (options.append) throw UsageError("--append: only rows of a csv can be added to a file");
  if (!options.label_rules.empty()) throw UsageError("--label-rules: only csv holds labels");
  if (options.output == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw UsageError("stdout is a terminal: name a file with -o, or pipe into another program");
  }
}

}  // namespace weir
