#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Captures for real: a known number of datagrams crosses a veth pair between two network namespaces, and
# weir-capture has to see every one of them.
#
# usage: capture.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
# The same, for the background: $! is then the tool, not a shell around it.
far_tool=(ip netns exec "$far" "$bin/weir-capture")

# send COUNT [PORT]: datagrams of 100 bytes towards far0, whose port nobody listens on.
cat > "$folder/send.py" << 'PYTHON'
import socket, sys
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for number in range(int(sys.argv[1])):
    try:
        sender.sendto(b"x" * 100, ("192.0.2.2", int(sys.argv[2])))
    except ConnectionRefusedError:
        sender.sendto(b"x" * 100, ("192.0.2.2", int(sys.argv[2])))
PYTHON
send() { near python3 "$folder/send.py" "$1" "${2:-5555}"; }
far iptables -A OUTPUT -p icmp -j DROP 2> /dev/null

# The messages of the tool go to $folder/stderr, which until_ready() looks at.
capture_far() { far "$bin/weir-capture" -i far0 --bpf 'udp' "$@" 2> "$folder/stderr"; }

has_bytes() { [ "$(stat -c %s "$1")" -ge "$2" ]; }

# record FILE COUNT OPTION...: captures to FILE for a while, during which COUNT datagrams are sent.
record() {
  local file=$1 count=$2
  shift 2
  : > "$folder/stderr"
  capture_far -d 2s -o "$file" "$@" &
  until_ready
  send "$count"
  wait $!
  status=$?
}

for name in a.pcap a.pcapng; do
  record "$folder/$name" 5000
  check "$name: exit code" 0 "$status"
  check "$name: packets" 5001 "$("$bin/weir-extract" --level packet "$folder/$name" 2> /dev/null | wc -l)"
  check "$name: counters" "weir-capture: far0: 5000 packets received, 5000 written, 0 dropped by the kernel, 0 by the interface" \
    "$(tail -n 1 "$folder/stderr")"
done

record "$folder/a.csv" 5000
check "csv: exit code" 0 "$status"
check "csv: rows" 5001 "$(wc -l < "$folder/a.csv")"
check "csv: a row" "UDP,142,192.0.2.1,192.0.2.2,5555," \
  "$(tail -n 1 "$folder/a.csv" | cut -d, -f2-5,7-)"

printf 'default = "other"\n[[rule]]\nlabel = "VoIP"\nport = 5555\n' > "$folder/rules.toml"
record "$folder/a.csv" 10 --append --label-rules "$folder/rules.toml"
check "appended: rows" 5011 "$(wc -l < "$folder/a.csv")"
check "appended: headers" 1 "$(grep -c timestamp "$folder/a.csv")"
check "appended: labels" 10 "$(grep -c ',VoIP$' "$folder/a.csv")"

# A pipe: its reader sees the packets while the capture goes on, and SIGINT ends it well.
mkfifo "$folder/fifo"
: > "$folder/stderr"
"${far_tool[@]}" -i far0 --bpf udp -o - > "$folder/fifo" 2> "$folder/stderr" &
capture=$!
"$bin/weir-extract" --level packet -o "$folder/piped.csv" - < "$folder/fifo" 2> /dev/null &
extract=$!
until_ready
send 1000
sleep 0.5
kill -INT "$capture"
wait "$capture"
check "pipe: exit code after SIGINT" 0 $?
wait "$extract"
check "pipe: rows" 1001 "$(wc -l < "$folder/piped.csv")"

# Packets come out of a pipe as they go in, not when a buffer is full.
: > "$folder/stderr"
"${far_tool[@]}" -i far0 --bpf udp -o - > "$folder/slow.pcap" 2> "$folder/stderr" &
capture=$!
until_ready
until_true has_bytes "$folder/slow.pcap" 24
check "flush: the file header alone" 24 "$(stat -c %s "$folder/slow.pcap")"
send 1
until_true has_bytes "$folder/slow.pcap" 25
check "flush: a packet" $((24 + 16 + 142)) "$(stat -c %s "$folder/slow.pcap")"
kill -TERM "$capture"
wait "$capture"
check "flush: exit code after SIGTERM" 0 $?

: > "$folder/stderr"
capture_far --count 7 -o "$folder/seven.pcap" &
until_ready
send 100
wait $!
check "--count: exit code" 0 $?
check "--count: bytes" $((24 + 7 * (16 + 142))) "$(stat -c %s "$folder/seven.pcap")"

record "$folder/short.pcap" 10 --snaplen 60
check "--snaplen: bytes" $((24 + 10 * (16 + 60))) "$(stat -c %s "$folder/short.pcap")"
check "--snaplen: length on the wire" 142 \
  "$("$bin/weir-extract" --level packet "$folder/short.pcap" 2> /dev/null | tail -n 1 | cut -d, -f3)"

