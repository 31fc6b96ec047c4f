// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options become flows, here or on another host.
#include "job.hpp"

#include <fmt/format.h>

#include <string>

#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/base/version.hpp"
#include "weir/traffic/scenario.hpp"

namespace weir {
namespace {

constexpr std::int64_t kMostDurationNs = 7 * 86'400 * kNanosPerSecond;

bool is_scenario(const GenerateOptions& options) {
  return !options.scenario.empty() || !options.preset.empty();
}

std::optional<Scenario> scenario_of(const GenerateOptions& options) {
  if (!is_scenario(options)) return std::nullopt;
  Scenario scenario = !options.preset.empty() ? preset_scenario(options.preset)
                      : options.scenario_text
                          ? parse_scenario(*options.scenario_text, options.scenario)
                          : load_scenario(options.scenario);
  if (options.users > 0) scenario.users = options.users;
  if (options.own_duration) scenario.duration_ns = options.traffic.duration_ns;
  return scenario;
}

}  // namespace

std::optional<IpAddress> destination_of(const GenerateOptions& options) {
  const bool own_servers = is_scenario(options) && options.method != TrafficMethod::socket;
  if (options.destination.empty() && own_servers) return std::nullopt;
  const std::string text = options.destination.empty() ? "127.0.0.1" : options.destination;
  const std::optional<IpAddress> destination = parse_address(text);
  if (!destination) {
    throw UsageError(fmt::format("--dst {}: not an IP address; write 127.0.0.1, not a name", text));
  }
  return destination;
}

Job make_job(const GenerateOptions& options, const std::optional<IpAddress>& destination) {
  const std::optional<Scenario> scenario = scenario_of(options);
  if (!scenario) {
    return {make_lab_source(options.traffic, *destination), options.traffic.duration_ns, false};
  }
  const bool real = options.method == TrafficMethod::socket;
  const ScenarioPlace place{options.traffic.seed, destination,
                            real ? options.server_port : std::uint16_t{0}};
  return {make_scenario_source(*scenario, place), scenario->duration_ns, true};
}

nlohmann::json job_message(const GenerateOptions& options) {
  const TrafficOptions& traffic = options.traffic;
  nlohmann::json message{{"version", version()},
                         {"destination", to_string(*destination_of(options))},
                         {"seed", traffic.seed},
                         {"duration_ns", traffic.duration_ns},
                         {"own_duration", options.own_duration},
                         {"preset", options.preset},
                         {"users", options.users},
                         {"server_port", options.server_port},
                         {"type", traffic.type},
                         {"pps", traffic.pps},
                         {"voip_port", traffic.voip_port},
                         {"ftp_port", traffic.ftp_port},
                         {"http_port", traffic.http_port}};
  if (!options.scenario.empty()) {
    message["scenario"] = options.scenario;
    message["scenario_text"] = read_file(options.scenario);
  }
  return message;
}

GenerateOptions job_options(const nlohmann::json& message) {
  if (const std::string theirs = message.value("version", ""); theirs != version()) {
    throw UsageError(fmt::format("version {} here, {} there: the flows would differ", version(),
                                 theirs.empty() ? "none" : theirs));
  }
  GenerateOptions options;
  try {
    TrafficOptions& traffic = options.traffic;
    message.at("destination").get_to(options.destination);
    message.at("seed").get_to(traffic.seed);
    message.at("duration_ns").get_to(traffic.duration_ns);
    message.at("own_duration").get_to(options.own_duration);
    message.at("preset").get_to(options.preset);
    message.at("users").get_to(options.users);
    message.at("server_port").get_to(options.server_port);
    message.at("type").get_to(traffic.type);
    message.at("pps").get_to(traffic.pps);
    message.at("voip_port").get_to(traffic.voip_port);
    message.at("ftp_port").get_to(traffic.ftp_port);
    message.at("http_port").get_to(traffic.http_port);
    options.scenario = message.value("scenario", "");
    if (!options.scenario.empty()) options.scenario_text = message.at("scenario_text");
  } catch (const nlohmann::json::exception& error) {
    throw UsageError(fmt::format("no job of a weir-gen: {}", error.what()));
  }
  const TrafficOptions& traffic = options.traffic;
  if (traffic.type >= TrafficType::steady || traffic.pps < 1 || traffic.pps > kMostPps ||
      traffic.duration_ns < 1 || traffic.duration_ns > kMostDurationNs ||
      options.users > kMostUsers) {
    throw UsageError("no job of a weir-gen: a value out of range");
  }
  return options;
}

}  // namespace weir
