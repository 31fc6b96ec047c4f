#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Installs a build into an empty folder and builds and runs examples/embed against what was installed.
#
# usage: install.sh PROJECT_FOLDER BUILD_FOLDER
set -euo pipefail
project=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" >/dev/null
for tool in weir weir-capture weir-evaluate weir-extract weir-gen weir-pipeline weir-predict-shape weir-train; do
  "$work/prefix/bin/$tool" --version
done
test -f "$work/prefix/share/weir/labels/lab.toml"
"$work/prefix/bin/weir-gen" -q --preset categories --ues 4 --duration 5s --method pcap -o "$work/categories.pcap"
"$work/prefix/bin/weir-predict-shape" -q -r "$work/categories.pcap" -o "$work/predictions.csv"
grep -q ',default.ubj$' "$work/predictions.csv"

cmake -S "$project/examples/embed" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$work/build"

"$work/prefix/bin/weir" gen --type voip --method pcap --duration 2 --seed 1 -o "$work/voip.pcap"
"$work/build/count_flows" "$work/voip.pcap" | tee "$work/flows"
grep -Eq '^[1-9][0-9]* flows$' "$work/flows"
grep -Eq ' port 5555: [1-9][0-9]* packets' "$work/flows"
