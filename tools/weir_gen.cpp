// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir-gen: traffic with known labels, over sockets or into a capture file.
#include <spdlog/spdlog.h>

#include <string>

#include "gen_options.hpp"
#include "weir/base/interrupt.hpp"

namespace {

int run(const weir::GenerateOptions& options) {
  for (const std::string& line : generate(options)) spdlog::info("{}", line);
  // Traffic over sockets that was cut short is still traffic, with its ground truth; the exit code
  // tells of the cut. For a responder there is no other end.
  if (!options.responder) weir::check_interrupted();
  return weir::kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run_tool<weir::GenerateOptions>(
      {"weir-gen", "Generates traffic with known labels: applications, networks, users.",
       "  weir-gen --duration 30                       all types over loopback sockets\n"
       "  weir-gen --preset realistic --ues 20 --ground-truth truth.csv\n"
       "  weir-gen --type voip --pps 100 --dst 10.0.0.2 --no-responder\n"
       "  weir-gen --responder --listen 10.0.0.2       on the one host, and on the other:\n"
       "  weir-gen --preset categories --dst 10.0.0.2 --remote --ground-truth truth.csv\n"
       "  weir-gen --preset cell --method pcap -o cell.pcap --ground-truth cell.csv\n"
       "  weir-gen --method pcap --seed 7 -o - | weir-extract -o flows.csv -\n"
       "  weir-gen --preset balanced --method pcap --format packet-csv --rows 1200 -o rows.csv\n"
       "  weir-gen --preset busy-hour --method raw -i eth0 --dst-mac 02:00:00:00:00:07\n"
       "  weir-gen --type steady --flows 200000 --packets-per-flow 50 --rate 1000000 \\\n"
       "    --method pcap --snaplen 128 -o load.pcap\n"},
      argc, argv, weir::declare, run);
}
