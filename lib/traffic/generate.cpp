// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// From options to traffic.
#include "weir/traffic/generate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/net/capture_file.hpp"
#include "weir/traffic/destination.hpp"
#include "weir/traffic/socket_sender.hpp"
#include "weir/traffic/steady.hpp"
#include "weir/traffic/virtual_sender.hpp"

namespace weir {
namespace {

using Applications = std::vector<std::unique_ptr<Application>>;

using Lines = std::vector<std::string>;

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

IpAddress check(const GenerateOptions& options) {
  const std::optional<IpAddress> destination = parse_address(options.destination);
  if (!destination) {
    throw UsageError(fmt::format("--dst {}: not an IP address; write 127.0.0.1, not a name",
                                 options.destination));
  }
  if (options.traffic.duration_ns == 0) throw UsageError("--duration 0: nothing to send");
  if (options.method == TrafficMethod::socket) {
    if (options.traffic.type == TrafficType::steady) {
      throw UsageError("--type steady is made for --method pcap -o FILE");
    }
    if (!options.output.empty()) throw UsageError("-o goes with --method pcap");
    check_destination(*destination, options.own_network);
    return *destination;
  }
  if (options.output.empty()) throw UsageError("--method pcap needs -o FILE (- is stdout)");
  if (options.output == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw UsageError("-o -: a capture does not go to a terminal; pipe it into a program");
  }
  if (options.traffic.type == TrafficType::steady) check_steady(options);
  return *destination;
}

Lines describe_all(const Applications& applications, const std::vector<TrafficCount>& counts,
                   std::int64_t elapsed_ns) {
  Lines lines;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    lines.push_back(
        describe(applications[i]->info(), counts[i], static_cast<double>(elapsed_ns) * 1e-9));
  }
  return lines;
}

Lines write_applications(const IpAddress& destination, const GenerateOptions& options,
                         PacketSink& sink, const FlowObserver& on_flow) {
  Applications applications = make_applications(options.traffic);
  const VirtualTrafficOptions virtual_options{
      destination,          options.start_s * kNanosPerSecond, options.traffic.duration_ns,
      options.traffic.seed, base_name(options.output),         options.snap_length};
  const auto result = send_virtual(applications, virtual_options, sink, on_flow);
  return describe_all(applications, result.counts, options.traffic.duration_ns);
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

Lines send_into_file(const IpAddress& destination, const GenerateOptions& options,
                     const FlowObserver& on_flow) {
  const auto sink = create_capture(options.output, format_for(options.output), LinkType::ethernet,
                                   options.snap_length);
  Lines lines = options.traffic.type == TrafficType::steady
                    ? write_steady(options, *sink, on_flow)
                    : write_applications(destination, options, *sink, on_flow);
  sink->commit();
  return lines;
}

Lines send_for_real(const IpAddress& destination, const GenerateOptions& options,
                    const FlowObserver& on_flow) {
  Applications applications = make_applications(options.traffic);
  const SocketTrafficOptions socket_options{destination, options.traffic.duration_ns,
                                            !options.no_responder, options.traffic.seed};
  const auto result = send_over_sockets(applications, socket_options, on_flow);
  return describe_all(applications, result.counts, result.elapsed_ns);
}

}  // namespace

std::vector<std::string> generate(const GenerateOptions& options) {
  const IpAddress destination = check(options);
  std::optional<OutputFile> truth_file;
  std::optional<GroundTruthWriter> truth;
  if (!options.ground_truth.empty()) truth.emplace(truth_file.emplace(options.ground_truth));
  const FlowObserver on_flow = [&truth](const GroundTruthRow& row) {
    if (truth) truth->write(row);
  };

  Lines lines = options.method == TrafficMethod::pcap
                    ? send_into_file(destination, options, on_flow)
                    : send_for_real(destination, options, on_flow);
  if (truth_file) truth_file->commit();
  return lines;
}

}  // namespace weir
