// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Progress bars, on terminals only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace weir {

enum class ProgressMode { automatic, always, never };

/// Declares --progress=auto|always|never on `app`.
void add_progress_option(CLI::App& app, ProgressMode& mode);

/// A bar on stderr, drawn at most ten times a second and erased at the end; silent unless stderr is
/// a terminal (or mode is always). NO_COLOR is honoured.
class Progress {
 public:
  /// `total` is in the unit of update(); 0 = unknown.
  Progress(std::string label, std::uint64_t total, ProgressMode mode);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Says how much is done.
  void update(std::uint64_t done);

 private:
  std::string label_;
  std::uint64_t total_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_draw_{};
};

}  // namespace weir
