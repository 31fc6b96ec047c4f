#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Live classification for real. A capture is replayed over a veth pair: the verdicts on the wire have to be those on a
# recording of the same interface at the same time; then usage, heartbeat, the terminal view and errors.
#
# usage: live_predict.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
here=$(cd "$(dirname "$0")" && pwd)
captures=$here/../../examples/captures

start() { # NAME TOOL OPTION...
  local name=$1 tool=$2
  shift 2
  : > "$folder/$name.err"
  ip netns exec "$far" "$bin/$tool" "$@" 2> "$folder/$name.err" &
  started=$!
  until_true grep -qs 'capturing on' "$folder/$name.err"
}
replay() { near python3 "$here/replay.py" near0 "$captures/run-1.pcap" "$@"; }

"$bin/weir-extract" -q --ground-truth "$captures/truth.csv" --emit-at 5,10,20,end --idle-timeout 3s \
  -o "$folder/train.csv" "$captures"/run-[1-3].pcap &&
  "$bin/weir-train" -q --data "$folder/train.csv" --algorithm gbdt --idle-timeout 3s --model-out "$folder/model.ubj" > /dev/null
check "a model" 0 $?

start record weir-capture -i far0 --format pcap -o "$folder/far0"
record=$started
start live weir-predict-shape --model "$folder/model.ubj" -i far0 --heartbeat "$folder/heartbeat.ndjson" \
  --account "$folder/usage.csv" --account-every 2s > "$folder/live.csv"
live=$started
sent=$(replay 0 1000)
# Provisional verdicts do not wait for anything; the others come when their flows have been silent.
is_early() { grep -q ',provisional,' "$folder/live.csv"; }
until_true is_early
check "provisional verdicts are there at once" yes "$(is_early && echo yes)"
has_ended() { grep -q ',final,' "$folder/live.csv"; }
until_true has_ended
sleep 5
sent=$((sent + $(replay 1000)))
all_came() { [ "$(tail -n 1 "$folder/heartbeat.ndjson" | python3 -c 'import json, sys; print(json.load(sys.stdin)["packets"])')" -ge "$sent" ]; }
until_true all_came
kill -INT "$live" "$record"
wait "$live"
check "exit code after SIGINT" 0 $?
wait "$record"
"$bin/weir-predict-shape" -q --model "$folder/model.ubj" -r "$folder/far0" > "$folder/offline.csv"
check "there are verdicts of both kinds" "final provisional " \
  "$(tail -n +2 "$folder/live.csv" | cut -d, -f13 | sort -u | tr '\n' ' ')"
check "live verdicts are those of the recording" same "$(cmp "$folder/live.csv" "$folder/offline.csv" && echo same)"
check "nothing lost" 1 "$(grep -c "far0: $sent packets received, [0-9]* verdicts, 0 dropped by the kernel, 0 by the interface" "$folder/live.err")"
python3 - "$folder" "$sent" << 'PYTHON' > "$folder/figures"
import csv, ipaddress, json, sys
folder, sent = sys.argv[1], int(sys.argv[2])
beats = [json.loads(line) for line in open(folder + "/heartbeat.ndjson")]
rows = list(csv.DictReader(open(folder + "/live.csv")))
print("beats", len(beats) >= 5, beats[-1]["packets"] == sent, beats[-1]["dropped_by_kernel"])
print("verdicts", beats[-1]["verdicts"] == len(rows),
      beats[-1]["provisional"] == sum(row["verdict"] == "provisional" for row in rows))
usage = list(csv.DictReader(open(folder + "/usage.csv")))
final = [row for row in rows if row["verdict"] == "final"]
print("usage", sum(int(row["packets"]) for row in usage) == sum(int(row["packets"]) for row in final),
      sum(int(row["bytes"]) for row in usage) == sum(int(row["bytes"]) for row in final),
      len({row["time"] for row in usage}) >= 2, all(row["user"] == "" or ipaddress.ip_address(row["user"]).is_private for row in usage))
PYTHON
check "heartbeat" "beats True True 0" "$(sed -n 1p "$folder/figures")"
check "verdicts are counted" "verdicts True True" "$(sed -n 2p "$folder/figures")"
check "usage adds up to what the flows had" "usage True True True True" "$(sed -n 3p "$folder/figures")"

# How late verdicts come out of a pipe, from the time stamp of their packet: half of them, for others may have to wait
# for a processor.
cat > "$folder/stamp.py" << 'PYTHON'
import sys, time
columns = sys.stdin.readline().rstrip().split(",")
late = []
for line in sys.stdin:
    row = dict(zip(columns, line.rstrip().split(",")))
    if row["verdict"] == "provisional":
        late.append(time.time() - float(row["time"]))
