// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-gen: traffic with known labels, over sockets or into a capture file.
#include <spdlog/spdlog.h>

#include <string>
#include <utility>
#include <vector>

#include "weir/base/interrupt.hpp"
#include "weir/cli/tool.hpp"
#include "weir/traffic/generate.hpp"

namespace {

int run(const weir::GenerateOptions& options) {
  for (const std::string& line : generate(options)) spdlog::info("{}", line);
  // Traffic over sockets that was cut short is still traffic, with its ground truth; the exit code
  // tells of the cut.
  weir::check_interrupted();
  return weir::kExitDone;
}

void add_port(CLI::App& app, const char* name, std::uint16_t& port, const char* description) {
  app.add_option(name, port, description)
      ->check(CLI::Range(1, 65'535).description(""))
      ->type_name("PORT")
      ->capture_default_str();
}

void declare(CLI::App& app, weir::GenerateOptions& options) {
  weir::TrafficOptions& traffic = options.traffic;
  weir::add_choice_option(app, "--type", traffic.type,
                          {{"voip", weir::TrafficType::voip},
                           {"ftp", weir::TrafficType::ftp},
                           {"http", weir::TrafficType::http},
                           {"all", weir::TrafficType::all}},
                          "Traffic to make");
  app.add_option("--dst", options.destination, "Address of the servers; nothing goes elsewhere")
      ->type_name("ADDR")
      ->capture_default_str();
  weir::add_duration_option(app, "--duration", traffic.duration_ns, "How long to send");
  app.add_option("--pps", traffic.pps,
                 "Rate of each type: voip sends N datagrams a second in each direction; ftp and "
                 "http start at most N messages a second, both directions together")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  add_port(app, "--voip-port", traffic.voip_port, "UDP port of the voip server");
  add_port(app, "--ftp-port", traffic.ftp_port, "TCP port of the ftp server");
  add_port(app, "--http-port", traffic.http_port, "TCP port of the http server");
  weir::add_choice_option(
      app, "--method", options.method,
      {{"socket", weir::TrafficMethod::socket}, {"pcap", weir::TrafficMethod::pcap}},
      "socket: real connections, in real time; pcap: the same conversations in virtual time, into "
      "a "
      "file, at once");
  app.add_option("-o,--output", options.output,
                 "With --method pcap: file to write, pcapng if it ends so, else pcap; - is stdout")
      ->type_name("FILE");
  app.add_option("--ground-truth", options.ground_truth,
                 "Write the label, addresses and times of every flow (CSV)")
      ->type_name("FILE");
  app.add_option("--start", options.start_s,
                 "With --method pcap: time of the first packet, seconds since 1970")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{4'294'967'295}).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  weir::add_seed_option(app, traffic.seed);
  app.add_flag("--no-responder", options.no_responder,
               "Do not play the servers: real ones listen at --dst");
  app.add_flag("--i-own-this-network", options.own_network,
               "Allow a --dst that is neither loopback nor private");
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run_tool<weir::GenerateOptions>(
      {"weir-gen", "Generates traffic with known labels: voice calls, file transfers, web.",
       "  weir-gen --duration 30                       all types over loopback sockets\n"
       "  weir-gen --type voip --pps 100 --dst 10.0.0.2 --no-responder\n"
       "  weir-gen --method pcap --duration 60 -o lab.pcap --ground-truth lab.csv\n"
       "  weir-gen --method pcap --seed 7 -o - | weir-extract -o flows.csv -\n"},
      argc, argv, declare, run);
}
