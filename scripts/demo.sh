#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Shows the main job on real traffic: installs what is missing, builds the release preset, trains a model on
# captures of real programs, classifies the flows of others and writes demo/report.html.
#
# usage: scripts/demo.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

captures=examples/captures
export PATH="$PWD/build/release/bin:$PATH"

say() { printf '\n== %s\n' "$1"; }
run() {
  printf '$ %s\n' "$*"
  "$@"
}

say "Installing what is missing"
scripts/deps.sh build

say "Building the release preset (two or three minutes the first time)"
mkdir -p build demo
cmake --preset release >build/demo-configure.log 2>&1 || { cat build/demo-configure.log >&2; exit 1; }
cmake --build --preset release

say "From packets to flows: four recordings to train on, with their ground truth"
run weir extract --ground-truth "$captures/truth.csv" -o demo/train.csv "$captures"/run-[1-4].pcap

say "Generated traffic beside them: it does nothing for the laboratory, and much for networks that are not like it"
for network in 1 2 3 4; do
  run weir gen --preset categories --ues 12 --duration 60s --seed "$network" --method pcap --snaplen 128 \
    -o "demo/network-$network.pcap" --ground-truth "demo/network-$network.csv"
  run weir extract --ground-truth "demo/network-$network.csv" -o "demo/base-$network.csv" "demo/network-$network.pcap"
done

say "Training; the figures are those of captures held out from it"
run weir train --data demo/train.csv --base demo/base-[1-4].csv --min-packets 10 --keep-other --algorithm gbdt --model-out demo/model.ubj

say "Evaluating on two other recordings, which the model has never seen"
run weir extract --ground-truth "$captures/truth.csv" -o demo/eval.csv "$captures"/run-[56].pcap
run weir evaluate --model demo/model.ubj --data demo/eval.csv --html demo/report.html --json demo/report.json

say "Classifying the flows of a capture: one line a flow"
run weir predict-shape --model demo/model.ubj -r "$captures/run-6.pcap" -o demo/predictions.csv
cut -d, -f4-8,11,12 demo/predictions.csv | sed -n '1,9p'

cat <<END

All recordings come from one laboratory, so these figures are the easy case: on networks that a model has not
seen, expect far less (docs/models.md).

Made:
  demo/train.csv, demo/eval.csv   flow features with their labels
  demo/network-N.*, base-N.csv    generated captures, their ground truth and flow features
  demo/model.ubj                  the model; Python's xgboost opens it as it is
  demo/report.html                the report: open it in a browser
  demo/predictions.csv            a class and a confidence for each flow

Try next:
  export PATH="$PWD/build/release/bin:\$PATH"
  weir --help
  weir extract --help
  weir gen --type all --method pcap --duration 10 -o lab.pcap --ground-truth lab.csv
  sudo env PATH="\$PATH" weir capture -i lo -d 10 -o mine.pcap
  weir predict-shape --model demo/model.ubj -r mine.pcap
END