print(len(late), round(1000 * sorted(late)[len(late) // 2]) if late else "none")
PYTHON
mkfifo "$folder/pipe"
python3 "$folder/stamp.py" < "$folder/pipe" > "$folder/late" &
stamp=$!
start timed weir-predict-shape --model "$folder/model.ubj" -i far0 > "$folder/pipe"
replay 0 1000 > /dev/null
sleep 1
kill -INT "$started"
wait "$started"
wait "$stamp"
read -r verdicts late_ms < "$folder/late"
check "provisional verdicts leave within 100 ms ($verdicts of them, half within $late_ms ms)" yes \
  "$([ "$verdicts" -gt 0 ] && [ "$late_ms" -le 100 ] && echo yes)"

# The terminal view, in a terminal.
if command -v tmux > /dev/null; then
  far tmux -L "weir-$$" -f /dev/null new-session -d -x 80 -y 24 \
    "NO_COLOR=1 $bin/weir-predict-shape --model $folder/model.ubj -i far0 --top 2> $folder/top.err; echo ended with \$?; sleep 60"
  until_true grep -qs 'capturing on' "$folder/top.err"
  replay 0 500 > /dev/null
  page() { far tmux -L "weir-$$" capture-pane -p; }
  shows_users() { page | grep -q '^USER' && page | grep -qE '^weir  far0  0:00:' && page | grep -qE '^packets '; }
  until_true shows_users
  check "--top: classes and users" yes "$(shows_users && echo yes)"
  kill -INT "$(pgrep -f "predict-shape --model $folder/model.ubj -i far0 --top" | tail -n 1)"
  is_restored() { page | grep -q '^ended with 0'; }
  until_true is_restored
  check "--top: the terminal is given back" "ended with 0" "$(page | head -n 1)"
  check "--top: the cursor, too" 1 "$(far tmux -L "weir-$$" display-message -p '#{cursor_flag}')"
  far tmux -L "weir-$$" kill-server
else
  echo "SKIP: no tmux: the terminal view is not checked"
fi
far "$bin/weir-predict-shape" --model "$folder/model.ubj" -i far0 --top > "$folder/out" 2> "$folder/stderr"
check "--top without a terminal: exit code" 2 $?

# The interface goes away: what was seen gets its verdicts.
far ip link add late0 type veth peer name late1
far ip link set late0 up
far ip link set late1 up
start away weir-predict-shape --model "$folder/model.ubj" -i late0 --format ndjson -o "$folder/away.ndjson"
far python3 "$here/replay.py" late1 "$captures/run-1.pcap" 0 200 > /dev/null
sleep 0.5
far ip link del late0
wait "$started"
check "away: exit code" 1 $?
check "away: said" 1 "$(grep -cE 'capturing on late0 failed: the interface went (away|down)' "$folder/away.err")"
check "away: final verdicts" yes "$(grep -q '"verdict":"final"' "$folder/away.ndjson" && echo yes)"

"$bin/weir-extract" -q --ground-truth "$captures/truth.csv" -o "$folder/whole.csv" "$captures"/run-[1-3].pcap
"$bin/weir-train" -q --data "$folder/whole.csv" --algorithm gbdt --model-out "$folder/whole.ubj" > /dev/null
far "$bin/weir-predict-shape" --model "$folder/whole.ubj" -i far0 -d 200ms > "$folder/out" 2> "$folder/stderr"
check "a model of whole flows: exit code" 0 $?
check "a model of whole flows: said" 1 "$(grep -c 'knows whole flows only' "$folder/stderr")"
"$bin/weir-extract" -q --level packet --ground-truth "$captures/truth.csv" -o "$folder/packets.csv" "$captures"/run-[12].pcap
"$bin/weir-train" -q --data "$folder/packets.csv" --algorithm gbdt --model-out "$folder/packets.ubj" > /dev/null
far "$bin/weir-predict-shape" --model "$folder/packets.ubj" -i far0 -d 200ms > "$folder/out" 2> "$folder/stderr"
check "a model of packets: exit code" 1 $?
check "a model of packets: said" 1 "$(grep -c 'trained on packet rows' "$folder/stderr")"
far "$bin/weir-predict-shape" --model "$folder/model.ubj" -i nothing0 > "$folder/out" 2> "$folder/stderr"
check "no such interface: exit code" 1 $?

[ "$failures" -eq 0 ]
