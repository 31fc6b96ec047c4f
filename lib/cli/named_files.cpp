// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Files known by device and inode, or by their place where they do not exist yet.
#include "weir/cli/named_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "weir/base/error.hpp"

namespace weir {
namespace {

enum class Use { input, output };

/// Equal for two names of one file; empty for what cannot be written over.
std::string identity_of(const std::string& path, Use use) {
  struct stat status {};
  const bool is_standard = path == "-";
  const int descriptor = use == Use::input ? STDIN_FILENO : STDOUT_FILENO;
  const int failure = is_standard ? ::fstat(descriptor, &status) : ::stat(path.c_str(), &status);
  if (failure == 0 && S_ISREG(status.st_mode)) {
    return fmt::format("inode {}:{}", status.st_dev, status.st_ino);
  }
  if (is_standard) return use == Use::input ? "" : "stdout";
  if (failure == 0) return {};
  std::error_code ignored;
  const std::filesystem::path place = std::filesystem::absolute(path, ignored);
  return "path " + std::filesystem::weakly_canonical(place, ignored).string();
}

const char* shown(const std::string& path) {
  return path == "-" ? "stdout" : path.c_str();
}

}  // namespace

void require_apart(const std::vector<NamedFiles>& outputs, const std::vector<NamedFiles>& inputs) {
  std::map<std::string, std::string> reader;  // option by identity
  for (const NamedFiles& input : inputs) {
    for (const std::string& path : input.paths) {
      if (!path.empty()) reader.emplace(identity_of(path, Use::input), input.option);
    }
  }
  std::map<std::string, std::string> writer;
  for (const NamedFiles& output : outputs) {
    for (const std::string& path : output.paths) {
      const std::string identity = path.empty() ? "" : identity_of(path, Use::output);
      if (identity.empty()) continue;
      if (const auto found = reader.find(identity); found != reader.end()) {
        throw UsageError(fmt::format("{}: {} is an input ({}); write to another file",
                                     output.option, shown(path), found->second));
      }
      const auto [found, is_new] = writer.emplace(identity, output.option);
      if (!is_new) {
        throw UsageError(fmt::format("{} and {} both write to {}; give each a file of its own",
                                     found->second, output.option, shown(path)));
      }
    }
  }
}

}  // namespace weir
