// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// Progress bars on stderr.
#include "weir/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "weir/cli/tool.hpp"

namespace weir {

void add_progress_option(CLI::App& app, ProgressMode& mode) {
  add_choice_option(app, "--progress", mode,
                    {{"auto", ProgressMode::automatic},
                     {"always", ProgressMode::always},
                     {"never", ProgressMode::never}},
                    "Progress bars on stderr; auto: where that is a terminal");
}

Progress::Progress(std::string label, std::uint64_t total, ProgressMode mode)
    : label_(std::move(label)),
      total_(total),
      shown_(mode == ProgressMode::always ||
             (mode == ProgressMode::automatic && ::isatty(STDERR_FILENO) == 1)) {}

Progress::~Progress() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::uint64_t done) {
  if (!shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_draw_ < std::chrono::milliseconds(100) && done < total_) return;
  last_draw_ = now;
  drawn_ = true;
  if (total_ == 0) {
    fmt::print(stderr, "\r\x1b[K{} {}", label_, done);
  } else {
    constexpr std::uint64_t kWidth = 30;
    const std::uint64_t filled = std::min(done, total_) * kWidth / total_;
    const bool colour = std::getenv("NO_COLOR") == nullptr;
    fmt::print(stderr, "\r\x1b[K{} {}{:#<{}}{}{:-<{}} {}/{}", label_, colour ? "\x1b[32m" : "", "",
               filled, colour ? "\x1b[0m" : "", "", kWidth - filled, done, total_);
  }
  std::fflush(stderr);
}

}  // namespace weir
