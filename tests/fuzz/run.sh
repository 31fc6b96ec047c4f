#!/bin/bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Runs fuzz targets for a while and says what came of it: run.sh MINUTES [TARGET...]
#
# Builds nothing: cmake --preset fuzz && cmake --build --preset fuzz first. Each target (all, where none is named)
# runs MINUTES on all cores, with what it learnt before. FUZZ_FOLDER (default build/fuzz/work) keeps corpora, logs
# and artifacts, the inputs of findings; run one again with build/fuzz/bin/fuzz_TARGET FILE. SEED_CAPTURES may name a
# folder with more captures to start from. Exit status 1 where anything was found.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/build/fuzz/bin
work=${FUZZ_FOLDER:-$root/build/fuzz/work}

usage() {
  echo "usage: $0 MINUTES [TARGET...]" >&2
  exit 2
}

[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || usage
minutes=$1
shift
if [ $# -eq 0 ]; then
  for binary in "$bin"/fuzz_*; do set -- "$@" "${binary##*/fuzz_}"; done
fi
for target in "$@"; do
  [ -x "$bin/fuzz_$target" ] || { echo "$0: $bin/fuzz_$target is not built" >&2; exit 2; }
done

# Time counts as it passes, also while the machine has better things to do: a slow input is one that takes a minute.
options=(-max_total_time=$((minutes * 60)) -timeout=60 -rss_limit_mb=2048 -malloc_limit_mb=1024 -print_final_stats=1)
failed=0
printf '%-10s %8s %14s %9s\n' target seconds executions findings
for target in "$@"; do
  folder=$work/$target
  mkdir -p "$folder/corpus" "$folder/artifacts" "$folder/seeds"
  rm -f "$folder"/log.*
  [ "$target" = labels ] || find "$root/tests/conformance" "$root/examples/captures" ${SEED_CAPTURES:-} \
    -name '*.pcap*' -exec python3 "$here/seeds.py" "$target" "$folder/seeds" {} +
  [ ! -d "$here/seeds/$target" ] || cp "$here/seeds/$target"/* "$folder/seeds"
  start=$SECONDS
  for ((core = 0; core < $(nproc); ++core)); do
    nice -n 19 "$bin/fuzz_$target" "${options[@]}" -artifact_prefix="$folder/artifacts/" "$folder/corpus" \
      "$folder/seeds" 2>"$folder/log.$core" &
  done
  wait
  executions=$(cat "$folder"/log.* | awk '/^stat::number_of_executed_units/ {sum += $2} END {print sum + 0}')
  # Crashes, leaks, hangs and exhausted memory; a slow unit is none.
  findings=$(find "$folder/artifacts" -type f ! -name 'slow-unit-*' | wc -l)
  printf '%-10s %8d %14d %9d\n' "$target" $((SECONDS - start)) "$executions" "$findings"
  if [ "$findings" -gt 0 ]; then
    failed=1
    find "$folder/artifacts" -type f ! -name 'slow-unit-*' | sed 's/^/  /'
  fi
done
exit $failed
