#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Installs what is missing, builds the dev and asan presets and runs every test in both. The last line is
# "N passed, N failed", with ", N skipped" behind it where a test had to be skipped.
#
# usage: scripts/test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/deps.sh test

export LSAN_OPTIONS="suppressions=$PWD/tests/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1"

passed=0 failed=0 skipped=0 status=0 failures=""
for preset in dev asan; do
  echo "== $preset"
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset"
  ctest --preset "$preset" --parallel "$(nproc)" --output-junit test.xml || status=1
  read -r p f s < <(scripts/junit.py counts "build/$preset/test.xml")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  failures+=$(scripts/junit.py failures "build/$preset/test.xml" --name "$preset")$'\n'
done

# Said once more: two builds' worth of lines is more than a person, or a log that keeps its end only, looks through.
((failed == 0)) || echo "$failures"
((failed == 0 && passed > 0)) || status=1
if ((skipped)); then
  echo "$passed passed, $failed failed, $skipped skipped"
else
  echo "$passed passed, $failed failed"
fi
exit "$status"
