#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Puts generated packets on one end of a veth pair and records the other: they have to be those that the same seed writes
# into a file, byte for byte, at their times, and the ground truth has to name all their flows.
#
# usage: raw.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
# shellcheck source=tests/root/namespaces.sh
. "$(dirname "$0")/namespaces.sh"
# The largest packet is 36 bytes longer in its tunnel.
near ip link set near0 mtu 1600
far ip link set far0 mtu 1600

# record FILE SECONDS: captures far0 in the background; $capture is the process.
record() {
  : > "$folder/stderr"
  ip netns exec "$far" "$bin/weir-capture" -i far0 -d "$2" -o "$1" 2> "$folder/stderr" &
  capture=$!
  until_ready
}

# Prints what differs between a plan and what was captured; every packet has bytes of its own.
cat > "$folder/compare.py" << 'PYTHON'
import collections, struct, sys

def packets(path):
    data = open(path, "rb").read()
    fraction = {0xa1b2c3d4: 1e6, 0xa1b23c4d: 1e9}[struct.unpack_from("<I", data)[0]]
    at, found = 24, []
    while at < len(data):
        seconds, part, captured, length = struct.unpack_from("<IIII", data, at)
        assert captured == length
        found.append((seconds + part / fraction, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return found

plan, seen = packets(sys.argv[1]), packets(sys.argv[2])
times = collections.defaultdict(list)
for time, frame in seen:
    times[frame].append(time)
late, missing = [], 0
for time, frame in plan:
    if times[frame]:
        late.append(times[frame].pop(0) - time)
    else:
        missing += 1
strange = sum(len(left) for left in times.values())
first = min(late, default=0)
late = sorted(delay - first for delay in late)
print(f"{missing} missing, {strange} strange, {'enough' if len(plan) > 500 else len(plan)} planned,",
      "in time" if late and late[len(late) // 2] < 0.02 and late[int(len(late) * 0.95)] < 0.2 else late[-20:])
PYTHON

flows() { tail -n +2 "$1" | cut -d, -f2-6,9 | sort; }

for preset in balanced cell; do
  record "$folder/seen.pcap" 5s
  near "$bin/weir-gen" --method raw -i near0 --preset $preset --ues 8 --duration 3s --seed 7 \
    --ground-truth "$folder/truth.csv" 2> "$folder/report"
  check "$preset: exit code" 0 $?
  wait "$capture"
  "$bin/weir-gen" -q --method pcap -o "$folder/plan.pcap" --preset $preset --ues 8 --duration 3s --seed 7 \
    --ground-truth "$folder/planned.csv"
  check "$preset: the packets of the plan" "0 missing, 0 strange, enough planned, in time" \
    "$(python3 "$folder/compare.py" "$folder/plan.pcap" "$folder/seen.pcap")"
  check "$preset: the rates are reported" 1 \
    "$(grep -cE '^weir-gen: near0: [0-9]+ packets \([0-9]+ bytes\) in [0-9.]+ s; [0-9.]+ packets/s of [0-9.]+; at most [0-9.]+ ms late$' "$folder/report")"
  check "$preset: the flows of the plan" "$(flows "$folder/planned.csv")" "$(flows "$folder/truth.csv")"
  "$bin/weir-extract" -q --ground-truth "$folder/truth.csv" -o "$folder/flows.csv" "$folder/seen.pcap"
  check "$preset: flows without a label" 0 \
    "$(awk -F, 'NR > 1 && $NF == ""' "$folder/flows.csv" | wc -l)"
done

# One machine's Ethernet address for all, and an end by Ctrl-C in the midst of sending.
sent() { near cat /sys/class/net/near0/statistics/tx_packets; }
has_sent() { [ "$(sent)" -ge "$1" ]; }
record "$folder/seen.pcap" 6s
before=$(sent)
ip netns exec "$near" "$bin/weir-gen" --method raw -i near0 --type voip --pps 100 --duration 1m --dst 192.0.2.2 \
  --i-own-this-network --dst-mac 02:00:00:00:00:07 --ground-truth "$folder/interrupted.csv" 2> "$folder/report" &
sender=$!
until_true has_sent $((before + 20))
kill -INT "$sender"
wait "$sender"
check "Ctrl-C: exit code" 130 $?
check "Ctrl-C: reported" 1 "$(grep -c '^weir-gen: VoIP: ' "$folder/report")"
check "Ctrl-C: the ground truth is there" yes "$([ "$(wc -l < "$folder/interrupted.csv")" -ge 2 ] && echo yes || echo no)"
wait "$capture"
check "--dst-mac: of every frame" "020000000007" "$(python3 - "$folder/seen.pcap" << 'PYTHON'
import struct, sys
data, at, found = open(sys.argv[1], "rb").read(), 24, set()
while at < len(data):
    captured = struct.unpack_from("<I", data, at + 8)[0]
    found.add(data[at + 16:at + 22].hex())
    at += 16 + captured
print(" ".join(sorted(found)))
PYTHON
)"

near "$bin/weir-gen" --method raw -i near0 --type http --pps 1000000 --duration 1s --dst 10.0.0.1 -q
check "a rate that is out of reach: exit code" 0 $?

near ip link set near0 mtu 1400
near "$bin/weir-gen" --method raw -i near0 --preset realistic --duration 5s 2> "$folder/stderr"
check "MTU: exit code" 1 $?
check "MTU: remedy" 1 "$(grep -c 'does not fit the MTU of near0, 1400; raise it with: ip link set near0 mtu' "$folder/stderr")"
near ip link set near0 down
near "$bin/weir-gen" --method raw -i near0 --preset realistic --duration 1s 2> "$folder/stderr"
check "interface down: exit code" 1 $?
check "interface down: remedy" "weir-gen: near0 is down; bring it up with: ip link set near0 up" "$(cat "$folder/stderr")"

[ "$failures" -eq 0 ]
