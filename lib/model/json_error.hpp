// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// What is wrong with JSON, for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace weir {

/// The library's message without the number that it gives the kind of error,
/// "[json.exception.out_of_range.403] ".
inline std::string reason_of(const nlohmann::ordered_json::exception& error) {
  const std::string text = error.what();
  const std::size_t end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace weir
