#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Classifies and shapes at once: a call that passes is recognised, its packets go to the band of calls, and nothing is
# left whatever ends the program.
#
# usage: live_shape.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
policy=$(cd "$(dirname "$0")" && pwd)/../../examples/policies/lab.toml
need_shaping

# high: packets that the band of calls has sent.
high() { near tc -s class show dev near0 | awk '$1 == "class" { mine = $3 == "5073:10" } mine && $1 == "Sent" { print $4 }'; }
# start OPTION...: shapes near0; $started is the process.
start() {
  : > "$folder/stderr" # or the line that is waited for is that of the run before
  ip netns exec "$near" "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" \
    --bandwidth 20mbit --shape "$@" < /dev/null > "$folder/stdout" 2> "$folder/stderr" &
  started=$!
  until_ready
}

make_lab_model

# What cannot work changes nothing.
sed 's/"VoIP"/"Voice"/' "$policy" > "$folder/voice.toml"
near "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$folder/voice.toml" --bandwidth 20mbit \
  --shape --yes > "$folder/stdout" 2> "$folder/stderr"
check "a class that the model does not know: exit code" 2 $?
check "a class that the model does not know: nothing there" yes "$(is_clean && echo yes)"

# A person at a terminal is asked.
answer() { # TEXT
  near python3 - "$1" "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" \
    --bandwidth 20mbit --shape --for 1s << 'PYTHON' > "$folder/answered"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said = b""
sent = False
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    if not some:
        break
    said += some
    if not sent and b"Go on? [y/N]" in said:
        sent = True
        os.write(terminal, sys.argv[1].encode() + b"\n")
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(status, sent, b"shaping near0" in said, b"nothing was changed" in said)
PYTHON
  cat "$folder/answered"
}
check "asked, no: exit code, asked, shaping, unchanged" "1 True False True" "$(answer n)"
check "asked, yes: exit code, asked, shaping, unchanged" "0 True True False" "$(answer y)"
check "asked: nothing is left" yes "$(is_clean && echo yes)"

# A call.
start --yes
check "shaping" "htb 5073: table inet weir" "$(root) $(near nft list tables)"
before=$(high)
start_echo
call
packets=$(($(high) - before))
echo "$packets packets in the band of calls"
check "the model calls it VoIP" yes "$(grep -q ',VoIP,' "$folder/stdout" && echo yes)"
check "its packets are in the band of calls" yes "$([ $packets -ge 100 ] && echo yes)"
kill -TERM "$started"
wait "$started"
check "SIGTERM: exit code" 0 $?
check "SIGTERM: nothing is left" yes "$(is_clean && echo yes)"
check "SIGTERM: summary" 1 "$(grep -cE '[1-9][0-9]* flows marked, 0 demoted by their guard; [0-9]+ changes in [0-9]+ batches, 0 refused' "$folder/stderr")"

# A flow that its guard has to demote: the same call and then far too much of it.
start --yes
near python3 -c '
import socket, time
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.bind(("192.0.2.1", 4001))
sender.connect(("192.0.2.2", 5555))
for number in range(150):
    sender.send(b"x" * 160)
    time.sleep(0.02)
for number in range(1000):
    sender.send(b"x" * 160)'
kill -INT "$started"
wait "$started"
check "SIGINT: exit code" 0 $?
check "SIGINT: nothing is left" yes "$(is_clean && echo yes)"
check "demoted flows are counted" 1 "$(grep -c ' 1 demoted by their guard' "$folder/stderr")"

start --yes --for 2s
check "--for: shaping" yes "$(is_shaping && echo yes)"
wait "$started"
check "--for: exit code" 0 $?
check "--for: nothing is left" yes "$(is_clean && echo yes)"

start --yes
kill -KILL "$started"
wait "$started" 2> /dev/null
until_true is_clean
check "SIGKILL: nothing is left" yes "$(is_clean && echo yes)"

start --yes --no-cleanup
kill -INT "$started"
wait "$started"
check "--no-cleanup: it stays" yes "$(is_shaping && echo yes)"
check "--no-cleanup: how to remove it is said" 1 "$(grep -c -e '--cleanup removes' "$folder/stderr")"
near "$bin/weir-predict-shape" -q --cleanup
check "--cleanup: nothing is left" yes "$(is_clean && echo yes)"

# As an ordinary user with the two capabilities that the service has.
if others_can_probe; then
  chmod 755 "$folder"
  near setpriv --reuid=65534 --clear-groups --no-new-privs --inh-caps=-all,+net_admin,+net_raw \
    --ambient-caps=-all,+net_admin,+net_raw --bounding-set=-all,+net_admin,+net_raw \
    "$bin/weir-predict-shape" --model "$folder/model.ubj" -i near0 --policy "$policy" --bandwidth 20mbit --shape --yes \
    --for 1s -o /dev/null 2> "$folder/stderr"
  check "two capabilities: exit code" 0 $?
  check "two capabilities: shaping" 1 "$(grep -c 'shaping near0' "$folder/stderr")"
  check "two capabilities: nothing is left" yes "$(is_clean && echo yes)"
else
  echo "SKIP: no setpriv, or no user namespaces: what others than root may do is not checked"
fi

near ip link add late0 type veth peer name late1
near ip link set late0 up
near ip link set late1 up
: > "$folder/stderr"
ip netns exec "$near" "$bin/weir-predict-shape" --model "$folder/model.ubj" -i late0 --policy "$policy" --bandwidth 20mbit --shape --yes \
  > "$folder/stdout" 2> "$folder/stderr" &
started=$!
until_ready
near ip link del late0
wait "$started"
check "interface gone: exit code" 1 $?
check "interface gone: nothing is left" yes "$(is_clean && echo yes)"
check "interface gone: summary" 1 "$(grep -c 'flows marked' "$folder/stderr")"

[ "$failures" -eq 0 ]
