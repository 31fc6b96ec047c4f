// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Finds the default model.
#include "weir/model/default_model.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "weir/base/error.hpp"
#include "weir/base/process.hpp"

namespace weir {

std::string default_model_path() {
  namespace fs = std::filesystem;
  const fs::path prefix = fs::path(executable_folder()).parent_path();
  const std::string path = (prefix / "share/weir/default.ubj").string();
  if (!fs::exists(path)) {
    throw Error(
        fmt::format("{}: the model that comes with weir is not there; name one by --model", path));
  }
  return path;
}

}  // namespace weir
