// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Exit codes, messages and options that all tools share.
#include "weir/cli/tool.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "temporary_folder.hpp"
#include "weir/base/error.hpp"
#include "weir/base/file.hpp"
#include "weir/base/units.hpp"
#include "weir/cli/progress.hpp"

namespace {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs a tool with descriptors 1 and 2 sent to files.
Outcome run(std::vector<std::string> arguments, const weir::ToolSetup& setup) {
  const weir::test::TemporaryFolder folder;
  const std::string out = folder.file("out", "");
  const std::string err = folder.file("err", "");
  std::fflush(nullptr);
  const int saved_out = ::dup(STDOUT_FILENO);
  const int saved_err = ::dup(STDERR_FILENO);
  std::FILE* const out_file = std::fopen(out.c_str(), "w");
  std::FILE* const err_file = std::fopen(err.c_str(), "w");
  ::dup2(::fileno(out_file), STDOUT_FILENO);
  ::dup2(::fileno(err_file), STDERR_FILENO);

  arguments.insert(arguments.begin(), "weir-test");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  Outcome outcome;
  outcome.code = weir::run_tool({"weir-test", "Tests things.", "  weir-test --count 3\n"},
                                static_cast<int>(arguments.size()), argv.data(), setup);

  std::fflush(nullptr);
  ::dup2(saved_out, STDOUT_FILENO);
  ::dup2(saved_err, STDERR_FILENO);
  ::close(saved_out);
  ::close(saved_err);
  std::fclose(out_file);
  std::fclose(err_file);
  outcome.out = weir::read_file(out);
  outcome.err = weir::read_file(err);
  return outcome;
}

template <typename Action>
weir::ToolSetup tool_that(Action action) {
  return [action](CLI::App& /*app*/) { return [action]() -> int { return action(); }; };
}

}  // namespace

TEST_CASE("a tool's result is its exit code") {
  const Outcome done = run({}, tool_that([] { return weir::kExitBelowTarget; }));
  CHECK(done.code == 3);
  CHECK(done.err.empty());
}

TEST_CASE("each kind of failure has its exit code and one line on stderr") {
  const auto failing = [](auto error) { return tool_that([error]() -> int { throw error; }); };
  const Outcome data = run({}, failing(weir::Error("x.pcap: empty file")));
  CHECK(data.code == 1);
  CHECK(data.err == "weir-test: x.pcap: empty file\n");
  CHECK(run({}, failing(weir::UsageError("no"))).code == 2);
  CHECK(run({}, failing(weir::Interrupted())).code == 130);
  CHECK(run({}, failing(std::bad_alloc())).err == "weir-test: out of memory\n");
  CHECK(run({}, failing(std::runtime_error("odd"))).code == 1);
}

TEST_CASE("help goes to stdout and ends with the examples") {
  const Outcome help = run({"--help"}, tool_that([] { return 0; }));
  CHECK(help.code == 0);
  CHECK(help.err.empty());
  CHECK(help.out.find("Tests things.") == 0);
  CHECK(help.out.find("Examples:\n  weir-test --count 3\n") != std::string::npos);
  CHECK(run({"-V"}, tool_that([] { return 0; })).out.find("weir-test (weir) ") == 0);
}

TEST_CASE("a wrong command line ends with 2 and one line that points at the help") {
  const Outcome unknown = run({"--frobnicate"}, tool_that([] { return 0; }));
  CHECK(unknown.code == 2);
  CHECK(unknown.out.empty());
  CHECK(unknown.err ==
        "weir-test: The following argument was not expected: --frobnicate; see weir-test --help\n");
}

TEST_CASE("common options parse into plain variables") {
  std::uint64_t seed = 0;
  unsigned threads = 0;
  std::string output = "-";
  std::int64_t idle_ns = 5;
  weir::ProgressMode progress = weir::ProgressMode::automatic;
  const weir::ToolSetup setup = [&](CLI::App& app) {
    weir::add_seed_option(app, seed);
    weir::add_threads_option(app, threads);
    weir::add_output_option(app, output);
    weir::add_duration_option(app, "--idle-timeout", idle_ns, "How long");
    weir::add_progress_option(app, progress);
    return [] { return 0; };
  };
  REQUIRE(run({"--seed", "7", "--threads", "2", "-o", "x", "--idle-timeout", "1.5s", "--progress",
               "never"},
              setup)
              .code == 0);
  CHECK(seed == 7);
  CHECK(threads == 2);
  CHECK(output == "x");
  CHECK(idle_ns == 1'500'000'000);
  CHECK(progress == weir::ProgressMode::never);

  const Outcome wrong = run({"--idle-timeout", "soon"}, setup);
  CHECK(wrong.code == 2);
  CHECK(wrong.err == "weir-test: not a duration: 'soon' (write 90, 1.5s, 250ms, 10m or 2h)\n");
  CHECK(run({"--seed", "-1"}, setup).code == 2);
  CHECK(run({"--progress", "maybe"}, setup).code == 2);
}
