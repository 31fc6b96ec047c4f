// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The command line of weir-gen.
#include "gen_options.hpp"

#include <limits>
#include <string>

#include "weir/base/error.hpp"
#include "weir/cli/named_files.hpp"

namespace weir {
namespace {

void add_port(CLI::App& app, const char* name, std::uint16_t& port, const char* description) {
  app.add_option(name, port, description)
      ->check(CLI::Range(1, 65'535).description(""))
      ->type_name("PORT")
      ->capture_default_str();
}

void add_count(CLI::App& app, const char* name, std::uint64_t& count, std::uint64_t most,
               const char* description) {
  app.add_option(name, count, description)
      ->check(CLI::Range(std::uint64_t{1}, most).description(""))
      ->type_name("N")
      ->capture_default_str();
}

void declare_steady(CLI::App& app, SteadyLoad& load) {
  add_count(app, "--flows", load.flows, SteadyLoad::kMaxFlows,
            "With --type steady: flows, all open at the same time");
  add_count(app, "--packets-per-flow", load.packets_per_flow,
            std::numeric_limits<std::int64_t>::max(), "With --type steady: packets of each flow");
  add_count(app, "--rate", load.rate, SteadyLoad::kMaxRate,
            "With --type steady: packets a second of all flows, by their timestamps");
  app.add_flag("--ipv6", load.ipv6, "With --type steady: IPv6 instead of IPv4");
}

void declare_scenario(CLI::App& app, GenerateOptions& options) {
  app.add_option(
         "--preset", options.preset,
         "A built-in scenario instead of --type: balanced, busy-hour, categories, cell, lab "
         "or realistic")
      ->type_name("NAME");
  app.add_option("--scenario", options.scenario, "A scenario file (TOML) instead of --type")
      ->type_name("FILE");
  app.add_option("--ues", options.users,
                 "User equipments of the scenario, if not as many as it says")
      ->check(CLI::Range(1U, kMostUsers).description(""))
      ->type_name("N");
  app.add_option("--server-port", options.server_port,
                 "With --method socket: port of all servers of a scenario")
      ->check(CLI::Range(1, 65'535).description(""))
      ->type_name("PORT")
      ->capture_default_str();
}

/// A responder is told by others what to send.
void refuse_beside_responder(const CLI::App& app, const GenerateOptions& options) {
  if (options.responder && options.listen.empty()) {
    throw UsageError("--responder needs --listen ADDR, an address of this machine");
  }
  if (!options.responder && !options.listen.empty()) {
    throw UsageError("--listen goes with --responder");
  }
  for (const char* name :
       {"--type", "--preset", "--scenario", "--ues", "--server-port", "--dst", "--duration",
        "--pps", "--voip-port", "--ftp-port", "--http-port", "--seed", "--method", "--remote",
        "--no-responder", "--output", "--format", "--rows", "--start"}) {
    if (options.responder && app.count(name) > 0) {
      throw UsageError(std::string(name) +
                       " does not go with --responder; say it to the weir-gen --remote");
    }
  }
  if (options.remote && options.method != TrafficMethod::socket) {
    throw UsageError("--remote goes with --method socket");
  }
  if (!options.remote && !options.responder && app.count("--control-port") > 0) {
    throw UsageError("--control-port goes with --remote and --responder");
  }
}

/// Options that would have no effect are mistakes.
void refuse_mismatches(const CLI::App& app, GenerateOptions& options) {
  const bool steady = options.traffic.type == TrafficType::steady;
  for (const char* name : {"--flows", "--packets-per-flow", "--rate", "--ipv6"}) {
    if (!steady && app.count(name) > 0) {
      throw UsageError(std::string(name) + " goes with --type steady");
    }
  }
  for (const char* name :
       {"--dst", "--duration", "--pps", "--voip-port", "--ftp-port", "--http-port"}) {
    if (steady && app.count(name) > 0) {
      throw UsageError(std::string(name) +
                       " does not go with --type steady, whose options "
                       "are --flows, --packets-per-flow, --rate and --ipv6");
    }
  }
  const bool scenario = !options.scenario.empty() || !options.preset.empty();
  if (!options.scenario.empty() && !options.preset.empty()) {
    throw UsageError("--scenario and --preset: one of them");
  }
  for (const char* name : {"--type", "--pps", "--voip-port", "--ftp-port", "--http-port"}) {
    if (scenario && app.count(name) > 0) {
      throw UsageError(std::string(name) + " does not go with --scenario or --preset");
    }
  }
  if (!scenario && app.count("--ues") > 0) {
    throw UsageError("--ues goes with --scenario or --preset");
  }
  refuse_beside_responder(app, options);
  options.own_duration = app.count("--duration") > 0;
  if (options.method != TrafficMethod::pcap && app.count("--snaplen") > 0) {
    throw UsageError("--snaplen goes with --method pcap");
  }
  for (const char* name : {"--interface", "--dst-mac"}) {
    if (options.method != TrafficMethod::raw && app.count(name) > 0) {
      throw UsageError(std::string(name) + " goes with --method raw");
    }
  }
  require_apart({{"-o", {options.output}}, {"--ground-truth", {options.ground_truth}}},
                {{"--scenario", {options.scenario}}});
}

}  // namespace

void declare(CLI::App& app, GenerateOptions& options) {
  TrafficOptions& traffic = options.traffic;
  add_choice_option(app, "--type", traffic.type,
                    {{"voip", TrafficType::voip},
                     {"ftp", TrafficType::ftp},
                     {"http", TrafficType::http},
                     {"all", TrafficType::all},
                     {"steady", TrafficType::steady}},
                    "Traffic to make; all: voip, ftp and http; steady: packets of many flows "
                    "for load tests, with --method pcap");
  declare_scenario(app, options);
  app.add_option("--dst", options.destination,
                 "Address of the servers; nothing goes elsewhere (127.0.0.1; a scenario in a file "
                 "has servers of its own)")
      ->type_name("ADDR");
  add_duration_option(app, "--duration", traffic.duration_ns,
                      "How long to send; a scenario says it itself");
  app.add_option("--pps", traffic.pps,
                 "Rate of each type: voip sends N datagrams a second in each direction; ftp and "
                 "http start at most N messages a second, both directions together")
      ->check(CLI::Range(std::uint32_t{1}, kMostPps).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_port(app, "--voip-port", traffic.voip_port, "UDP port of the voip server");
  add_port(app, "--ftp-port", traffic.ftp_port, "TCP port of the ftp server");
  add_port(app, "--http-port", traffic.http_port, "TCP port of the http server");
  declare_steady(app, options.steady);
  add_choice_option(
      app, "--method", options.method,
      {{"socket", TrafficMethod::socket},
       {"pcap", TrafficMethod::pcap},
       {"raw", TrafficMethod::raw}},
      "socket: real connections, in real time; pcap: the same conversations in virtual time, into "
      "a file, at once; raw: the packets of pcap, in real time, on an interface (CAP_NET_RAW)");
  app.add_option("-i,--interface", options.interface,
                 "With --method raw: interface to send on; both ends' packets go out there")
      ->type_name("IFACE");
  app.add_option(
         "--dst-mac", options.destination_mac,
         "With --method raw: Ethernet address of the machine that all frames go to; without "
         "it they go to made-up ones that no machine has")
      ->type_name("MAC");
  app.add_option("-o,--output", options.output,
                 "With --method pcap: file to write, pcapng if it ends so, else pcap; - is stdout")
      ->type_name("FILE");
  add_choice_option(app, "--format", options.format,
                    {{"auto", TrafficFormat::by_name},
                     {"pcap", TrafficFormat::pcap},
                     {"pcapng", TrafficFormat::pcapng},
                     {"packet-csv", TrafficFormat::packet_csv}},
                    "With --method pcap: what to write; packet-csv: a row for each packet, "
                    "with its label");
  app.add_option("--rows", options.rows,
                 "With --format packet-csv: exactly N packets, drawn at random, of each class as "
                 "many as its share of the scenario")
      ->check(CLI::Range(1, 100'000'000).description(""))
      ->type_name("N");
  app.add_option("--snaplen", options.snap_length,
                 "With --method pcap: bytes to write of each packet; its original length is kept")
      ->check(CLI::Range(1, 262'144).description(""))
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--ground-truth", options.ground_truth,
                 "Write the label, addresses and times of every flow (CSV)")
      ->type_name("FILE");
  app.add_option("--start", options.start_s,
                 "With --method pcap: time of the first packet, seconds since 1970")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{4'294'967'295}).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  add_seed_option(app, traffic.seed);
  app.add_flag("--no-responder", options.no_responder,
               "Do not play the servers: real ones listen at --dst");
  app.add_flag("--remote", options.remote,
               "With --method socket: a weir-gen --responder plays the servers, at --dst");
  app.add_flag("--responder", options.responder,
               "Play the servers of runs with --remote on other hosts, one after another, until "
               "Ctrl-C; those say what is sent");
  app.add_option("--listen", options.listen, "With --responder: address of this machine")
      ->type_name("ADDR");
  add_port(app, "--control-port", options.control_port,
           "TCP port at which --remote and --responder find each other");
  app.add_flag("--i-own-this-network", options.own_network,
               "Allow a --dst that is neither loopback nor private");
  app.parse_complete_callback([&app, &options] { refuse_mismatches(app, options); });
}

}  // namespace weir
