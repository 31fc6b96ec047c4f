#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Makes default.ubj, the model that weir-predict-shape uses when none is named: the seven categories and Other, learnt
# from generated traffic and from recordings of the laboratory (captures NAME.pcap, and their ground truth in *.csv).
# The weir tools have to be on PATH.
#
# usage: make.sh [LAB_FOLDER]      default: examples/captures
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=${1:-$here/../captures}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One file of ground truth, as weir-extract takes it.
join() { head -q -n 1 "$@" | head -n 1 && tail -q -n +2 "$@"; }

# Sixteen small networks, each a capture of its own: what differs between them is what must not be learnt.
for seed in $(seq 101 116); do
  weir-gen -q --preset categories --ues 12 --duration 60s --seed "$seed" --method pcap --snaplen 128 \
    -o "$work/gen-$seed.pcap" --ground-truth "$work/gen-$seed.csv"
done
join "$work"/gen-*.csv >"$work/gen.csv"
join "$lab"/*.csv >"$work/lab.csv"
weir-extract -q --ground-truth "$work/gen.csv" --emit-at 5,10,20,end "$work"/gen-*.pcap -o "$work/gen-flows.csv"
weir-extract -q --ground-truth "$work/lab.csv" --emit-at 5,10,20,end "$lab"/*.pcap -o "$work/lab-flows.csv"
weir-train --data "$work/gen-flows.csv" "$work/lab-flows.csv" --keep-other --algorithm gbdt --seed 1 \
  --calibration temperature --model-out "$here/default.ubj"
