#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Measures training and predicting beside XGBoost's C API, and reading tables beside pandas, and prints the tables of
# docs/performance.md. Builds nothing: build the release preset and its target `bench` first.
#
# usage: tests/bench/model.sh [--bin FOLDER] [--rounds N] [--dir FOLDER]
#   --bin     where bench_model, weir-gen and weir-extract are (build/release/bin)
#   --rounds  trainings and readings of each (3)
#   --dir     keeps the models and tables, and uses the forest that is there (a temporary folder, removed at the end; its
#             forest takes minutes to train)
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin rounds=3 dir=''
while (($#)); do
  case $1 in
    --bin) bin=$2 ;;
    --rounds) rounds=$2 ;;
    --dir) dir=$2 ;;
    *)
      sed -n '/^# usage/,/^set/{s/^# \?//;/^set/!p}' "$0" >&2
      exit 2
      ;;
  esac
  shift 2
done
for program in bench_model weir-gen weir-extract; do
  if [[ ! -x $bin/$program ]]; then
    echo "$0: no $bin/$program; build it: cmake --preset release && cmake --build --preset release --target all bench" >&2
    exit 2
  fi
done
scripts/deps.sh bench
if [[ -z $dir ]]; then
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), one thread, Linux $(uname -r), $(date -I)."
for package in libxgboost0 python3-pandas; do
  echo "$package $(dpkg-query --show --showformat='${Version}' "$package" 2>/dev/null)"
done | paste -sd, | sed 's/,/, /g; s/$/./'

printf '\n**Training on 100,000 rows x 40 columns**\n\n'
"$bin/bench_model" train "$dir" "$rounds"

printf '\n**Predicting, boosting: 100 rounds x 8 classes, depth 6**\n\n'
"$bin/bench_model" predict "$dir/boosted.ubj"
printf '\n**Predicting, forest: 200 trees x 8 classes, depth 12**\n\n'
[[ -s $dir/forest.ubj ]] || "$bin/bench_model" forest "$dir"
"$bin/bench_model" predict "$dir/forest.ubj"

printf '\n**Reading tables**\n\n'
"$bin/bench_model" table "$dir/numbers.csv"
/usr/bin/python3 tests/bench/read_table.py "$bin/bench_model" "$dir/numbers.csv" "$((2 * rounds + 1))"
flows=$dir/flows.csv
if [[ ! -s $flows ]]; then
  "$bin/weir-gen" -q --method pcap --type steady --seed 1 --flows 20000 --packets-per-flow 20 --snaplen 128 \
    --ground-truth "$dir/truth.csv" -o "$dir/flows.pcap"
  "$bin/weir-extract" -q --ground-truth "$dir/truth.csv" -o "$flows" "$dir/flows.pcap"
fi
echo
/usr/bin/python3 tests/bench/read_table.py "$bin/bench_model" "$flows" "$((2 * rounds + 1))"
