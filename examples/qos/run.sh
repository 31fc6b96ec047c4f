#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Measures what classification is worth to a call on a link of 20 Mbit/s that is full: delay and loss of the call, time
# to fetch a page, throughput of the file transfers, without shaping, with weir, and with rules by port. README.md says how.
set -euo pipefail

usage() {
  cat << 'END'
Usage: run.sh [-o FOLDER] [--repetitions N] [--seconds N] [--bin FOLDER] [--record] [--quick]

Measures six cases ({no shaping, weir, rules by port} x {honest ports, 15 Mbit/s of bulk on the call's port}), weir with a
model that is wrong on purpose, and an idle link. Everything happens in network namespaces of its own, which are gone
when it ends. Needs root, and the tools of weir. The first run records training captures and trains on them (a minute);
a repetition takes two minutes. Writes FOLDER/report.html, FOLDER/delay.svg and what was measured, and prints a table.

  -o, --output FOLDER  where it all goes (default qos); repetitions that are there already count, the models are kept
  --repetitions N      how many to add (default 5); 0 only writes the report anew
  --seconds N          of each call (default 10)
  --bin FOLDER         where the tools are (default build/release/bin of this project)
  --record             only record and train
  --quick              one short repetition of two cases, weir and the wrong model, on a smaller recording
  -h, --help           this text

Exit status: 0 done, 1 something failed, 2 usage, 77 the kernel cannot do it, 130 interrupted.

Examples:
  sudo examples/qos/run.sh
  sudo examples/qos/run.sh -o /tmp/qos --repetitions 1
END
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "run.sh: $*" >&2; exit 1; }
misuse() { echo "run.sh: $* (see --help)" >&2; exit 2; }
skip() { echo "run.sh: $*" >&2; exit 77; }

output=qos repetitions=5 seconds=10 bin=$here/../../build/release/bin quick='' record_only='' lead=2
while (($#)); do
  case $1 in
    -o | --output | --repetitions | --seconds | --bin) (($# > 1)) || misuse "$1 needs a value" ;;&
    -o | --output) output=$2; shift ;;
    --repetitions) [[ $2 =~ ^[0-9]{1,3}$ ]] || misuse "--repetitions: a number, not $2"; repetitions=$2; shift ;;
    --seconds) [[ $2 =~ ^[3-9]$|^[1-9][0-9]{1,2}$ ]] || misuse "--seconds: at least 3, not $2"; seconds=$2; shift ;;
    --bin) bin=$2; shift ;;
    --record) record_only=yes ;;
    --quick) quick=yes repetitions=1 seconds=3 lead=1 ;;
    -h | --help) usage; exit 0 ;;
    *) misuse "unknown argument $1" ;;
  esac
  shift
done
[[ -x $bin/weir-predict-shape ]] || fail "no weir-predict-shape in $bin; build it, or name its folder with --bin"
bin=$(cd "$bin" && pwd)
[[ $(id -u) -eq 0 ]] || skip "needs root: it makes network namespaces"
for tool in ip:iproute2 tc:iproute2 nft:nftables ethtool:ethtool python3:python3; do
  command -v "${tool%:*}" > /dev/null || skip "no ${tool%:*}; install it: apt-get install ${tool#*:}"
done
python=$(python3 -c 'import sys; print(sys.executable)') # not a wrapper, which would cost a start each time
export PYTHONDONTWRITEBYTECODE=1

# shellcheck source-path=SCRIPTDIR source=network.sh
. "$here/network.sh"
# shellcheck source-path=SCRIPTDIR source=training.sh
. "$here/training.sh"

