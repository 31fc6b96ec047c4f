#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# The lab for some seconds with two categories and the background: ground truth and flows agree, nothing is left behind.
#
# usage: lab.sh FOLDER_OF_THE_TOOLS     exit code 77: skipped, the reason is on stdout
set -u
bin=$(cd "$1" && pwd)
lab=$(cd "$(dirname "$0")/../../examples/lab" && pwd)/lab.sh
[ "$EUID" -eq 0 ] || { echo "SKIP: needs root"; exit 77; }
[ -c /dev/net/tun ] || { echo "SKIP: no /dev/net/tun"; exit 77; }
unshare -n true 2> /dev/null || { echo "SKIP: no network namespaces"; exit 77; }
missing=$("$lab" packages quick 2>&1) || { echo "SKIP: $missing"; exit 77; }
folder=$(mktemp -d /tmp/weir-test-XXXXXX)
trap 'rm -rf "$folder"' EXIT
failures=0

# check WHAT EXPECTED ACTUAL
check() {
  if [ "$2" = "$3" ]; then echo "ok: $1"; else echo "FAILED: $1: expected '$2', got '$3'"; failures=$((failures + 1)); fi
}

before=$(find /tmp -maxdepth 1 -name 'weir-lab.*' | sort)
WEIR_BIN=$bin timeout 120 "$lab" run quick --minutes 0.3 --seed 5 --name short -o "$folder" 2> "$folder/stderr"
status=$?
if grep -q 'another run' "$folder/stderr"; then echo "SKIP: another run of the lab is going on"; exit 77; fi
[ "$status" -eq 0 ] || cat "$folder/stderr"
check "exit code" 0 "$status"
check "the four files" "short.csv short.json short.pcap short.sessions.csv" "$(cd "$folder" && echo short.*)"
check "nothing dropped" 1 "$(grep -c ' 0 dropped by the kernel' "$folder/stderr")"

"$bin/weir-extract" -q --ground-truth "$folder/short.csv" -o "$folder/flows.csv" "$folder/short.pcap"
# flows LABEL: how many of at least ten packets have that label; no label at all counts from two packets on.
flows() { awk -F, -v label="$1" 'NR > 1 && $NF == label && $11 >= (label == "" ? 2 : 10)' "$folder/flows.csv" | wc -l; }
check "flows without a label" 0 "$(flows "")"
for label in "Audio Calls" Texting; do
  check "flows of $label" yes "$([ "$(flows "$label")" -ge 1 ] && echo yes)"
done
check "no other labels" "" "$(awk -F, 'NR > 1 { print $NF }' "$folder/flows.csv" | grep -vx 'Audio Calls\|Texting\|Other')"
# Rows of one pair of addresses and one protocol never overlap, so it does not matter which one a reader takes first.
check "rows that overlap" 0 "$(tail -n +2 "$folder/short.csv" | sort -t, -k2,2 -k3,3 -k5,5 -k7,7n |
  awk -F, '$2 FS $3 FS $5 == pair && $7 < end { n++ } { pair = $2 FS $3 FS $5; end = $8 } END { print n + 0 }')"
# Who was on the network was there: every user and peer of the truth had a session.
check "users in the truth, not in the sessions" "" "$(comm -23 \
  <(awk -F, '$3 != "" { print $5 }' "$folder/short.csv" | sed 1d | sort -u) \
  <(cut -d, -f6 "$folder/short.sessions.csv" | tr + '\n' | sort -u))"

check "namespaces left" "" "$(ip netns list | grep weir-lab)"
check "folders left" "$before" "$(find /tmp -maxdepth 1 -name 'weir-lab.*' | sort)"
check "resolver files left" "" "$(ls -d /etc/netns/weir-lab* 2> /dev/null)"
check "down, with nothing there" 0 "$("$lab" down > /dev/null 2>&1; echo $?)"
"$lab" run nowhere -o "$folder" 2> "$folder/stderr"
check "unknown scenario: exit code" 1 "$?"
check "unknown scenario: named" 1 "$(grep -c 'no scenario nowhere' "$folder/stderr")"
"$lab" run quick --minutes soon 2> "$folder/stderr"
check "no number: exit code" 2 "$?"

[ "$failures" -eq 0 ]
