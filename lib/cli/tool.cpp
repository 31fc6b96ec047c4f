// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The frame around every tool.
#include "weir/cli/tool.hpp"

#include <fmt/format.h>
#include <spdlog/cfg/helpers.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <memory>

#include "weir/base/error.hpp"
#include "weir/base/interrupt.hpp"
#include "weir/base/units.hpp"
#include "weir/base/version.hpp"

namespace weir {
namespace {

/// A message as one line that is harmless on a terminal: names of files and fields of tables may
/// hold any character.
std::string one_line(std::string_view message) {
  std::string line;
  for (const char c : message) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", code);
    } else {
      line += c;
    }
  }
  return line;
}

/// The logged message through one_line().
class OneLineFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string line = one_line({message.payload.data(), message.payload.size()});
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<OneLineFlag>();
  }
};

/// Replaces spdlog's default logger, which writes to stdout.
void log_to_stderr(std::string_view name) {
  auto logger = std::make_shared<spdlog::logger>(std::string(name),
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<OneLineFlag>('*').set_pattern("%n: %*");
  logger->set_formatter(std::move(formatter));
  spdlog::set_default_logger(std::move(logger));
}

void set_log_level(bool verbose, bool quiet) {
  spdlog::set_level(quiet     ? spdlog::level::err
                    : verbose ? spdlog::level::debug
                              : spdlog::level::info);
  if (const char* level = std::getenv("WEIR_LOG")) spdlog::cfg::helpers::load_levels(level);
}

void on_stop_signal(int /*signal*/) {
  request_stop();
}

void install_signal_handlers() {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigemptyset(&action.sa_mask);
  // No SA_RESTART: a read that waits for input has to return. A second Ctrl-C ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(2), reported as one
}

int report(std::string_view name, const std::exception& error, int code) {
  fmt::print(stderr, "{}: {}\n", name, one_line(error.what()));
  return code;
}

}  // namespace

int run_tool(const ToolInfo& info, int argc, char** argv, const ToolSetup& setup) {
  log_to_stderr(info.name);
  install_signal_handlers();
  try {
    CLI::App app{std::string(info.summary), std::string(info.name)};
    bool verbose = false;
    bool quiet = false;
    app.set_help_flag("-h,--help", "Print this help and exit");
    app.set_version_flag("-V,--version", fmt::format("{} (weir) {}", info.name, version()));
    app.add_flag("-v,--verbose", verbose, "Say more on stderr");
    app.add_flag("-q,--quiet", quiet, "Say nothing but errors on stderr");
    app.footer("Examples:\n" + std::string(info.examples));
    app.get_formatter()->column_width(34);
    const std::function<int()> run = setup(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& success) {  // --help, --version
      app.exit(success);
      return std::fflush(stdout) == 0 ? kExitDone : kExitError;
    } catch (const CLI::ParseError& error) {
      fmt::print(stderr, "{}: {}; see {} --help\n", info.name, one_line(error.what()), info.name);
      return kExitUsage;
    }
    set_log_level(verbose, quiet);
    return run();
  } catch (const Interrupted& error) {
    return report(info.name, error, kExitInterrupted);
  } catch (const UsageError& error) {
    return report(info.name, error, kExitUsage);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}: out of memory\n", info.name);
    return kExitError;
  } catch (const std::exception& error) {
    return report(info.name, error, kExitError);
  }
}

CLI::Validator whole_number() {
  const auto check = [](const std::string& text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_whole = error == std::errc() && stop == end;
    return is_whole ? std::string() : "'" + text + "' is no whole number from 0 on";
  };
  return {check, ""};
}

void add_seed_option(CLI::App& app, std::uint64_t& seed) {
  app.add_option("--seed", seed, "Seed of the random numbers: same input, same seed, same output")
      ->type_name("N")
      ->check(whole_number())
      ->capture_default_str();
}

void add_threads_option(CLI::App& app, unsigned& threads) {
  app.add_option("--threads", threads, "Threads to use; 0 = one for each core")
      ->type_name("N")
      ->check(whole_number())
      ->capture_default_str();
}

void add_output_option(CLI::App& app, std::string& path) {
  app.add_option("-o,--output", path, "File to write; - is stdout")
      ->type_name("FILE")
      ->capture_default_str();
}

CLI::Option* add_duration_option(CLI::App& app, const std::string& names, std::int64_t& duration_ns,
                                 const std::string& description) {
  return app
      .add_option_function<std::string>(
          names, [&duration_ns](const std::string& text) { duration_ns = parse_duration_ns(text); },
          description)
      ->type_name("TIME")
      ->default_str(format_duration(duration_ns));
}

}  // namespace weir
