// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// One run after another for weir-gen --remote on other hosts.
#include "respond.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control.hpp"
#include "job.hpp"
#include "socket_responder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/traffic/destination.hpp"

namespace weir {
namespace {

void check_client(const IpAddress& address, bool own_network) {
  if (own_network || is_loopback(address) || is_private(address)) return;
  throw UsageError(fmt::format(
      "{}: a public address; a responder answers loopback and private addresses only, unless "
      "--i-own-this-network says that it is yours",
      to_string(address)));
}

/// What one other host asks for, and a line for each application that says what was sent.
std::vector<std::string> serve(const GenerateOptions& options, const IpAddress& address,
                               ControlConnection& control, const FlowObserver& on_flow) {
  check_client(control.peer().address(), options.own_network);
  const GenerateOptions wanted = job_options(control.await(kControlTimeoutNs));
  const Job job = make_job(wanted, destination_of(wanted));
  SocketTrafficOptions socket_options;
  socket_options.destination = address;
  socket_options.duration_ns = job.duration_ns;
  socket_options.seed = wanted.traffic.seed;
  SocketResponder responder(*job.source, socket_options, control, on_flow);
  control.send({{"ready", true}});
  const auto result = responder.respond();
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < result.counts.size(); ++i) {
    const ApplicationInfo& info = job.source->applications()[i];
    const TrafficCount& count = result.counts[i];
    lines.push_back(fmt::format("{}: {} flows; server sent {} {} ({} bytes)", info.label,
                                count.flows, count.messages[index(Side::server)], info.unit,
                                count.bytes[index(Side::server)]));
  }
  return lines;
}

/// Logs what becomes of it; the next host may fare better.
void serve_one(const GenerateOptions& options, const IpAddress& address, ControlConnection& control,
               const FlowObserver& on_flow) {
  const std::string who = to_string(control.peer().address());
  try {
    for (const std::string& line : serve(options, address, control, on_flow)) {
      spdlog::info("{}: {}", who, line);
    }
  } catch (const Interrupted&) {
    return;
  } catch (const std::exception& error) {
    spdlog::warn("{}: {}", who, error.what());
    try {
      control.send({{"error", error.what()}});
    } catch (const Error&) {  // gone: there is nobody to tell
    }
  }
}

}  // namespace

void respond(const GenerateOptions& options, const FlowObserver& on_flow) {
  const std::optional<IpAddress> address = parse_address(options.listen);
  if (!address) {
    throw UsageError(fmt::format("--listen {}: not an IP address of this machine", options.listen));
  }
  const Descriptor listener = listen_at(Endpoint(*address, options.control_port), true,
                                        "choose another --control-port, here and there");
  spdlog::info("listening at {} port {} for a weir-gen --remote", options.listen,
               options.control_port);
  while (!stop_requested()) {
    pollfd waiting{listener.get(), POLLIN, 0};
    ::poll(&waiting, 1, 100);
    Endpoint peer;
    Descriptor accepted = accept_from(listener, peer);
    if (!accepted.is_open()) continue;
    ControlConnection control(std::move(accepted), peer);
    serve_one(options, *address, control, on_flow);
  }
}

}  // namespace weir
