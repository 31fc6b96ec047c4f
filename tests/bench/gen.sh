#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Measures how fast weir-gen makes captures: to /dev/null, and to a file beside a loop of libtins that builds and writes
# as many packets of the same size, and beside as many bytes of nothing, which is what the kernel's part costs. Builds
# nothing: build the release preset and its target `bench` first.
#
# usage: tests/bench/gen.sh [--bin FOLDER] [--rounds N] [--scale N] [--dir FOLDER]
#   --bin     where weir-gen and bench_tins_writer are (build/release/bin)
#   --rounds  every command runs once a round (5)
#   --scale   divides the number of packets, for a quick look (1)
#   --dir     where the file is written (a temporary folder; 1 GB)
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin rounds=5 scale=1 dir=${TMPDIR:-/tmp}
while (($#)); do
  case $1 in
    --bin) bin=$2 ;;
    --rounds) rounds=$2 ;;
    --scale) scale=$2 ;;
    --dir) dir=$2 ;;
    *)
      sed -n '/^# usage/,/^set/{s/^# \?//;/^set/!p}' "$0" >&2
      exit 2
      ;;
  esac
  shift 2
done
for program in weir-gen bench_tins_writer; do
  if [[ ! -x $bin/$program ]]; then
    echo "$0: no $bin/$program; build it: cmake --preset release && cmake --build --preset release --target all bench" >&2
    exit 2
  fi
done
dir=$(mktemp -d -p "$dir")
trap 'rm -rf "$dir"' EXIT

gen="$bin/weir-gen -q --method pcap --dst 10.0.0.1"
compare="tests/bench/compare.py --rounds $rounds --unit packet"

# Packets of a command: a capture of one byte each has 24 bytes and 17 a packet.
count() {
  local bytes
  bytes=$("$@" --snaplen 1 -o - | wc -c)
  echo $(((bytes - 24) / 17))
}

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), $(date -I)."
voip="$gen --type voip --pps 200000 --duration $((10000 / scale))ms"
mix="$gen --type all --pps 5000 --duration $((60000 / scale))ms"
steady="$bin/weir-gen -q --method pcap --type steady --flows 200000 --packets-per-flow $(((50 + scale - 1) / scale))"
for name in voip mix steady; do
  packets=$(count ${!name})
  printf '\n%s to /dev/null, %d packets\n\n' "$name" "$packets"
  $compare --items "$packets" --base "snaplen 128" "snaplen 128=${!name} --snaplen 128 -o /dev/null" \
    "whole packets=${!name} -o /dev/null"
done

# Each file is removed at once, so that none is written to memory or disk blocks fresher than the others'.
packets=$(count $voip)
file=$dir/x.pcap
printf '\nto a file, %d packets of 202 bytes\n\n' "$packets"
$compare --items "$packets" --warm-up --base weir-gen "weir-gen=$voip -o $file && rm $file" \
  "libtins PacketWriter=$bin/bench_tins_writer $packets $file && rm $file" \
  "bytes alone=head -c $((packets * 218)) /dev/zero > $file && rm $file"
