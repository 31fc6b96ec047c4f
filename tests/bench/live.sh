#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Live classification under load: UDP flows cross a veth pair between two network namespaces made for this, at each of
# several rates, and weir-predict-shape classifies them with all features and a boosted model. Prints a row for each
# rate; ends with 1 where a packet was lost at the first rate. Builds nothing: build the release preset and its target
# `bench` first. Needs root. Takes about (SECONDS + 3) x rates.
#
# usage: tests/bench/live.sh [--bin FOLDER] [--rates "N..."] [--seconds N] [--flows N] [--packets N] [--bytes N]
#                            [--buffer MIB] [--busy N] [--nice N]
#   --bin      where the tools and bench_frame_sender are (build/release/bin)
#   --rates    packets a second ("200000 250000")
#   --seconds  of sending (30)
#   --flows    that send at the same time (1000)
#   --packets  of a flow, before another takes its place (200)
#   --bytes    of a frame (200)
#   --buffer   size of the kernel's buffer (64)
#   --busy     programs beside it that compute all the time (0)
#   --nice     of weir (0); -10 comes before what others compute
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin rates='200000 250000' seconds=30 flows=1000 packets=200 bytes=200 buffer=64 busy=0 nice=0
while (($#)); do
  case $1 in
    --bin) bin=$2 ;;
    --rates) rates=$2 ;;
    --seconds) seconds=$2 ;;
    --flows) flows=$2 ;;
    --packets) packets=$2 ;;
    --bytes) bytes=$2 ;;
    --buffer) buffer=$2 ;;
    --busy) busy=$2 ;;
    --nice) nice=$2 ;;
    *)
      sed -n '/^# usage/,/^set/{s/^# \?//;/^set/!p}' "$0" >&2
      exit 2
      ;;
  esac
  shift 2
done
for program in weir-predict-shape weir-extract weir-train bench_frame_sender; do
  if [[ ! -x $bin/$program ]]; then
    echo "$0: no $bin/$program; build it: cmake --preset release && cmake --build --preset release --target all bench" >&2
    exit 2
  fi
done
bin=$(cd "$bin" && pwd)
[[ $(id -u) -eq 0 ]] || { echo "$0: needs root" >&2; exit 2; }

folder=$(mktemp -d)
near=weir-bench-near-$$
far=weir-bench-far-$$
weir=''
others=()
clean_up() {
  [[ -z $weir ]] || kill "$weir" 2> /dev/null || true
  ((!${#others[@]})) || kill "${others[@]}" 2> /dev/null || true
  ip netns del "$near" 2> /dev/null || true
  ip netns del "$far" 2> /dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' INT TERM
ip netns add "$near"
ip netns add "$far"
ip link add near0 netns "$near" type veth peer name far0 netns "$far"
for side in near far; do
  ip netns exec "${!side}" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  ip -n "${!side}" link set "${side}0" up
done

"$bin/weir-extract" -q --ground-truth examples/captures/truth.csv --emit-at 5,10,20,end -o "$folder/train.csv" \
  examples/captures/run-[12].pcap
"$bin/weir-train" -q --data "$folder/train.csv" --algorithm gbdt --model-out "$folder/model.ubj" > "$folder/report.txt"

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), $(date -I)."
echo "$flows flows at a time, $packets packets each, $bytes bytes a frame, $seconds s, ring of $buffer MiB, $busy busy programs, nice $nice."
for _ in $(seq "$busy"); do
  sha256sum /dev/zero &
  others+=($!)
done
echo
echo "| packets/s asked | sent | sent/s | received | lost by the kernel | by the interface | verdicts | p50 ms | p99 ms | most ms | weir's CPU |"
echo "|---|---|---|---|---|---|---|---|---|---|---|"
status=0
first=1
for rate in $rates; do
  : > "$folder/weir.err"
  rm -f "$folder/heartbeat.ndjson"
  ip netns exec "$far" taskset -c $(($(nproc) - 1)) nice -n "$nice" "$bin/weir-predict-shape" --model "$folder/model.ubj" -i far0 \
    --buffer "$buffer" -d $((seconds + 60))s --heartbeat "$folder/heartbeat.ndjson" -o /dev/null 2> "$folder/weir.err" &
  weir=$!
  for _ in $(seq 100); do
    grep -qs 'capturing on' "$folder/weir.err" && break
    sleep 0.1
  done
  sent=$(ip netns exec "$near" taskset -c 0 "$bin/bench_frame_sender" near0 "$rate" "$seconds" "$flows" "$packets" "$bytes")
  sleep 2
  # To the nanosecond; the ticks of /proc/PID/stat miss work that is shorter than they are.
  busy=$(cat "/proc/$weir"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f", sum }')
  kill -INT "$weir"
  wait "$weir"
  weir=''
  python3 - "$folder/heartbeat.ndjson" "$rate" "$sent" "$busy" "$seconds" << 'PYTHON' || { ((!first)) || status=1; }
import json, sys
path, rate, sent, busy, seconds = sys.argv[1:]
last = [json.loads(line) for line in open(path)][-1]
count, _, refused, _, speed, _ = sent.replace(",", "").split()
print(f"| {int(rate):,} | {int(count):,} | {int(speed):,} | {last['packets']:,} | {last['dropped_by_kernel']:,} "
      f"| {last['dropped_by_interface']:,} | {last['provisional']:,} + {last['verdicts'] - last['provisional']:,} "
      f"| {last['latency_p50_ms']:.2f} | {last['latency_p99_ms']:.2f} | {last['latency_max_ms']:.1f} "
      f"| {100 * int(busy) * 1e-9 / float(seconds):.0f} % |")
sys.exit(last["packets"] != int(count) or int(refused) > 0)
PYTHON
  first=0
done
exit $status
