#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Generated conversations between two hosts: weir-gen --remote in one namespace, weir-gen --responder in the other. What
# crosses the link between them has to be as much as both say they sent, in both directions of every flow.
#
# usage: remote.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
own=--i-own-this-network  # 192.0.2.0/24 is not private

near "$bin/weir-gen" --remote --dst 192.0.2.2 $own --duration 1s 2> "$folder/stderr"
check "no responder: exit code" 1 $?
check "no responder: remedy" \
  "weir-gen: no responder at 192.0.2.2:5400; start one there: weir-gen --responder --listen 192.0.2.2" "$(cat "$folder/stderr")"

: > "$folder/responder"
ip netns exec "$far" "$bin/weir-gen" --responder --listen 192.0.2.2 $own --ground-truth "$folder/far.csv" \
  2> "$folder/responder" &
responder=$!
until_true grep -qs 'listening at' "$folder/responder"

# Compares for each label the payload that crossed the link, forward and backward, with what both sides say they sent. On a
# busy machine TCP sends a few segments again, and the end of the run may cut what is under way.
cat > "$folder/sum.py" << 'PYTHON'
import collections, csv, sys
flows, sums, one_way, strange = 0, collections.defaultdict(lambda: [0, 0]), 0, 0
for row in csv.DictReader(open(sys.argv[1])):
    if row["dst_port"] == "5400":
        continue
    flows += 1
    strange += not row["label"]
    forward, backward = int(row["fwd_payload_bytes"]), int(row["bwd_payload_bytes"])
    one_way += not (forward and backward)
    sums[row["label"]][0] += forward
    sums[row["label"]][1] += backward
print(strange, "without a label,", "both ways" if one_way * 10 <= flows else f"{one_way} of {flows} one way")
said = 0
for line in open(sys.argv[2]):
    label, *sent = line.rsplit(maxsplit=2)
    said += 1
    for there, here in zip(sums[label], map(int, sent)):
        if not here * 0.98 <= there <= here * 1.05 + 10000:
            print(f"{label}: {here} bytes sent, {there} seen")
print("labels:", "the same" if said == len(sums) >= 3 else f"{said} said, {len(sums)} seen")
PYTHON

for what in "--type all --pps 100" "--preset categories --ues 12"; do
  : > "$folder/stderr"
  ip netns exec "$far" "$bin/weir-capture" -i far0 -d 8s -o "$folder/seen.pcap" 2> "$folder/stderr" &
  capture=$!
  until_ready
  # shellcheck disable=SC2086  # several options
  near "$bin/weir-gen" --remote --dst 192.0.2.2 $own $what --duration 5s --seed 3 --ground-truth "$folder/near.csv" \
    2> "$folder/report"
  check "$what: exit code" 0 $?
  wait "$capture"
  "$bin/weir-extract" -q --ground-truth "$folder/near.csv" -o "$folder/flows.csv" "$folder/seen.pcap"
  sed -nE 's/^weir-gen: (.*): [0-9]+ flows; client sent .*\(([0-9]+) bytes\), server .*\(([0-9]+) bytes\).*/\1 \2 \3/p' \
    "$folder/report" | grep -v ' 0 0$' | LC_ALL=C sort > "$folder/said"
  check "$what: all that was sent crossed the link" "$(printf '0 without a label, both ways\nlabels: the same')" \
    "$(python3 "$folder/sum.py" "$folder/flows.csv" "$folder/said")"
done

# A run that another host's Ctrl-C ends, and one that does not fit.
ip netns exec "$near" "$bin/weir-gen" --remote --dst 192.0.2.2 $own --duration 1m 2> "$folder/report" &
sender=$!
connected() { near ss -Htun dst 192.0.2.2 and dport != :5400 | grep -q .; }
until_true connected  # before that, it waits for the end of the run before
kill -INT "$sender"
wait "$sender"
check "Ctrl-C: exit code" 130 $?
check "Ctrl-C: reported" 3 "$(grep -c ' flows; client sent ' "$folder/report")"
ip netns exec "$far" python3 -c "
import socket, time
taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
taken.bind(('192.0.2.2', 5555))
print(flush=True)
time.sleep(30)" > "$folder/taken" &
until_true test -s "$folder/taken"
near "$bin/weir-gen" --remote --dst 192.0.2.2 $own --duration 1s 2> "$folder/stderr"
check "port taken there: exit code" 1 $?
check "port taken there: said here" 1 \
  "$(grep -c '^weir-gen: the weir-gen at 192.0.2.2:5400: cannot listen on UDP port 5555 of 192.0.2.2: Address already in use' "$folder/stderr")"

kill -INT "$responder"
wait "$responder"
check "responder: exit code after SIGINT" 0 $?
check "responder: ground truth of the last run's flows, the same" "" \
  "$(tail -n +2 "$folder/near.csv" | cut -d, -f2-6,9 | sort | comm -23 - <(tail -n +2 "$folder/far.csv" | cut -d, -f2-6,9 | sort))"

[ "$failures" -eq 0 ]
