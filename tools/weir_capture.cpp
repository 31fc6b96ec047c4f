// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-capture: packets of an interface into a capture file or a packet CSV.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "capture_options.hpp"
#include "weir/feature/packet_csv_sink.hpp"
#include "weir/flow/flow_owners.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/net/record.hpp"
#include "weir/net/socket_watch.hpp"

namespace {

using namespace weir;

constexpr ToolInfo kInfo{
    "weir-capture", "Records packets of a network interface, until Ctrl-C where no end is set.",
    "  weir-capture -i eth0 -d 30 -o mine.pcap\n"
    "  weir-capture -i lo --lab --label-rules rules.toml -o packets.csv\n"
    "  weir-capture --bpf 'host 192.0.2.1' -o - | weir-extract -\n"
    "  weir-capture -i eth0 --processes truth.csv -o mine.pcap\n"
    "  weir-capture --list"};

/// The ports of the lab's three applications.
constexpr const char* kLabFilter = "udp port 5555 or tcp port 6666 or tcp port 7777";

int run(CaptureOptions& options) {
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
  ProgramLabels labels;
  if (!options.program_labels.empty()) labels = ProgramLabels(options.program_labels);
  if (options.lab) options.input.options.bpf = kLabFilter;

  const std::unique_ptr<LiveCapture> source = open_live(options.input);
  std::unique_ptr<PacketSink> sink;
  const PacketCsvSink* rows = nullptr;
  const CaptureOutput format = format_of(options);
  if (format == CaptureOutput::csv) {
    const auto mode = options.append ? OutputFile::Mode::append : OutputFile::Mode::replace;
    auto csv =
        std::make_unique<PacketCsvSink>(options.output, mode, labeller.get(), source->name());
    rows = csv.get();
    sink = std::move(csv);
  } else {
    sink = create_capture(
        options.output, format == CaptureOutput::pcap ? CaptureFormat::pcap : CaptureFormat::pcapng,
        source->link_type(), options.input.options.snap_length);
  }
  std::optional<SocketWatch> watch;
  std::optional<FlowOwnersSink> owners;
  if (!options.processes.empty()) {
    watch.emplace();
    owners.emplace(*sink, options.processes, capture_name(options, source->name()), *watch,
                   std::move(labels));
  }
  const std::uint64_t written =
      record(*source, owners ? static_cast<PacketSink&>(*owners) : *sink, options.count);

  report(*source, fmt::format("{} written",
                              rows != nullptr ? rows->counts()[DecodeStatus::decoded] : written));
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<CaptureOptions>(kInfo, argc, argv, declare, run);
}
