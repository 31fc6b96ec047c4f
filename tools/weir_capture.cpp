// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-capture: packets of an interface into a capture file or a packet CSV.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <limits>
#include <memory>
#include <string>

#include "weir/base/error.hpp"
#include "weir/cli/tool.hpp"
#include "weir/feature/packet_csv_sink.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/live.hpp"
#include "weir/net/record.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-capture", "Records packets of a network interface, until Ctrl-C where no end is set.",
    "  weir-capture -i eth0 -d 30 -o mine.pcap\n"
    "  weir-capture -i lo --lab --label-rules rules.toml -o packets.csv\n"
    "  weir-capture --bpf 'host 192.0.2.1' -o - | weir-extract -\n"
    "  weir-capture --list"};

/// The ports of the lab's three applications.
constexpr const char* kLabFilter = "udp port 5555 or tcp port 6666 or tcp port 7777";

enum class Format { by_name, pcap, pcapng, csv };

constexpr auto kMaxCount = std::numeric_limits<std::int64_t>::max();

struct Options {
  std::string interface;
  std::string output = "-";
  Format format = Format::by_name;
  LiveOptions live;
  std::uint32_t buffer_mib = 64;
  std::uint64_t count = 0;
  bool lab = false;
  bool append = false;
  std::string label_rules;
  bool list = false;
  bool json = false;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("-i,--interface", options.interface, "Default: that of the default route")
      ->type_name("NAME");
  add_duration_option(app, "-d,--duration", options.live.duration_ns, "End after it; 0s = never");
  // A signed range: an unsigned option would wrap "-1" around.
  app.add_option("--count", options.count, "End after this many packets")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, kMaxCount).description(""));
  add_output_option(app, options.output);
  add_choice_option(app, "--format", options.format,
                    {{"pcap", Format::pcap}, {"pcapng", Format::pcapng}, {"csv", Format::csv}},
                    "Default: by FILE's ending, else pcap");
  app.add_flag("--append", options.append, "Add rows to FILE (csv only)");
  app.add_option("--label-rules", options.label_rules, "Rules that fill the labels (csv only)")
      ->type_name("FILE");
  CLI::Option* const bpf =
      app.add_option("--bpf", options.live.bpf, "Only these packets (see man 7 pcap-filter)")
          ->type_name("EXPR");
  CLI::Option* const lab =
      app.add_flag("--lab", options.lab, "Only the lab: UDP 5555, TCP 6666, TCP 7777")
          ->excludes(bpf);
  app.add_flag("--no-filter")
      ->description("All packets, the default")
      ->excludes(bpf)
      ->excludes(lab);
  app.add_option("--snaplen", options.live.snap_length, "Bytes to keep of each packet")
      ->type_name("BYTES")
      ->check(CLI::Range(1, 262'144).description(""))
      ->capture_default_str();
  app.add_option("--buffer", options.buffer_mib, "Size of the kernel's buffer, in MiB")
      ->type_name("N")
      ->check(CLI::Range(1, 2047).description(""))
      ->capture_default_str();
  app.add_flag("--promiscuous", options.live.promiscuous, "Also packets for other machines");
  CLI::Option* const list = app.add_flag("--list", options.list, "Show the interfaces and end");
  app.add_flag("--json", options.json, "Show them as JSON")->needs(list);
}

Format format_of(const Options& options) {
  if (options.format != Format::by_name) return options.format;
  if (options.output.ends_with(".csv")) return Format::csv;
  return format_for(options.output) == CaptureFormat::pcapng ? Format::pcapng : Format::pcap;
}

void check(const Options& options) {
  if (format_of(options) == Format::csv) return;
  if (options.append) throw UsageError("--append: only rows of a csv can be added to a file");
  if (!options.label_rules.empty()) throw UsageError("--label-rules: only csv holds labels");
  if (options.output == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw UsageError("stdout is a terminal: name a file with -o, or pipe into another program");
  }
}

int run(Options& options) {
  if (options.list) {
    OutputFile output("-");
    output.write(options.json ? interface_json(list_interfaces())
                              : interface_table(list_interfaces()));
    output.commit();
    return kExitDone;
  }
  check(options);
  const std::unique_ptr<Labeller> labeller =
      options.label_rules.empty() ? nullptr : load_label_rules(options.label_rules);
  if (options.lab) options.live.bpf = kLabFilter;
  options.live.buffer_bytes = options.buffer_mib << 20U;

  const bool named = !options.interface.empty();
  const std::unique_ptr<LiveCapture> source =
      open_live(named ? options.interface : default_interface(), options.live);
  spdlog::info("capturing on {}{}", source->name(), named ? "" : "; -i names another interface");
  std::unique_ptr<PacketSink> sink;
  const PacketCsvSink* rows = nullptr;
  const Format format = format_of(options);
  if (format == Format::csv) {
    const auto mode = options.append ? OutputFile::Mode::append : OutputFile::Mode::replace;
    auto csv =
        std::make_unique<PacketCsvSink>(options.output, mode, labeller.get(), source->name());
    rows = csv.get();
    sink = std::move(csv);
  } else {
    sink = create_capture(options.output,
                          format == Format::pcap ? CaptureFormat::pcap : CaptureFormat::pcapng,
                          source->link_type(), options.live.snap_length);
  }
  const std::uint64_t written = record(*source, *sink, options.count);

  const LiveCounters counters = source->counters();
  spdlog::info("{}: {} packets received, {} written, {} dropped by the kernel, {} by the interface",
               source->name(), counters.received,
               rows != nullptr ? rows->counts()[DecodeStatus::decoded] : written, counters.dropped,
               counters.interface_dropped);
  if (counters.dropped > 0)
    spdlog::warn("packets were dropped; a larger --buffer or a smaller --snaplen helps");
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>(kInfo, argc, argv, declare, run);
}
