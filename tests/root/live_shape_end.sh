#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Classifies and shapes at once, and ends while the program has other things to do: a reader of its output that does not
# read, more flows than it can classify in a second. And what else may happen to an interface meanwhile: somebody's
# qdisc, packets that come in, down, away and back.
#
# usage: live_shape_end.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
here=$(cd "$(dirname "$0")" && pwd)
policy=$here/../../examples/policies/lab.toml
need_shaping
make_lab_model

# How long the kernel may have rules after the end was due, as this script sees it: a second, and what starting the
# programs that look may take on a machine with other things to do.
most_ms=2000
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# gone_after WHAT DUE_MS: waits until nothing is left, and checks how long that was after DUE_MS.
gone_after() {
  until_true is_clean
  local late=$(($(now_ms) - $2))
  check "$1: nothing is left" yes "$(is_clean && echo yes)"
  check "$1: in time (after $late ms)" yes "$([ $late -le $most_ms ] && echo yes)"
}
# start OUTPUT OPTION...: shapes near0; $started is the process.
start() {
  local output=$1
  shift
  : > "$folder/stderr"
  ip netns exec "$near" "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" \
    --bandwidth 20mbit --shape --yes "$@" < /dev/null > "$output" 2> "$folder/stderr" &
  started=$!
  until_ready
}
flood() { far python3 "$here/flood.py" far0 "$@" > /dev/null; }

# A reader of a pipe that says when the pipe is full and reads on when it is told to; $reader is its process.
cat > "$folder/reader.py" << 'PYTHON'
import fcntl, os, struct, sys, termios, time
pipe = open(sys.argv[1], "rb")
waiting = []  # bytes in the pipe, which is full when they do not get more; its pages need not be full then
while len(waiting) < 25 or waiting[-25] != waiting[-1] or waiting[-1] < 16384:
    waiting.append(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])
    time.sleep(0.02)
open(sys.argv[2] + "/full", "w").close()
while not os.path.exists(sys.argv[2] + "/go"):
    time.sleep(0.02)
print(pipe.read().count(b"\n"))
PYTHON
hold() {
  rm -f "$folder/fifo" "$folder/full" "$folder/go"
  mkfifo "$folder/fifo"
  python3 "$folder/reader.py" "$folder/fifo" "$folder" > "$folder/read" &
  reader=$!
}
is_full() { [ -e "$folder/full" ]; }
is_blocked() { grep -q '^State:.*S (sleeping)' "/proc/$started/status" && is_full; }
# end_held: the reader goes on; the program ends with all rows written.
end_held() {
  check "$1: the program waits for its reader" yes "$(kill -0 "$started" 2> /dev/null && echo yes)"
  : > "$folder/go"
  wait "$started"
  check "$1: exit code" 0 $?
  wait "$reader"
  check "$1: all rows are there" yes "$([ "$(cat "$folder/read")" -gt 3000 ] && echo yes)"
}

hold
due=$(($(now_ms) + 8000))
start "$folder/fifo" --for 8s
flood 1500 6
until_true is_blocked
check "--for: shaping while the output is stuck" yes "$([ "$(now_ms)" -lt $due ] && is_shaping && echo yes)"
while [ "$(now_ms)" -lt $due ]; do sleep 0.1; done
gone_after "--for, output stuck" $due
end_held "--for, output stuck"

hold
start "$folder/fifo"
flood 1500 6
until_true is_blocked
check "SIGTERM: shaping while the output is stuck" yes "$(is_shaping && echo yes)"
due=$(now_ms)
kill -TERM "$started"
gone_after "SIGTERM, output stuck" "$due"
check "SIGTERM, output stuck: said" 1 "$(grep -c 'near0 is as it was before' "$folder/stderr")"
end_held "SIGTERM, output stuck"

