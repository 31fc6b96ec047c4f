// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Options of live capture, and what is said at its start and end.
#include "live_options.hpp"

#include <spdlog/spdlog.h>

namespace weir {

void declare_live(CLI::App& app, LiveInput& input, const std::string& description,
                  const std::string& group) {
  const auto add = [&](CLI::Option* option) { option->group(group); };
  add(app.add_option("-i,--interface", input.interface, description)->type_name("NAME"));
  add(add_duration_option(app, "-d,--duration", input.options.duration_ns,
                          "End after it; 0s = never"));
  add(app.add_option("--bpf", input.options.bpf, "Only these packets (see man 7 pcap-filter)")
          ->type_name("EXPR"));
  add(app.add_option("--snaplen", input.options.snap_length, "Bytes to keep of each packet")
          ->type_name("BYTES")
          ->check(CLI::Range(1, 262'144).description(""))
          ->capture_default_str());
  add(app.add_option("--buffer", input.buffer_mib, "Size of the kernel's buffer, in MiB")
          ->type_name("N")
          ->check(CLI::Range(1, 2047).description(""))
          ->capture_default_str());
  add(app.add_flag("--promiscuous", input.options.promiscuous, "Also packets for other machines"));
}

void make_live_optional(CLI::App& app, LiveInput& input, const std::string& group) {
  app.add_flag("--wait", input.options.wait_for_interface,
               "While the interface is not there, or down, wait for it instead of ending")
      ->group(group);
  for (const char* name :
       {"--duration", "--bpf", "--snaplen", "--buffer", "--promiscuous", "--wait"}) {
    app.get_option(name)->needs("--interface");
  }
}

std::unique_ptr<LiveCapture> open_live(LiveInput input) {
  input.options.buffer_bytes = input.buffer_mib << 20U;
  const bool named = !input.interface.empty();
  auto capture = open_live(named ? input.interface : default_interface(), input.options);
  spdlog::info("capturing on {}{}", capture->name(), named ? "" : "; -i names another interface");
  return capture;
}

void report(LiveCapture& capture, const std::string& written) {
  const LiveCounters counters = capture.counters();
  spdlog::info("{}: {} packets received, {}, {} dropped by the kernel, {} by the interface",
               capture.name(), counters.received, written, counters.dropped,
               counters.interface_dropped);
  if (counters.dropped > 0)
    spdlog::warn("packets were dropped; a larger --buffer or a smaller --snaplen helps");
}

}  // namespace weir
