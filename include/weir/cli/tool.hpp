// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What all tools share: options, exit codes, the one place that catches errors.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Exit codes of every tool.
inline constexpr int kExitDone = 0;
inline constexpr int kExitError = 1;          ///< data, I/O or kernel error
inline constexpr int kExitUsage = 2;          ///< wrong command line or configuration
inline constexpr int kExitBelowTarget = 3;    ///< --fail-under not met
inline constexpr int kExitInterrupted = 130;  ///< Ctrl-C in a batch tool

/// How a tool presents itself in --help.
struct ToolInfo {
  std::string_view name;      ///< "weir-extract"
  std::string_view summary;   ///< one sentence
  std::string_view examples;  ///< the end of --help, a line each
};

/// Declares the tool's options on `app` (bound to variables that outlive the call) and returns what
/// to run once they are parsed; that function's result is the exit code.
using ToolSetup = std::function<std::function<int()>(CLI::App& app)>;

/// Runs a tool: log to stderr, SIGINT/SIGTERM set the stop flag, SIGPIPE is ignored, -h, -V, -v,
/// -q; parses, runs, and turns any exception into one line "NAME: message" on stderr and an exit
/// code.
int run_tool(const ToolInfo& info, int argc, char** argv, const ToolSetup& setup);

/// run_tool() for a tool whose options are a struct: `declare(app, options)` binds them to `app`,
/// `run(options)` gets them parsed.
template <typename Options, typename Declare, typename Run>
int run_tool(const ToolInfo& info, int argc, char** argv, Declare declare, Run run) {
  Options options;
  return run_tool(info, argc, argv, [&](CLI::App& app) {
    declare(app, options);
    return [&] { return run(options); };
  });
}

/// Refuses what is no whole number from 0 to 2^64 - 1: an unsigned option would wrap "-1" around.
/// Says nothing in the help. Every unsigned option without a range needs it.
CLI::Validator whole_number();

/// Declares --seed on `app`.
void add_seed_option(CLI::App& app, std::uint64_t& seed);

/// Declares --threads on `app` (0 = all cores, the default).
void add_threads_option(CLI::App& app, unsigned& threads);

/// Declares -o/--output on `app` ("-" = stdout, the default).
void add_output_option(CLI::App& app, std::string& path);

/// Declares an option whose text is a duration ("30s", "10m"; bare numbers are seconds).
CLI::Option* add_duration_option(CLI::App& app, const std::string& names, std::int64_t& duration_ns,
                                 const std::string& description);

/// A word of the command line and what it stands for.
template <typename Value>
struct Choice {
  std::string word;
  Value value;
};

/// Declares an option that takes one of a few words; help and messages name them all.
template <typename Value>
CLI::Option* add_choice_option(CLI::App& app, const std::string& names, Value& value,
                               std::vector<Choice<Value>> choices, const std::string& description) {
  std::string words;
  std::string current;
  for (const Choice<Value>& choice : choices) {
    words += (words.empty() ? "" : "|") + choice.word;
    if (choice.value == value) current = choice.word;
  }
  const auto take = [&value, choices = std::move(choices), words, names](const std::string& word) {
    for (const Choice<Value>& choice : choices) {
      if (choice.word == word) {
        value = choice.value;
        return;
      }
    }
    throw CLI::ValidationError(names, "'" + word + "' is none of " + words);
  };
  return app.add_option_function<std::string>(names, take, description)
      ->type_name(words)
      ->default_str(current);
}

}  // namespace weir
