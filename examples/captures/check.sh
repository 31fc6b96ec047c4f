#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Checks recorded captures against their ground truth, and counts what is in them.
set -euo pipefail

usage() {
    cat <<'END'
Usage: check.sh [--min-flows N] [--max-bytes N] [DIR]

For train and eval in DIR (default: beside this script) prints flows, flows of at least 10 packets, packets and bytes per
class as a Markdown table, and fails when
  - a flow has no label, or two;
  - a class has fewer than N flows of at least 10 packets in a recording (--min-flows, default 40);
  - a frame is longer than 1514 bytes, or an address is not a private one;
  - a ground truth names a capture that is not there, or a capture has no ground truth;
  - all files together have more than N bytes (--max-bytes, default 3000000).
Needs tshark. Exit status: 0 all well, 1 something is wrong, 2 usage.

Example: ./check.sh --min-flows 5 /tmp/captures
END
}

misuse() { echo "check.sh: $* (see --help)" >&2; exit 2; }

dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) min_flows=40 max_bytes=3000000
while (($#)); do
    case $1 in
    -h | --help) usage; exit 0 ;;
    --min-flows | --max-bytes)
        [[ ${2-} =~ ^[0-9]+$ ]] || misuse "$1 needs a number"
        if [[ $1 == --min-flows ]]; then min_flows=$2; else max_bytes=$2; fi
        shift ;;
    -*) misuse "unknown option $1" ;;
    *) dir=$1 ;;
    esac
    shift
done
command -v tshark >/dev/null || { echo "check.sh: needs tshark; install it with: apt-get install tshark" >&2; exit 1; }

# One line a packet: CAPTURE PROTOCOL SOURCE PORT DESTINATION PORT FRAME_LENGTH. The first occurrence of a field is the
# outer one: ICMP errors quote the packet they are about.
packets() {
    local capture
    for capture in "$dir/$1"-*.pcap; do
        tshark -n -r "$capture" -T fields -E occurrence=f -E separator=/s -E quote=d \
            -e ip.proto -e ip.src -e tcp.srcport -e udp.srcport -e ip.dst -e tcp.dstport -e udp.dstport -e frame.len 2>/dev/null |
            awk -v capture="$(basename "$capture")" '{
                gsub(/"/, " "); # absent fields are empty
                print capture, $0
            }' |
            awk '{
                if ($2 == 6 || $2 == 17) print $1, ($2 == 6 ? "TCP" : "UDP"), $3, $4, $5, $6, $7
                else print $1, ($2 == 1 ? "ICMP" : $2), $3, 0, $4, 0, $NF
            }'
    done
}

status=0
echo '| recording | class | flows | of ≥ 10 packets | packets | bytes on the wire |'
echo '|---|---|---:|---:|---:|---:|'
for recording in train eval; do
    [[ -e $dir/$recording.csv ]] || { echo "check.sh: $dir/$recording.csv is missing" >&2; exit 1; }
    packets "$recording" | awk -v recording="$recording" -v min_flows="$min_flows" '
        function complain(what) { print "check.sh: " recording ": " what > "/dev/stderr"; bad = 1 }
        function same(rule, value) { return rule == "" || rule == value }
        function private(address) { return address ~ /^(10\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.)/ }
        NR == FNR {
            if (FNR == 1) next
            split($0, f, ",")
            rule[++rules] = $0
            named[f[1]] = 1
            next
        }
        {
            seen[$1] = 1
            if ($7 > 1514) complain("a frame of " $7 " bytes in " $1)
            if (!private($3) || !private($5)) complain("not a private address in " $1 ": " $3 " or " $5)
            forward = $1 " " $2 " " $3 " " $4 " " $5 " " $6
            backward = $1 " " $2 " " $5 " " $6 " " $3 " " $4
            flow = backward in packets ? backward : forward
            packets[flow]++
            bytes[flow] += $7
        }
        END {
            for (flow in packets) {
                split(flow, p, " ")
                split("", matched)
                for (r = 1; r <= rules; r++) {
                    split(rule[r], f, ",")
                    if (same(f[1], p[1]) && same(f[2], p[2]) &&
                        (same(f[3], p[3]) && same(f[4], p[4]) && same(f[5], p[5]) && same(f[6], p[6]) ||
                         same(f[3], p[5]) && same(f[4], p[6]) && same(f[5], p[3]) && same(f[6], p[4]))) matched[f[9]] = 1
                }
                count = 0
                for (label in matched) { count++; class = label }
                if (count != 1) { complain(count " labels for the flow " flow); continue }
                flows[class]++
                long_flows[class] += packets[flow] >= 10
                class_packets[class] += packets[flow]
                class_bytes[class] += bytes[flow]
            }
            n = split("VoIP FTP HTTP Other", classes, " ")
            for (i = 1; i <= n; i++) {
                c = classes[i]
                printf "| %s | %s | %d | %d | %d | %d |\n", recording, c, flows[c], long_flows[c], class_packets[c], class_bytes[c]
                if (long_flows[c] < min_flows) complain("only " long_flows[c] + 0 " flows of at least 10 packets of " c)
            }
            for (capture in named) if (!(capture in seen)) complain("no packet of " capture ", which the ground truth names")
            for (capture in seen) if (!(capture in named)) complain("no ground truth for " capture)
            exit bad
        }' "$dir/$recording.csv" - || status=1
done

total=$(cat "$dir"/{train,eval}-*.pcap "$dir"/{train,eval}.csv | wc -c)
captures=("$dir"/{train,eval}-*.pcap)
echo "${#captures[@]} captures and their ground truth: $total bytes"
((total <= max_bytes)) || { echo "check.sh: that is more than $max_bytes bytes" >&2; status=1; }
exit "$status"
