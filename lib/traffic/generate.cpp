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
#include "weir/traffic/virtual_sender.hpp"

namespace weir {
namespace {

using Applications = std::vector<std::unique_ptr<Application>>;

constexpr std::uint32_t kSnapLength = 262'144;

struct Sent {
  std::vector<TrafficCount> counts;
  std::int64_t elapsed_ns;
};

IpAddress check(const GenerateOptions& options) {
  const std::optional<IpAddress> destination = parse_address(options.destination);
  if (!destination) {
    throw UsageError(fmt::format("--dst {}: not an IP address; write 127.0.0.1, not a name",
                                 options.destination));
  }
  if (options.traffic.duration_ns == 0) throw UsageError("--duration 0: nothing to send");
  if (options.method == TrafficMethod::socket) {
    if (!options.output.empty()) throw UsageError("-o goes with --method pcap");
    check_destination(*destination, options.own_network);
    return *destination;
  }
  if (options.output.empty()) throw UsageError("--method pcap needs -o FILE (- is stdout)");
  if (options.output == "-" && ::isatty(STDOUT_FILENO) == 1) {
    throw UsageError("-o -: a capture does not go to a terminal; pipe it into a program");
  }
  return *destination;
}

Sent send_into_file(Applications& applications, const IpAddress& destination,
                    const GenerateOptions& options, const FlowObserver& on_flow) {
  const auto sink =
      create_capture(options.output, format_for(options.output), LinkType::ethernet, kSnapLength);
  const VirtualTrafficOptions virtual_options{destination, options.start_s * kNanosPerSecond,
                                              options.traffic.duration_ns, options.traffic.seed,
                                              base_name(options.output)};
  auto result = send_virtual(applications, virtual_options, *sink, on_flow);
  sink->commit();
  return {std::move(result.counts), options.traffic.duration_ns};
}

Sent send_for_real(Applications& applications, const IpAddress& destination,
                   const GenerateOptions& options, const FlowObserver& on_flow) {
  const SocketTrafficOptions socket_options{destination, options.traffic.duration_ns,
                                            !options.no_responder, options.traffic.seed};
  auto result = send_over_sockets(applications, socket_options, on_flow);
  return {std::move(result.counts), result.elapsed_ns};
}

}  // namespace

std::vector<std::string> generate(const GenerateOptions& options) {
  const IpAddress destination = check(options);
  Applications applications = make_applications(options.traffic);
  std::optional<OutputFile> truth_file;
  std::optional<GroundTruthWriter> truth;
  if (!options.ground_truth.empty()) truth.emplace(truth_file.emplace(options.ground_truth));
  const FlowObserver on_flow = [&truth](const GroundTruthRow& row) {
    if (truth) truth->write(row);
  };

  const Sent sent = options.method == TrafficMethod::pcap
                        ? send_into_file(applications, destination, options, on_flow)
                        : send_for_real(applications, destination, options, on_flow);
  if (truth_file) truth_file->commit();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < applications.size(); ++i) {
    lines.push_back(describe(applications[i]->info(), sent.counts[i],
                             static_cast<double>(sent.elapsed_ns) * 1e-9));
  }
  return lines;
}

}  // namespace weir
