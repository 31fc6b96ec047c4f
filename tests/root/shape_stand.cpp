// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A shaper that is fed from stdin, for the tests in network namespaces.
//
// usage: shape_stand POLICY INTERFACE RATE [ingress] [keep] [replace]
// stdin: "UDP SRC PORT DST PORT CLASS CONFIDENCE" (a verdict), "sync" (all handed over: prints
// "synced"),
//        "flood N" (verdicts on N flows: prints how long the kernel took). The end of it, SIGINT
//        and SIGTERM stop.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"
#include "weir/cli/tool.hpp"
#include "weir/shape/linux_kernel.hpp"
#include "weir/shape/shaper.hpp"

namespace {

using namespace weir;

constexpr std::int64_t kFarTimeNs = 1'000'000'000'000;  // past any batch time

struct Options {
  std::string policy, interface, rate;
  std::vector<std::string> words;

  bool has(const std::string& word) const {
    return std::find(words.begin(), words.end(), word) != words.end();
  }
};

void declare(CLI::App& app, Options& options) {
  app.add_option("policy", options.policy)->required();
  app.add_option("interface", options.interface)->required();
  app.add_option("rate", options.rate)->required();
  app.add_option("words", options.words);
}

void say(const std::string& text) {
  std::cout << text << std::endl;
}

/// Verdicts on flows that differ in address and port, half of them IPv6.
void flood(Shaper& shaper, unsigned count, std::int64_t& now_ns) {
  const auto start = std::chrono::steady_clock::now();
  const auto server = *parse_address("192.0.2.9");
  const auto server6 = *parse_address("2001:db8::9");
  for (unsigned i = 0; i < count; ++i) {
    auto client = IpAddress::v4(0x0a000000U + i / 1000);
    if (i % 2 == 1) {
      client = server6;
      client.bytes[14] = static_cast<std::uint8_t>(i >> 16U);
      client.bytes[13] = static_cast<std::uint8_t>(i >> 8U);
    }
    const FiveTuple flow{client, i % 2 == 1 ? server6 : server,
                         static_cast<std::uint16_t>(1000 + i % 1000), 443, 17};
    shaper.verdict(flow, "HTTP", 1, VerdictStage::settled);
    if (i % 1000 == 999) shaper.tick(now_ns += kFarTimeNs);
  }
  shaper.tick(now_ns += kFarTimeNs);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const MarkerCounts counts = shaper.counts();
  say(fmt::format("{} changes, {} refused, {:.0f} a second, {} MiB", counts.changes, counts.refused,
                  count / taken.count(), usage.ru_maxrss / 1024));
}

int run(const Options& options) {
  const Policy policy = load_policy(options.policy);
  const ShapingTarget target{.interface = options.interface,
                             .bandwidth_bps = parse_rate_bps(options.rate),
                             .leaf = available_leaf(),
                             .ingress = options.has("ingress"),
                             .keep = options.has("keep")};
  Shaper shaper(
      policy, target,
      linux_kernel(options.has("replace") ? ForeignQdisc::replace : ForeignQdisc::refuse));
  shaper.start();
  say("ready");
  std::int64_t now_ns = 0;
  for (std::string line; !stop_requested() && std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "sync") {
      shaper.tick(now_ns += kFarTimeNs);
      say(fmt::format("synced, {} refused", shaper.counts().refused));
    } else if (first == "flood") {
      unsigned count = 0;
      words >> count;
      flood(shaper, count, now_ns);
    } else {
      std::string src, dst, name;
      FiveTuple flow;
      double confidence = 0;
      words >> src >> flow.src_port >> dst >> flow.dst_port >> name >> confidence;
      flow.src = parse_address(src).value();
      flow.dst = parse_address(dst).value();
      flow.protocol = parse_protocol(first).value();
      shaper.verdict(flow, name, confidence, VerdictStage::settled);
    }
  }
  shaper.stop();
  say("stopped");
  return kExitDone;
}

}  // namespace

int main(int argc, char** argv) {
  return run_tool<Options>({"shape_stand", "Shapes as stdin says.", ""}, argc, argv, declare, run);
}
