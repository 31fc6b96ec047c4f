#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Live extraction for real. A capture is replayed over a veth pair; what weir-extract makes of it on the wire has to be,
# byte for byte, what it makes of a recording of the same interface at the same time. Then what happens to the
# interface: down, away, late, forbidden.
#
# usage: live_extract.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
here=$(cd "$(dirname "$0")" && pwd)
capture=$here/../../examples/captures/run-1.pcap

# start NAME TOOL OPTION...: the tool in the background on the far side, messages in NAME.err; waits until it captures.
start() {
  local name=$1 tool=$2
  shift 2
  ip netns exec "$far" "$bin/$tool" "$@" 2> "$folder/$name.err" &
  started=$!
  until_true grep -qsE 'capturing on|waiting' "$folder/$name.err"
}
replay() { near python3 "$here/replay.py" near0 "$capture" "$@"; }
lines() { grep -c '' "$1"; }

# Identity. Both sockets get the kernel's one time stamp of a packet. The recording has the interface's name, so that
# the `capture` column is equal, too.
options=(--emit-at 5,10,20,end --idle-timeout 3s)
start record weir-capture -i far0 --format pcap -o "$folder/far0"
record=$started
start flows weir-extract -i far0 "${options[@]}" > "$folder/flows.csv"
flows=$started
start packets weir-extract -i far0 --level packet --snaplen 2000 > "$folder/packets.csv"
packets=$started
sent=$(replay 0 1000)
# Silence: the time-out comes without any packet.
timed_out() { grep -q ',idle_timeout,' "$folder/flows.csv"; }
until_true timed_out
check "silence: flows end" yes "$(timed_out && echo yes)"
early=$(grep -c ',idle_timeout,' "$folder/flows.csv")
sent=$((sent + $(replay 1000)))
all_came() { [ "$(lines "$folder/packets.csv")" -gt "$sent" ]; }
until_true all_came
kill -INT "$flows" "$packets" "$record"
wait "$flows"
check "flows: exit code after SIGINT" 0 $?
wait "$packets"
check "packets: exit code after SIGINT" 0 $?
wait "$record"
check "recording: exit code" 0 $?
check "recording: nothing lost" "weir-capture: far0: $sent packets received, $sent written, 0 dropped by the kernel, 0 by the interface" \
  "$(tail -n 1 "$folder/record.err")"
check "flows: counters" 1 \
  "$(grep -c "far0: $sent packets received, [0-9]* rows, 0 dropped by the kernel, 0 by the interface" "$folder/flows.err")"
"$bin/weir-extract" -q "${options[@]}" "$folder/far0" > "$folder/flows.offline.csv"
"$bin/weir-extract" -q --level packet "$folder/far0" > "$folder/packets.offline.csv"
check "there are rows enough to compare" yes "$([ "$(lines "$folder/flows.csv")" -gt 50 ] && [ "$early" -ge 1 ] && echo yes)"
check "rows of all kinds" "end_of_flow forced_end idle_timeout none " \
  "$(tail -n +2 "$folder/flows.csv" | cut -d, -f10 | sort -u | tr '\n' ' ')"
check "live flow rows are those of the recording" same \
  "$(cmp "$folder/flows.csv" "$folder/flows.offline.csv" && echo same)"
check "live packet rows are those of the recording" same \
  "$(cmp "$folder/packets.csv" "$folder/packets.offline.csv" && echo same)"

# A flow that is silent to the end, without a recording to wait for.
start silent weir-extract -i far0 --bpf udp --idle-timeout 500ms --format ndjson -d 20s > "$folder/silent.ndjson"
near python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.2", 5555))'
has_row() { [ -s "$folder/silent.ndjson" ]; }
until_true has_row
kill -TERM "$started"
wait "$started"
check "a silent flow: exit code after SIGTERM" 0 $?
check "a silent flow ends" 1 "$(grep -c '"end_reason":"idle_timeout"' "$folder/silent.ndjson")"

# The interface goes down, and comes back.
start down weir-extract -i far0 -o "$folder/down.csv"
sent=$(replay 0 100)
sleep 0.5
far ip link set far0 down
wait "$started"
check "down: exit code" 1 $?
check "down: said" "weir-extract: capturing on far0 failed: the interface went down" "$(tail -n 1 "$folder/down.err")"
check "down: what came before is kept" yes "$([ "$(lines "$folder/down.csv")" -gt 5 ] && echo yes)"
far "$bin/weir-extract" -i far0 -d 1s > "$folder/out" 2> "$folder/stderr"
check "is down: exit code" 1 $?
check "is down: remedy" "weir-extract: far0 is down; bring it up with: ip link set far0 up" "$(cat "$folder/stderr")"
start wait weir-extract -i far0 --wait --level packet > "$folder/wait.csv"
check "--wait: said" "weir-extract: waiting: far0 is down; bring it up with: ip link set far0 up" "$(head -n 1 "$folder/wait.err")"
came=0
for _ in 1 2; do # up, traffic, down, up, traffic
  came=$((came + 1))
  far ip link set far0 up
  is_up() { [ "$(grep -c 'capturing on far0 now' "$folder/wait.err")" -eq "$came" ]; }
  until_true is_up
  replay 0 50 > /dev/null
  has_rows() { [ "$(lines "$folder/wait.csv")" -gt $((50 * came)) ]; }
  until_true has_rows
  far ip link set far0 down
  is_down() { [ "$(grep -c 'the interface went down; waiting' "$folder/wait.err")" -eq "$came" ]; }
  until_true is_down
done
kill -INT "$started"
wait "$started"
check "--wait: exit code" 0 $?
check "--wait: rows of both times" 101 "$(lines "$folder/wait.csv")"

# An interface that comes late, and goes for good.
start late weir-extract -i late0 --wait -d 30s > "$folder/late.csv"
check "late: said" 1 "$(grep -c 'waiting: no interface named late0; there are: ' "$folder/late.err")"
far ip link add late0 type veth peer name late1
far ip link set late0 up
until_true grep -qs 'capturing on late0 now' "$folder/late.err"
kill -INT "$started"
wait "$started"
check "late: exit code" 0 $?
start away weir-extract -i late0 -o "$folder/away.csv"
far ip link del late0
wait "$started"
check "away: exit code" 1 $?
check "away: said" "weir-extract: capturing on late0 failed: the interface went away" "$(tail -n 1 "$folder/away.err")"
check "away: the header is there" 1 "$(lines "$folder/away.csv")"
far "$bin/weir-extract" -i late0 -o "$folder/none" 2> "$folder/stderr"
check "no such interface: exit code" 1 $?
check "no such interface: said" 1 "$(grep -c 'no interface named late0; there are: ' "$folder/stderr")"

if command -v setpriv > /dev/null; then
  far setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
    "$bin/weir-extract" -i lo --wait -o "$folder/none" 2> "$folder/stderr"
  check "not root: exit code" 1 $?
  check "not root: the capability" 1 "$(grep -c 'CAP_NET_RAW is missing; run as root, or: sudo setcap' "$folder/stderr")"
else
  echo "SKIP: no setpriv: what others than root are told is not checked"
fi
check "failed runs leave no file" no "$([ -e "$folder/none" ] && echo yes || echo no)"

[ "$failures" -eq 0 ]