prefix=weir-qos-$$
background=()
clean_up() {
  local status=$? ns
  trap - EXIT
  trap '' INT TERM
  ((${#background[@]} == 0)) || kill "${background[@]}" 2> /dev/null || true
  wait
  for ns in $(ip netns list | cut -d' ' -f1); do
    [[ $ns != "$prefix"-* ]] || ip netns del "$ns"
  done
  rm -rf "$output/unfinished-$$"
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# open_gate FOLDER COUNT: when so many programs are ready, tells them when to begin, and prints it.
open_gate() {
  local start try
  for try in {1..600}; do
    [[ $(find "$1" -name 'ready-*' | wc -l) -lt $2 ]] || break
    sleep 0.05
  done
  ((try < 600)) || fail "a program did not start"
  start=$(date +%s.%N | awk '{ printf "%.6f", $1 + 0.2 }')
  echo "$start" > "$1/go.new"
  mv "$1/go.new" "$1/go"
  echo "$start"
}

# ---- A case ----

mbit=20 queue=1000
voice_port=5004 web_port=80 bulk_port=2021
policy=$here/../policies/lab.toml

# start_weir MODEL FOLDER
start_weir() {
  "${on_router[@]}" "$bin/weir-predict-shape" --model "$1" -i $narrow --policy "$policy" --bandwidth ${mbit}mbit \
    --shape --yes -o - < /dev/null > "$2/verdicts.csv" 2> "$2/weir.txt" &
  weir=$!
  background+=("$weir")
  for _ in {1..100}; do
    ! grep -qs 'capturing on' "$2/weir.txt" || return 0
    sleep 0.05
  done
  fail "weir did not start: $(cat "$2/weir.txt")"
}

# measure NAME SHAPING LIAR FOLDER [CALL_AT LOAD_AT]: one case. SHAPING: none, ports, right (weir), wrong (weir with the wrong
# model). LIAR: honest (no flood), lying (the flood), idle (nothing but the call). The call starts CALL_AT and the load
# LOAD_AT seconds into the case.
measure() {
  local name=$1 shaping=$2 liar=$3 folder=$4/$1 call_at=${5:-$lead} load_at=${6:-0} weir='' pids=() start call load
  local gate=$folder/gate
  mkdir -p "$gate"
  network_up "$prefix"
  case $shaping in
    none) plain_queue $mbit $queue ;;
    ports) port_rules $mbit $voice_port $web_port ;;
    *) start_weir "$output/$([[ $shaping == right ]] && echo model || echo wrong).ubj" "$folder" ;;
  esac
  "${on_server[@]}" "$python" "$here/load.py" web-serve $server:$web_port --gate "$gate" & background+=($!)
  "${on_server[@]}" "$python" "$here/load.py" bulk-serve $server:$bulk_port --gate "$gate" & background+=($!)
  # Both ends talk; the way to the client is the one that is full. Everything ends with the call.
  call=(--gate "$gate" --at "$call_at" --seconds "$seconds")
  load=(--gate "$gate" --at "$load_at" --seconds $((call_at + seconds - load_at)))
  "${on_server[@]}" "$python" "$here/voice.py" --local $server:$voice_port --peer $client:$voice_port "${call[@]}" &
  pids+=($!)
  "${on_client[@]}" "$python" "$here/voice.py" --local $client:$voice_port --peer $server:$voice_port "${call[@]}" \
    --log "$folder/voice.csv" & pids+=($!)
  if [[ $liar != idle ]]; then
    "${on_client[@]}" "$python" "$here/load.py" bulk-fetch $server:$bulk_port "${load[@]}" --flows 4 \
      --log "$folder/bulk.csv" & pids+=($!)
    "${on_client[@]}" "$python" "$here/load.py" web-fetch $server:$web_port "${load[@]}" --bytes 20000 --every 200 \
      --log "$folder/web.csv" & pids+=($!)
  fi
  if [[ $liar == lying ]]; then
    "${on_client[@]}" "$python" "$here/load.py" flood-sink $client_too:$voice_port "${load[@]}" \
      --log "$folder/flood.csv" & pids+=($!)
    "${on_server[@]}" "$python" "$here/load.py" flood $client_too:$voice_port --from $server_too:$voice_port "${load[@]}" \
      --rate 15 --bytes 1400 & pids+=($!)
  fi
  background+=("${pids[@]}")
  start=$(open_gate "$gate" $((${#pids[@]} + 2)))
  printf 'seconds=%s\nstart=%s\ncall=%s\nload=%s\n' "$seconds" "$start" "$call_at" "$load_at" > "$folder/case.txt"
  wait "${pids[@]}" || fail "a program of the case $name failed"
  if [[ -n $weir ]]; then
    kill -TERM "$weir"
    wait "$weir" || fail "weir failed: $(cat "$folder/weir.txt")"
    [[ "$("${on_router[@]}" nft list tables)$("${on_router[@]}" tc qdisc show dev $narrow root)" == 'qdisc noqueue'* ]] ||
      fail "weir left rules or queues behind"
  fi
  kill "${background[@]}" 2> /dev/null || true
  wait
  background=()
  rm -r "$gate"
  network_down "$prefix"
}

# ---- All of it ----

network_up "$prefix" 2> /dev/null || skip "the kernel refuses network namespaces or veth pairs"
{ "${on_router[@]}" nft add table inet probe && plain_queue $mbit $queue; } 2> /dev/null ||
  skip "the kernel has no nftables or no HTB"
network_down "$prefix"

mkdir -p "$output"
output=$(cd "$output" && pwd)
if [[ ! -s $output/model.ubj || ! -s $output/wrong.ubj ]]; then
  if [[ ! -s $output/captures/truth.csv ]]; then
    echo "run.sh: recording what to train on" >&2
    if [[ -n $quick ]]; then record 2 3 "$output/captures"; else record 6 6 "$output/captures"; fi
  fi
  train "$output"
fi
[[ -z $record_only ]] || exit 0

for ((n = 0; n < repetitions; n++)); do
  number=1
  while [[ -e $output/repetition-$number ]]; do number=$((number + 1)); done
  echo "run.sh: repetition $number" >&2
  folder=$output/unfinished-$$
  mkdir "$folder"
  if [[ -z $quick ]]; then
    measure idle none idle "$folder"
    measure none-honest none honest "$folder"
    measure ports-honest ports honest "$folder"
    measure weir-honest right honest "$folder"
    measure none-lying none lying "$folder"
    measure ports-lying ports lying "$folder"
  fi
  measure weir-lying right lying "$folder"
  measure wrong wrong lying "$folder" 1 $((1 + (seconds + 3) / 5))
  mv "$folder" "$output/repetition-$number"
done
"$python" "$here/report.py" "$output"
