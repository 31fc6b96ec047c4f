// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From options to traffic.
#include "weir/traffic/generate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "job.hpp"
#include "packet_table.hpp"
#include "respond.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/traffic/destination.hpp"
#include "weir/traffic/raw_sender.hpp"
#include "weir/traffic/socket_sender.hpp"
#include "weir/traffic/steady.hpp"
#include "weir/traffic/virtual_sender.hpp"

namespace weir {
namespace {

using Lines = std::vector<std::string>;

// What the clock of timestamps may be off that of the sender's pace after a while.
constexpr std::int64_t kClocksApartNs = kNanosPerSecond / 1'000;

/// A capture file's clock ends in 2106 (32 bits of seconds).
void check_steady(const GenerateOptions& options) {
  constexpr std::uint64_t kLastSecond = 4'294'967'295;
  const std::uint64_t seconds = duration_s(options.steady);
  if (seconds > kLastSecond - static_cast<std::uint64_t>(options.start_s)) {
    throw UsageError(fmt::format(
        "--flows times --packets-per-flow at --rate {}: {} s, which ends after the year 2106; a "
        "higher --rate makes it shorter",
        options.steady.rate, seconds));
  }
}

void check_output(const GenerateOptions& options) {
  if (options.output.empty()) throw UsageError("--method pcap needs -o FILE (- is stdout)");
  if (options.format == TrafficFormat::packet_csv) return;
  if (options.rows > 0) throw UsageError("--rows goes with --format packet-csv");
  if (options.output == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw UsageError("-o -: a capture does not go to a terminal; pipe it into a program");
  }
}

void check_raw(const GenerateOptions& options) {
  if (options.interface.empty()) throw UsageError("--method raw needs -i INTERFACE");
  if (!options.destination_mac.empty() && !parse_mac(options.destination_mac)) {
    throw UsageError(fmt::format(
        "--dst-mac {}: not the address of one machine; write six bytes as 02:00:00:00:00:01",
        options.destination_mac));
  }
  const std::optional<IpAddress> destination = destination_of(options);
  if (!destination) return;  // a scenario's own servers are private addresses
  check_destination(*destination, options.own_network);
  if (is_loopback(*destination) && options.interface != "lo") {
    throw UsageError(
        fmt::format("--dst {}: a loopback address does not belong on {}; --dst names another",
                    to_string(*destination), options.interface));
  }
}

void check(const GenerateOptions& options) {
  const bool steady = options.traffic.type == TrafficType::steady;
  if (options.traffic.duration_ns == 0) throw UsageError("--duration 0: nothing to send");
  if (options.method == TrafficMethod::pcap) {
    check_output(options);
    if (steady) check_steady(options);
    return;
  }
  if (steady) throw UsageError("--type steady is made for --method pcap -o FILE");
  if (!options.output.empty()) throw UsageError("-o goes with --method pcap");
  if (options.method == TrafficMethod::raw) check_raw(options);
  if (options.remote && options.no_responder) {
    throw UsageError("--remote and --no-responder: either a weir-gen answers at --dst or another");
  }
}

Lines describe_all(const std::vector<ApplicationInfo>& applications,
                   const std::vector<TrafficCount>& counts, std::int64_t elapsed_ns) {
  Lines lines;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    lines.push_back(describe(applications[i], counts[i], static_cast<double>(elapsed_ns) * 1e-9));
  }
  return lines;
}

VirtualTrafficOptions virtual_options(const GenerateOptions& options, const Job& job) {
  return {.start_ns = options.start_s * kNanosPerSecond,
          .duration_ns = job.duration_ns,
          .cut = job.cut,
          .seed = options.traffic.seed,
          .capture = base_name(options.output),
          .snap_length = options.snap_length};
}

Lines write_virtual(const GenerateOptions& options, Job& job, TrafficSink& sink,
                    const FlowObserver& on_flow) {
  const auto result = send_virtual(*job.source, virtual_options(options, job), sink, on_flow);
  return describe_all(job.source->applications(), result.counts, job.duration_ns);
}

Lines write_steady(const GenerateOptions& options, PacketSink& sink, const FlowObserver& on_flow) {
  const auto result =
      send_steady({options.steady, options.start_s * kNanosPerSecond, options.traffic.seed,
                   base_name(options.output), options.snap_length},
                  sink, on_flow);
  return {fmt::format("{}: {} flows; clients sent {} packets, servers {}; {} bytes in {:.3f} s",
                      kSteadyLabel, options.steady.flows, result.by_side[index(Side::client)],
                      result.by_side[index(Side::server)], result.bytes,
                      static_cast<double>(result.elapsed_ns) * 1e-9)};
}

Lines write_table(const GenerateOptions& options, const FlowObserver& on_flow) {
  Job job = make_job(options, destination_of(options));
  PacketTable table(options.output, job.source->applications(), options.rows, options.traffic.seed);
  Lines lines = write_virtual(options, job, table, on_flow);
  table.commit();
  return lines;
}

Lines send_into_file(const GenerateOptions& options, const FlowObserver& on_flow) {
  if (options.format == TrafficFormat::packet_csv) return write_table(options, on_flow);
  const bool steady = options.traffic.type == TrafficType::steady;
  Job job = steady ? Job{} : make_job(options, destination_of(options));
  const CaptureFormat format = options.format == TrafficFormat::pcap ? CaptureFormat::pcap
                               : options.format == TrafficFormat::pcapng
                                   ? CaptureFormat::pcapng
                                   : format_for(options.output);
  const auto capture =
      create_capture(options.output, format, LinkType::ethernet, options.snap_length);
  CaptureTrafficSink sink(*capture);
  Lines lines = steady ? write_steady(options, *capture, on_flow)
                       : write_virtual(options, job, sink, on_flow);
  capture->commit();
  return lines;
}

Lines send_on_interface(const GenerateOptions& options, const FlowObserver& on_flow) {
  const Job job = make_job(options, destination_of(options));
  RawSender sender({options.interface, parse_mac(options.destination_mac), job.duration_ns});
  VirtualTrafficOptions virtual_time = virtual_options(options, job);
  virtual_time.start_ns = sender.start_ns();
  virtual_time.capture.clear();
  std::vector<GroundTruthRow> flows;
  const auto result = send_virtual(*job.source, virtual_time, sender,
                                   [&flows](const GroundTruthRow& flow) { flows.push_back(flow); });
  const RawReport report = sender.finish();
  // Packets come late, never early: a flow's last one at most so long after its time.
  for (GroundTruthRow& flow : flows) {
    flow.end_ns += report.most_late_ns + kClocksApartNs;
    on_flow(flow);
  }
  // Messages start within the duration; what the network still held then came behind it.
  const std::int64_t behind_ns =
      std::max<std::int64_t>(0, report.planned_ns - virtual_time.duration_ns);
  Lines lines =
      describe_all(job.source->applications(), result.counts, report.elapsed_ns - behind_ns);
  lines.push_back(describe(report, options.interface));
  return lines;
}

Lines send_through_sockets(const GenerateOptions& options, const FlowObserver& on_flow) {
  const IpAddress destination = *destination_of(options);
  check_destination(destination, options.own_network);
  const Job job = make_job(options, destination);
  SocketTrafficOptions socket_options{.destination = destination,
                                      .duration_ns = job.duration_ns,
                                      .responder = options.remote         ? Responder::remote
                                                   : options.no_responder ? Responder::foreign
                                                                          : Responder::own,
                                      .seed = options.traffic.seed,
                                      .control_port = options.control_port,
                                      .job = {}};
  if (options.remote) socket_options.job = job_message(options).dump();
  const auto result = send_over_sockets(*job.source, socket_options, on_flow);
  return describe_all(job.source->applications(), result.counts, result.elapsed_ns);
}

}  // namespace

std::vector<std::string> generate(const GenerateOptions& options) {
  if (!options.responder) check(options);
  std::optional<OutputFile> truth_file;
  std::optional<GroundTruthWriter> truth;
  if (!options.ground_truth.empty()) truth.emplace(truth_file.emplace(options.ground_truth));
  const FlowObserver on_flow = [&truth](const GroundTruthRow& row) {
    if (truth) truth->write(row);
  };

  Lines lines;
  if (options.responder) {
    respond(options, on_flow);
  } else if (options.method == TrafficMethod::pcap) {
    lines = send_into_file(options, on_flow);
  } else if (options.method == TrafficMethod::raw) {
    lines = send_on_interface(options, on_flow);
  } else {
    lines = send_through_sockets(options, on_flow);
  }
  if (truth_file) truth_file->commit();
  return lines;
}

}  // namespace weir
