#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# An independent analyser finds every checksum of a preset good and no packet malformed. It says so packet by packet (1:
# good, inner and outer ones), so that a filter that matches nothing cannot pass.
#
# usage: preset_tshark.sh PRESET      in an empty folder, weir-gen on PATH
set -u
command -v tshark > /dev/null || { echo "SKIP: no tshark"; exit 77; }
weir-gen -q --preset "$1" --ues 25 --duration 2s --method pcap --snaplen 262144 -o x.pcap || exit
tshark -r x.pcap -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields \
  -E separator=' ' -E occurrence=a -E aggregator=' ' -e ip.checksum.status -e tcp.checksum.status \
  -e udp.checksum.status -e _ws.malformed 2> /dev/null > status || exit
packets=$(wc -l < status)
[ "$packets" -ge 100 ] || { echo "only $packets packets"; exit 1; }
tr ' ' '\n' < status | sort -u | grep .