: > "$folder/stderr"
"${far_tool[@]}" -i far0 --lab -d 2s -o "$folder/lab.csv" 2> "$folder/stderr" &
until_ready
send 5 5555
send 5 5556
send 5 6666
wait $!
check "--lab: rows" 6 "$(wc -l < "$folder/lab.csv")"

far "$bin/weir-capture" -d 100ms -o "$folder/x.pcap" 2> "$folder/stderr"
check "no -i: exit code" 0 $?
check "no -i: the interface that is up" "weir-capture: capturing on far0; -i names another interface" \
  "$(head -n 1 "$folder/stderr")"

# Who owned the sockets: a program that says its label, one known by its name, and one of the other machine.
printf '[[program]]\nlabel = "Chat"\nname = "python3*"\n' > "$folder/programs.toml"
cat > "$folder/talk.py" << 'PYTHON'
import socket, sys, time
talker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(10):
    try:
        talker.sendto(b"x", (sys.argv[1], int(sys.argv[2])))
    except ConnectionRefusedError:
        pass
    time.sleep(0.05)
PYTHON
: > "$folder/stderr"
capture_far -d 4s -o "$folder/owned.pcap" --processes "$folder/owned.csv" \
  --program-labels "$folder/programs.toml" &
until_ready
WEIR_LABEL=Gaming far python3 "$folder/talk.py" 192.0.2.1 6001
far python3 "$folder/talk.py" 192.0.2.1 6002
near python3 "$folder/talk.py" 192.0.2.2 6003
wait $!
check "--processes: exit code" 0 $?
# column FIELD PORT: a field of the row of the flow to that port.
column() { awk -F, -v port="$2" -v field="$1" '$6 == port { print $field }' "$folder/owned.csv"; }
check "--processes: the label in the environment" Gaming "$(column 9 6001)"
check "--processes: the label by name" Chat "$(column 9 6002)"
check "--processes: the program" 1 "$(column 12 6002 | grep -c 'talk.py 192.0.2.1 6002')"
check "--processes: a flow of another machine" "" "$(column 9 6003)$(column 10 6003)"
check "--processes: weir-extract finds the labels" "$(printf 'Chat\nGaming')" \
  "$("$bin/weir-extract" --ground-truth "$folder/owned.csv" --min-packets 5 "$folder/owned.pcap" 2> /dev/null |
    awk -F, 'NR > 1 { print $NF }' | sort | grep .)"

# A silent link must not hold up the end.
SECONDS=0
capture_far -d 1s -o "$folder/silent.pcap"
check "silent link: exit code" 0 $?
check "silent link: ends in time" yes "$([ $SECONDS -le 2 ] && echo yes)"
check "silent link: an empty capture" 24 "$(stat -c %s "$folder/silent.pcap")"

far "$bin/weir-capture" -i far0 --bpf 'frob nicate' -o "$folder/none" 2> "$folder/stderr"
check "filter: exit code" 2 $?
check "filter: named" 1 "$(grep -c '"frob nicate" is not valid' "$folder/stderr")"

capture_far -d 1s -o /dev/full
check "/dev/full: exit code" 1 $?
check "/dev/full: message" "weir-capture: cannot write to /dev/full: No space left on device" \
  "$(tail -n 1 "$folder/stderr")"

if command -v setpriv > /dev/null; then
  far setpriv --reuid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
    "$bin/weir-capture" -i far0 -d 1s -o /dev/null 2> "$folder/stderr"
  check "not root: exit code" 1 $?
  check "not root: remedy" 1 "$(grep -c 'CAP_NET_RAW is missing; run as root, or: sudo setcap' "$folder/stderr")"
else
  echo "SKIP: no setpriv: what others than root are told is not checked"
fi

far ip link add down0 type veth peer name down1
far "$bin/weir-capture" -i down0 -d 1s -o "$folder/none" 2> "$folder/stderr"
check "interface down: exit code" 1 $?
check "interface down: remedy" "weir-capture: down0 is down; bring it up with: ip link set down0 up" \
  "$(cat "$folder/stderr")"
check "failed runs leave no file" no "$([ -e "$folder/none" ] && echo yes || echo no)"
far ip link set down0 up
: > "$folder/stderr"
"${far_tool[@]}" -i down0 -o "$folder/vanished.pcap" 2> "$folder/stderr" &
until_ready
far ip link del down0
wait $!
check "interface vanished: exit code" 1 $?
check "interface vanished: said" 1 "$(grep -c 'capturing on down0 failed' "$folder/stderr")"
check "interface vanished: what came before is kept" yes \
  "$([ -s "$folder/vanished.pcap" ] && echo yes || echo no)"

[ "$failures" -eq 0 ]