# Many open flows, which all get a verdict at the end.
start /dev/null -o "$folder/final.csv" --heartbeat "$folder/heartbeat.ndjson"
flood 100000 1
open_flows() { tail -n 1 "$folder/heartbeat.ndjson" | sed 's/.*"open_flows":\([0-9]*\).*/\1/'; }
has_all() { [ "$(open_flows)" -ge 100000 ]; }
until_true has_all
open=$(open_flows)
echo "$open flows are open"
due=$(now_ms)
kill -TERM "$started"
gone_after "SIGTERM, many flows" "$due"
wait "$started"
check "SIGTERM, many flows: exit code" 0 $?
echo "the program ended after $(($(now_ms) - due)) ms"
check "SIGTERM, many flows: each has its verdict" "$open" "$(grep -c ',final,' "$folder/final.csv")"

# Packets that come in.
# call_once: with an echo of its own.
call_once() {
  start_echo
  call
  kill "$echo"
  wait "$echo" 2> /dev/null
}
# high DEVICE: packets that its band of calls has sent.
high() { near tc -s class show dev "$1" | awk '$1 == "class" { mine = $3 == "5073:10" } mine && $1 == "Sent" { print $4 }'; }
tables() { near nft list tables | tr '\n' ' '; }
start "$folder/stdout" --ingress
check "--ingress: the rules" "htb 5073: htb 5073: table inet weir table netdev weir " "$(root) $(root weir-ifb) $(tables)"
call_once
packets="$(high near0) $(high weir-ifb)"
echo "$packets packets in the bands of calls, out and in"
check "--ingress: the model calls it VoIP" yes "$(grep -q ',VoIP,' "$folder/stdout" && echo yes)"
check "--ingress: both ways in the band of calls" yes "$([ "${packets% *}" -ge 100 ] && [ "${packets#* }" -ge 100 ] && echo yes)"
due=$(now_ms)
kill -INT "$started"
gone_after "--ingress, SIGINT" "$due"
wait "$started"
check "--ingress, SIGINT: exit code" 0 $?
start "$folder/stdout" --ingress
due=$(now_ms)
kill -KILL "$started"
gone_after "--ingress, SIGKILL" "$due"
wait "$started" 2> /dev/null

# What the rules do, on a terminal.
if command -v tmux > /dev/null; then
  : > "$folder/stderr"
  near tmux -L "weir-shape-$$" -f /dev/null new-session -d -x 80 -y 24 \
    "sh -c 'echo \$\$ > $folder/pid; NO_COLOR=1 exec $bin/weir-predict-shape --model $folder/model.ubj -i near0 --policy $policy --bandwidth 20mbit --shape --yes --top 2> $folder/stderr'; echo ended with \$?; sleep 60"
  until_ready
  call_once &
  page() { near tmux -L "weir-shape-$$" capture-pane -p; }
  shows_rules() { page | grep -qE '^rules    [1-9][0-9]* changes in [1-9][0-9]* transactions, 0 refused; 0 flows demoted' && page | grep -qE '^VoIP .* high +[1-9]'; }
  until_true shows_rules
  page | head -n 16
  check "--top: bands, marked flows, transactions" yes "$(page > "$folder/page"; grep -qE '^CLASS .* BAND MARKED' "$folder/page" && grep -qE '^VoIP .* high ' "$folder/page" && echo yes)"
  wait $!
  kill -INT "$(cat "$folder/pid")"
  until_true eval 'page | grep -q "^ended with 0"'
  check "--top: ended" "ended with 0" "$(page | head -n 1)"
  near tmux -L "weir-shape-$$" kill-server
  until_true is_clean
  check "--top: nothing is left" yes "$(is_clean && echo yes)"
else
  echo "SKIP: no tmux: the terminal view is not checked"
fi

# Somebody's qdisc.
near tc qdisc add dev near0 root handle 77: tbf rate 50mbit burst 15k latency 20ms
before=$(near tc qdisc show dev near0 root)
is_back() { [ "$(near tc qdisc show dev near0 root)" = "$before" ] && [ -z "$(near nft list tables)" ]; }
near "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" --bandwidth 20mbit --shape --yes \
  < /dev/null > "$folder/stdout" 2> "$folder/stderr"
check "somebody's qdisc: exit code" 1 $?
check "somebody's qdisc: the way out" 1 "$(grep -c -e '--replace' "$folder/stderr")"
check "somebody's qdisc: untouched" yes "$(is_back && echo yes)"
start /dev/null --replace --for 1s
check "--replace: shaping" yes "$(is_shaping && echo yes)"
wait "$started"
check "--replace, --for: exit code" 0 $?
check "--replace, --for: it is back" yes "$(is_back && echo yes)"
start /dev/null --replace
kill -KILL "$started"
until_true is_back
check "--replace, SIGKILL: it is back" yes "$(is_back && echo yes)"
wait "$started" 2> /dev/null
near tc qdisc del dev near0 root

# Too few privileges: nothing half done.
if command -v setpriv > /dev/null; then
  chmod 755 "$folder"
  for missing in net_admin net_raw; do
    held=net_admin
    [ $missing = net_admin ] && held=net_raw
    near setpriv --reuid=65534 --clear-groups --inh-caps=-all,+$held --ambient-caps=-all,+$held --bounding-set=-all,+$held \
      "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" --bandwidth 20mbit --leaf pfifo \
      --shape --yes < /dev/null > "$folder/stdout" 2> "$folder/stderr"
    check "without $missing: exit code" 1 $?
    check "without $missing: the capability" 1 "$(grep -c "CAP_${missing^^} is missing; run as root, or: sudo setcap" "$folder/stderr")"
    until_true is_clean
    check "without $missing: nothing is left" yes "$(is_clean && echo yes)"
  done
else
  echo "SKIP: no setpriv: what others than root may do is not checked"
fi

# Down.
start /dev/null
near ip link set near0 down
wait "$started"
check "down: exit code" 1 $?
check "down: said" 1 "$(grep -c 'capturing on near0 failed: the interface went down' "$folder/stderr")"
check "down: nothing is left" yes "$([ -z "$(near nft list tables)" ] && ! is_shaping && echo yes)"
near "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" --bandwidth 20mbit --shape --yes \
  < /dev/null > "$folder/stdout" 2> "$folder/stderr"
check "is down: exit code" 1 $?
check "is down: remedy" 1 "$(grep -c 'near0 is down; bring it up with: ip link set near0 up' "$folder/stderr")"
near ip link set near0 up
until_true is_clean
check "is down: nothing is left" yes "$(is_clean && echo yes)"

# Down and up, away and back, with --wait: shaping goes on.
waiting() { [ "$(grep -c 'waiting for it' "$folder/stderr")" -ge "$1" ]; }
back() { [ "$(grep -c 'capturing on near0 now' "$folder/stderr")" -ge "$1" ]; }
start "$folder/stdout" --wait --ingress
near ip link set near0 down
until_true waiting 1
near ip link set near0 up
until_true back 1
check "--wait, down and up: shaping" "htb 5073: table inet weir table netdev weir " "$(root) $(tables)"
near ip link del near0
until_true waiting 2
ip link add near0 netns "$near" type veth peer name far0 netns "$far"
near ip addr add 192.0.2.1/24 dev near0
far ip addr add 192.0.2.2/24 dev far0
near ip link set near0 up
far ip link set far0 up
until_true back 2
until_true is_shaping
check "--wait, away and back: shaping" "htb 5073: table inet weir table netdev weir " "$(root) $(tables)"
before=$(high weir-ifb)
call_once
packets="$(high near0) $(($(high weir-ifb) - before))"
check "--wait, away and back: calls in their band, out and in ($packets)" yes \
  "$([ "${packets% *}" -ge 100 ] && [ "${packets#* }" -ge 100 ] && echo yes)"
kill -TERM "$started"
wait "$started"
check "--wait, SIGTERM: exit code" 0 $?
check "--wait, SIGTERM: nothing is left" yes "$(is_clean && echo yes)"
near "$bin/weir-predict-shape" --model "$folder/model.ubj" -i none0 --policy "$policy" --bandwidth 20mbit --shape --yes --wait \
  < /dev/null > "$folder/stdout" 2> "$folder/stderr"
check "--wait, no such interface: exit code" 1 $?
check "--wait, no such interface: said" "weir-predict-shape: no interface named none0" "$(cat "$folder/stderr")"

[ "$failures" -eq 0 ]
