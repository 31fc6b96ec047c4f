// SPDX-FileCopyrightText: 2026 The weir authors
// SPDX-License-Identifier: MIT
// A live classification as a page of a terminal.
#pragma once

#include <cstddef>
#include <string>

#include "weir/serve/live_classification.hpp"

namespace weir {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t lines = 24;
};

/// The page: link and drops, the rules if any, classes, then the users that used most; at most
/// `size.lines` lines of at most `size.columns` characters. Needs LiveJob::state_has_usage.
std::string top_view(const LiveState& state, const TerminalSize& size, bool colour);

/// Shows pages on the terminal behind stdout, on its alternate screen, and gives back what was
/// there before, however it ends short of SIGKILL.
class TopScreen {
 public:
  /// Throws UsageError when stdout is not a terminal.
  TopScreen();
  ~TopScreen();
  TopScreen(const TopScreen&) = delete;
  TopScreen& operator=(const TopScreen&) = delete;

  /// Colours unless NO_COLOR is set.
  void show(const LiveState& state);

 private:
  bool colour_;
};

}  // namespace weir
