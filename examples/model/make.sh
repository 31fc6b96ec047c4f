#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Makes default.ubj, the model that weir-predict-shape uses when none is named: seven categories, learnt from
# generated traffic and, where a folder is given, from recordings of the laboratory (captures NAME.pcap, and
# their ground truth in its *.csv). The weir tools have to be on PATH.
#
# usage: make.sh [LAB_FOLDER]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Sixteen small networks, each a capture of its own: what differs between them is what must not be learnt.
for seed in $(seq 101 116); do
  weir-gen -q --preset categories --ues 12 --duration 60s --seed "$seed" --method pcap --snaplen 128 \
    -o "$work/gen-$seed.pcap" --ground-truth "$work/gen-$seed.csv"
done
# One file of ground truth, as weir-extract takes it.
head -n 1 "$work/gen-101.csv" >"$work/truth.csv"
tail -q -n +2 "$work"/gen-*.csv >>"$work/truth.csv"
weir-extract -q --ground-truth "$work/truth.csv" --emit-at 5,10,20,end "$work"/gen-*.pcap -o "$work/flows.csv"
data=("$work/flows.csv")

if [ $# -gt 0 ]; then
  head -q -n 1 "$1"/*.csv | head -n 1 >"$work/lab.csv"
  tail -q -n +2 "$1"/*.csv >>"$work/lab.csv"
  weir-extract -q --ground-truth "$work/lab.csv" --emit-at 5,10,20,end "$1"/*.pcap -o "$work/lab-flows.csv"
  data+=("$work/lab-flows.csv")
fi

weir-train --data "${data[@]}" --algorithm gbdt --seed 1 --calibration temperature \
  --model-out "$here/default.ubj"
