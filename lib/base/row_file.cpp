// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// The look at the first line before rows are added behind it.
#include "weir/base/row_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "weir/base/error.hpp"

namespace weir {

OutputFile append_rows(const std::string& path, std::string_view header, std::string_view what) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) &&
      std::filesystem::file_size(path, error) > 0) {
    std::string line;
    std::getline(std::ifstream(path), line);
    if (!header.empty() && line != header) {
      throw Error(
          fmt::format("{}: cannot append: its first line is not the header of a {}", path, what));
    }
  }
  return OutputFile(path, OutputFile::Mode::append);
}

}  // namespace weir
