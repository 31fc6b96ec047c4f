#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Cuts the lab's recordings down to a set that fits into a repository.

Whole sessions (a row of the ground truth: a user, a peer, a time) are drawn by seed until each class has its number of
packets; every flow keeps its first packets only; of a packet, headers are kept, and more of a flow's first packets.
"""
import argparse
import csv
import ipaddress
import pathlib
import random
import struct
import sys

MAGIC_NS = 0xA1B23C4D


def packets(path):
    """(time in ns, record header's lengths, bytes) of a nanosecond pcap of Ethernet."""
    data = path.read_bytes()
    if struct.unpack_from("<I", data)[0] != MAGIC_NS:
        sys.exit(f"cut.py: {path} is not a little-endian nanosecond pcap, which weir-capture writes")
    at = 24
    while at + 16 <= len(data):
        seconds, nanoseconds, kept, length = struct.unpack_from("<IIII", data, at)
        yield seconds * 10**9 + nanoseconds, length, data[at + 16:at + 16 + kept]
        at += 16 + kept


def flow_of(frame):
    """(key of either direction, length of the headers); fragments after the first go with their addresses."""
    if frame[12:14] != b"\x08\x00":
        return None, len(frame)
    header, protocol = 14 + 4 * (frame[14] & 15), frame[23]
    a, b = frame[26:30], frame[30:34]
    later_fragment = struct.unpack_from(">H", frame, 20)[0] & 0x1FFF
    if protocol not in (6, 17) or later_fragment or len(frame) < header + 8:
        return (protocol, min(a, b), max(a, b), b""), header + 8
    ends = sorted([(a, frame[header:header + 2]), (b, frame[header + 2:header + 4])])
    length = header + (4 * (frame[header + 12] >> 4) if protocol == 6 and len(frame) > header + 12 else 8)
    return (protocol, ends[0][0], ends[1][0], ends[0][1] + ends[1][1]), length


class Truth:
    def __init__(self, path, capture):
        with open(path, newline="") as lines:
            self.rows = [row for row in csv.DictReader(lines) if row["capture"] == capture]
        self.by_pair, self.by_server = {}, {}
        for number, row in enumerate(self.rows):
            if row["dst_ip"]:
                end = ipaddress.ip_address(row["dst_ip"]).packed
                if row["src_ip"]:
                    pair = frozenset((ipaddress.ip_address(row["src_ip"]).packed, end))
                    self.by_pair.setdefault((row["protocol"], pair), []).append(number)
                else:
                    self.by_server[row["protocol"], end] = number

    def session(self, flow, first, last):
        """(label, what makes it one session) of a flow, or None; look-ups and the like are in sessions of 20 s."""
        protocol = {6: "TCP", 17: "UDP", 1: "ICMP"}.get(flow[0])
        for number in self.by_pair.get((protocol, frozenset(flow[1:3])), []):
            row = self.rows[number]
            if first <= float(row["end"]) * 1e9 and last >= float(row["start"]) * 1e9:
                return row["label"], (row["src_ip"], row["dst_ip"], row["start"])
        for end in flow[1:3]:
            if (protocol, end) in self.by_server:
                return self.rows[self.by_server[protocol, end]]["label"], (flow[1:3], first // (20 * 10**9))
        return ("Other", ("ICMP", first // (20 * 10**9))) if protocol == "ICMP" else None


def choose(flows, truth, per_class, per_flow, seed):
    """The flows to keep."""
    sessions = {}
    for flow, (count, first, last) in flows.items():
        found = truth.session(flow, first, last) if flow else None
        if found:
            sessions.setdefault(found[0], {}).setdefault(found[1], []).append((flow, min(count, per_flow)))
    kept, draw = set(), random.Random(seed)
    for label in sorted(sessions):
        left, order = per_class, sorted(sessions[label].values(), key=str)
        draw.shuffle(order)
        for session in order:
            cost = sum(count for _, count in session)
            if cost <= left:
                left -= cost
                kept.update(flow for flow, _ in session)
    return kept


def cut(path, truth, out, options):
    flows = {}
    for time, _, frame in packets(path):
        key = flow_of(frame)[0]
        entry = flows.setdefault(key, [0, time, time])
        entry[0], entry[2] = entry[0] + 1, time
    kept, seen = choose(flows, truth, options.per_class, options.per_flow, options.seed), {}
    out.write(struct.pack("<IHHiIII", MAGIC_NS, 2, 4, 0, 0, options.snaplen, 1))
    for time, length, frame in packets(path):
        key, headers = flow_of(frame)
        seen[key] = seen.get(key, 0) + 1
        if key not in kept or seen[key] > options.per_flow:
            continue
        keep = frame[:options.snaplen if seen[key] <= options.whole else min(headers, options.snaplen)]
        out.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(keep), length) + keep)


def main():
    parser = argparse.ArgumentParser(prog="cut.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="+", type=pathlib.Path, help="NAME.pcap, each with NAME.csv beside it")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="folder for NAME.pcap and one truth.csv")
    parser.add_argument("--per-class", type=int, default=2800, help="packets of a class in a capture (default %(default)s)")
    parser.add_argument("--per-flow", type=int, default=250, help="packets of a flow (default %(default)s)")
    parser.add_argument("--whole", type=int, default=6, help="packets of a flow kept up to --snaplen (default %(default)s)")
    parser.add_argument("--snaplen", type=int, default=96, help="bytes of those (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with open(options.output / "truth.csv", "w") as rows:
        for number, path in enumerate(options.captures):
            lines = path.with_suffix(".csv").read_text().splitlines(keepends=True)
            rows.writelines(lines[1 if number else 0:])
            with open(options.output / path.name, "wb") as out:
                cut(path, Truth(path.with_suffix(".csv"), path.name), out, options)


main()
