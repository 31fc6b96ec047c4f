#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Measures weir-extract against its peers and against the floor of reading, on captures that weir-gen makes, and
# prints the tables of docs/performance.md. Builds nothing: build the release preset and its target `bench` first.
#
# usage: tests/bench/extract.sh [--bin FOLDER] [--rounds N] [--scale N] [--dir FOLDER] [--pipe GB]
#   --bin     where weir-extract, weir-gen and bench_read_loops are (build/release/bin)
#   --rounds  every command runs once a round (5)
#   --scale   divides the number of packets and flows, for a quick look (1)
#   --dir     keeps the captures, and uses those that are there (a temporary folder, removed at the end; 4 GB)
#   --pipe    also reads so many GB from a pipe, once (0)
set -euo pipefail
cd "$(dirname "$0")/../.."

bin=build/release/bin rounds=5 scale=1 dir='' pipe=0
while (($#)); do
  case $1 in
    --bin) bin=$2 ;;
    --rounds) rounds=$2 ;;
    --scale) scale=$2 ;;
    --dir) dir=$2 ;;
    --pipe) pipe=$2 ;;
    *)
      sed -n '/^# usage/,/^set/{s/^# \?//;/^set/!p}' "$0" >&2
      exit 2
      ;;
  esac
  shift 2
done
for program in weir-extract weir-gen bench_read_loops; do
  if [[ ! -x $bin/$program ]]; then
    echo "$0: no $bin/$program; build it: cmake --preset release && cmake --build --preset release --target all bench" >&2
    exit 2
  fi
done
scripts/deps.sh bench
if [[ -z $dir ]]; then
  dir=$(mktemp -d)
  trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir/nfdump"
extract=$bin/weir-extract

# make FILE SEED FLOWS PACKETS-A-FLOW SNAPLEN
make() {
  [[ -s $dir/$1 ]] && return
  "$bin/weir-gen" -q --method pcap --type steady --seed "$2" --flows $(($3 / scale)) --packets-per-flow "$4" --snaplen "$5" \
    -o "$dir/$1"
}
make long.pcap 1 200000 50 128
make short.pcap 2 200000 10 128
make full.pcap 3 40000 50 262144
for part in 1 2 3 4 5 6 7 8; do make "part$part.pcap" "1$part" 25000 10 128; done

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, Linux $(uname -r), $(date -I)."
for package in softflowd nfdump tshark tcpdump libpcap0.8; do
  echo "$package $(dpkg-query --show --showformat='${Version}' "$package" 2>/dev/null)"
done | paste -sd, | sed 's/,/, /g; s/$/./'

# measure TITLE FILE PACKETS EXTRA...: the table of one capture
measure() {
  local title=$1 file=$dir/$2 packets=$(($3 / scale))
  shift 3
  printf '\n**%s** (%s packets, %s MB)\n\n' "$title" "$packets" $(($(stat -c %s "$file") / 1000000))
  tests/bench/compare.py --rounds "$rounds" --items "$packets" --unit packet --warm-up --base "weir, all features" \
    "weir, all features=$extract -q --threads 1 --level flow -o /dev/null $file" \
    "weir, core columns=$extract -q --threads 1 --level flow --features core -o /dev/null $file" \
    "weir, decode only=$extract -q --threads 1 --level none --stats /dev/null $file" \
    "weir, packet table=$extract -q --threads 1 --level packet -o /dev/null $file" \
    "weir, all features, two threads=$extract -q --threads 2 --level flow -o /dev/null $file" \
    "counting bytes=$bin/bench_read_loops bytes $file" \
    "bare libpcap loop=$bin/bench_read_loops pcap $file" \
    "tcpdump -w /dev/null=tcpdump -r $file -w /dev/null" \
    "softflowd=softflowd -r $file -d -m 300000 -n 127.0.0.1:9 -c none -p $dir/softflowd.pid" \
    "nfpcapd=nfpcapd -r $file -w $dir/nfdump" \
    "$@"
}
tshark_fields="tshark -n -T fields -E separator=, -e frame.time_epoch -e ip.proto -e frame.len -e ip.src -e ip.dst \
-e tcp.srcport -e udp.srcport -e tcp.dstport -e udp.dstport -e ip.len -e tcp.flags -r"
tshark() { echo "tshark -T fields=$tshark_fields $dir/$1"; }
measure "200,000 flows of 10 packets, 128 bytes captured" short.pcap 2000000 "$(tshark short.pcap)"
measure "200,000 flows of 50 packets, 128 bytes captured" long.pcap 10000000
measure "40,000 flows of 50 packets, full size" full.pcap 2000000 "$(tshark full.pcap)"

printf '\n**Eight captures of 250,000 packets, and one of 2,000,000**\n\n'
parts=$(echo "$dir"/part?.pcap)
tests/bench/compare.py --rounds "$rounds" --items $((2000000 / scale)) --unit packet --warm-up --base "eight, one thread" \
  "eight, one thread=$extract -q --threads 1 -o /dev/null $parts" \
  "eight, two threads=$extract -q --threads 2 -o /dev/null $parts" \
  "one, one thread=$extract -q --threads 1 -o /dev/null $dir/short.pcap" \
  "one, two threads=$extract -q --threads 2 -o /dev/null $dir/short.pcap"

if ((pipe)); then
  printf '\n**A pipe of %s GB**\n\n' "$pipe"
  packets=$((pipe * 1000000000 / 119)) # so many bytes a packet takes in the file
  tests/bench/compare.py --rounds 1 --items "$packets" --unit packet --timeout 3600 --base weir-extract \
    "weir-extract=$bin/weir-gen -q --method pcap --type steady --flows 200000 --packets-per-flow $((packets / 200000)) \
--snaplen 128 -o - | $extract -q --threads 1 -o /dev/null -"
fi
