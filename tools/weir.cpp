// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// weir: the front that runs the other tools, `weir extract ...` is `weir-extract ...`.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "weir/base/version.hpp"
#include "weir/cli/tool.hpp"

namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
};

constexpr std::array<Command, 8> kCommands{{
    {"gen", "generate traffic with known labels"},
    {"capture", "record packets from an interface"},
    {"extract", "turn captures into packet or flow features"},
    {"label", "find ground truth by deep packet inspection (where built with libndpi)"},
    {"train", "train a model on labelled features"},
    {"evaluate", "measure a model on labelled features"},
    {"predict-shape", "classify the flows of captures"},
    {"pipeline", "chain the tools: capture, gen, extract, train, evaluate"},
}};

void print_help() {
  fmt::print(
      "Classifies network traffic by machine learning, without reading payloads.\n\n"
      "Usage: weir COMMAND [OPTIONS]\n\nCommands:\n");
  for (const Command& command : kCommands) {
    fmt::print("  {:<15} {}\n", command.name, command.summary);
  }
  fmt::print("\n`weir COMMAND --help` tells more; `weir COMMAND` runs the program weir-COMMAND.\n");
}

/// weir-NAME beside this executable, so that a build tree and an installation both find their own.
std::string path_of(std::string_view name) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string program = fmt::format("weir-{}", name);
  return error ? program : (self.parent_path() / program).string();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "weir: a command is needed; see weir --help\n");
    return weir::kExitUsage;
  }
  const std::string_view name = argv[1];
  if (name == "-h" || name == "--help" || name == "help") {
    print_help();
    return weir::kExitDone;
  }
  if (name == "-V" || name == "--version") {
    fmt::print("weir {}\n", weir::version());
    return weir::kExitDone;
  }
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    const std::string path = path_of(name);
    std::vector<char*> arguments(argv + 1, argv + argc);
    arguments.push_back(nullptr);
    ::execvp(path.c_str(), arguments.data());
    fmt::print(stderr, "weir: cannot run {}: {}\n", path, std::strerror(errno));
    return weir::kExitError;
  }
  fmt::print(stderr, "weir: no command '{}'; see weir --help\n", name);
  return weir::kExitUsage;
}
