#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Computes the flow tables of the conformance suite from its packet tables: slowly, plainly and exactly.

Written from docs/flows.md and docs/features.md alone, with integers and fractions, and without a line of the code
it is held against. Reads packets/TABLE.csv, never a capture.

usage: reference.py --write | --check     expected/CASE.csv of each case in cases.toml; --check fails where one differs
"""
import argparse
import csv
import io
import math
import pathlib
import sys
import tomllib
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
EPOCH_NS = 1_700_000_000 * 10**9  # what the times of the packet tables count from
SECOND = 10**9
LINGER_NS = 5 * SECOND
FRAGMENT_TIMEOUT_NS = 30 * SECOND
BURST_GAP_NS = SECOND // 10
ACTIVITY_GAP_NS = SECOND
EXACT_PACKETS = 20
FIRST_PACKETS = 20


# --- packets

class Packet:
    """A row of a packet table. `src` and `dst` are (address, port)."""

    def __init__(self, row):
        whole, _, decimals = row["time"].partition(".")
        self.time = EPOCH_NS + int(whole) * SECOND + int(decimals.ljust(9, "0"))
        self.src, self.dst = end_of(row["from"]), end_of(row["to"])
        self.protocol = row["protocol"]
        self.flags = row["flags"] if self.protocol == "TCP" else ""
        self.window = int(row["window"]) if self.protocol == "TCP" else None
        self.payload, self.ip_length, self.frame = (int(row[n]) for n in ("payload", "ip_length", "frame"))
        self.layers = dict(word.partition("=")[::2] for word in row["layers"].split())
        self.outer = self.layers["gtpu"].split(">") if "gtpu" in self.layers else None
        self.stated_flow = row["flow"]

    def from_outside(self):
        """The packet of the tunnel: IPv4, UDP, and GTP with its 8 bytes of header."""
        if self.outer is not None:
            self.src, self.dst = ((address, 2152) for address in self.outer)
            self.protocol, self.flags, self.window = "UDP", "", None
            self.payload = 8 + self.ip_length
            self.ip_length += 20 + 8 + 8
            self.outer = None
        return self


def end_of(text):
    if text.startswith("["):
        address, _, port = text[1:].rpartition("]:")
        return address, int(port)
    if text.count(":") == 1:
        address, port = text.split(":")
        return address, int(port)
    return text, 0


def read_table(path):
    """The settings of the line that starts with #!, and the packets."""
    lines = path.read_text().splitlines()
    settings = dict(word.split("=") for line in lines if line.startswith("#!") for word in line[2:].split())
    rows = csv.reader(line for line in lines if line and not line.startswith("#"))
    names = [name.strip() for name in next(rows)]
    return settings, [Packet(dict(zip(names, (field.strip() for field in row)))) for row in rows]


# --- flows (docs/flows.md)

class Flow:
    """A flow, or the current piece of one. Packets are kept as (time, is_forward, packet)."""

    def __init__(self, first):
        is_answer = "S" in first.flags and "A" in first.flags
        self.src, self.dst = (first.dst, first.src) if is_answer else (first.src, first.dst)
        self.protocol = first.protocol
        self.reopen()

    def reopen(self):
        self.fins = set()
        self.closed = False

    def start_piece(self, number):
        self.number, self.packets = number, []

    def start(self):
        return self.packets[0][0]

    def add(self, packet, clock):
        forward = packet.src == self.src
        time = max([packet.time] + [t for t, _, _ in self.packets])
        self.packets.append((time, forward, packet))
        self.clock = clock
        if "F" in packet.flags:
            self.fins.add(forward)
        if "R" in packet.flags or len(self.fins) == 2:
            self.closed = True

    def last_moment(self, idle_timeout):
        """The greatest time of the clock at which another packet is still of this flow."""
        return self.clock + (min(LINGER_NS, idle_timeout) if self.closed else idle_timeout)

    def hosts(self):
        return {self.src[0], self.dst[0]}

    def outer_ends(self):
        """Addresses of the tunnel as the first packet had them, that of the initiator's side first."""
        _, forward, first = self.packets[0]
        if first.outer is None:
            return None, None
        return first.outer if forward else first.outer[::-1]

    def frame_bytes(self):
        return sum(packet.frame for _, _, packet in self.packets)


class Extraction:
    """Rows of the flow table, in their order."""

    def __init__(self, capture, settings):
        self.capture, self.settings = capture, settings
        self.open = []
        self.numbers = 0
        self.clock = 0
        self.rows = []
        self.fragments = {}

    def add(self, packet):
        """Returns the packet's place as "NUMBER>" or "NUMBER<", or "-" where it is in no flow."""
        self.clock = max(self.clock, packet.time)
        if not self.has_ports(packet):
            return "-"
        idle = self.settings.idle_timeout
        for flow in sorted(self.open, key=lambda f: (f.last_moment(idle), f.number)):
            if flow.last_moment(idle) < self.clock:
                self.end(flow, "end_of_flow" if flow.closed else "idle_timeout")
        flow = self.find(packet)
        if flow is not None and flow.closed and "S" in packet.flags and "A" not in packet.flags:
            self.end(flow, "end_of_flow")
            flow = None
        if flow is None:
            flow = Flow(packet)
            self.open.append(flow)
            flow.start_piece(self.next_number())
        elif packet.time - flow.start() > self.settings.active_timeout:
            self.report(flow, "end_of_flow" if flow.closed else "active_timeout")
            if flow.closed:
                flow.reopen()
            flow.start_piece(self.next_number())
        flow.add(packet, self.clock)
        if len(flow.packets) in self.settings.emit_at:
            self.report(flow, "none")
        return f"{flow.number}{'>' if flow.packets[-1][1] else '<'}"

    def finish(self):
        for flow in sorted(self.open, key=lambda f: f.number):
            self.report(flow, "end_of_flow" if flow.closed else "forced_end")

    def has_ports(self, packet):
        """Whether the packet is whole, a first fragment, or a later one whose first is known."""
        if "frag" not in packet.layers:
            return True
        identification, offset, _ = packet.layers["frag"].split("/")
        datagram = (packet.src[0], packet.dst[0], packet.protocol, identification)
        if offset == "0":
            self.fragments[datagram] = self.clock
            return True
        return datagram in self.fragments and self.clock - self.fragments[datagram] <= FRAGMENT_TIMEOUT_NS

    def find(self, packet):
        for flow in self.open:
            if flow.protocol == packet.protocol and {flow.src, flow.dst} == {packet.src, packet.dst}:
                return flow
        return None

    def next_number(self):
        self.numbers += 1
        return self.numbers

    def end(self, flow, reason):
        self.report(flow, reason)
        self.open.remove(flow)

    def report(self, flow, reason):
        row = {
            "capture": self.capture,
            "flow_id": flow.number,
            "src_ip": flow.src[0],
            "dst_ip": flow.dst[0],
            "src_port": flow.src[1],
            "dst_port": flow.dst[1],
            "protocol": flow.protocol,
            "start": Fraction(flow.start(), SECOND),
            "end": Fraction(flow.packets[-1][0], SECOND),
            "end_reason": reason,
        }
        row["outer_src_ip"], row["outer_dst_ip"] = flow.outer_ends()
        row |= features(flow)
        pair = [f for f in self.open if f.hosts() == flow.hosts()]
        host = [f for f in self.open if f.src[0] == flow.src[0]]
        for name, flows in (("pair", pair), ("host", host)):
            row[f"{name}_flows"] = len(flows)
            row[f"{name}_byte_share"] = Fraction(flow.frame_bytes(), sum(f.frame_bytes() for f in flows))
        row["label"] = ""
        self.rows.append(row)


# --- features (docs/features.md)

def divide(a, b):
    """Absent where there is nothing to divide by."""
    return None if b == 0 else Fraction(a) / b


def mean(values):
    return divide(sum(values), len(values))


def root(value):
    """The square root of a fraction, cut to 30 decimals."""
    return Fraction(math.isqrt(value.numerator * 10**60 // value.denominator), 10**30)


def deviation(values):
    if not values:
        return None
    return root(sum((Fraction(v) - mean(values)) ** 2 for v in values) / len(values))


def exact_quantile(values, q):
    values = sorted(values)
    rank = q * (len(values) - 1)
    below = math.floor(rank)
    above = min(below + 1, len(values) - 1)
    return values[below] + (rank - below) * (values[above] - values[below])


def binned_quantile(values, q, starts):
    """Of values that are known by how many are in each bin [starts[i], starts[i + 1]), the last open above: taken as
    spread evenly over what of the bin lies between the least and the greatest, each in the middle of its part."""
    spread = []
    for low, high in zip(starts, starts[1:]):
        count = sum(1 for v in values if low <= v and (v < high or high == starts[-1]))
        low, high = max(low, min(values)), min(high, max(values))
        spread += [low + Fraction(2 * i + 1, 2 * count) * (high - low) for i in range(count)]
    return exact_quantile(spread, q)


SIZE_STARTS = [0, 44, 56, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1152, 1280, 1344, 1408, 1440,
               1472, 1504, 4096, 65536]
GAP_STARTS = [0, 1000, 10_000, 21_544, 46_416, 100_000, 215_443, 464_159, 1_000_000, 2_154_435, 4_641_589, 10_000_000,
              21_544_347, 46_415_888, 100_000_000, 215_443_469, 464_158_883, 1_000_000_000, 2_154_434_690,
              4_641_588_834, 10_000_000_000, 31_622_776_602, 100_000_000_000]
QUARTILES = {"q25": Fraction(1, 4), "q50": Fraction(1, 2), "q75": Fraction(3, 4)}


def distribution(prefix, values, starts, is_exact, unit=1):
    """min, max, mean, std and the quartiles; `unit` is what a 1 of the table is in the values."""
    def scaled(value):
        return None if value is None else Fraction(value) / unit
    row = {
        f"{prefix}_min": scaled(min(values, default=None)),
        f"{prefix}_max": scaled(max(values, default=None)),
        f"{prefix}_mean": scaled(mean(values)),
        f"{prefix}_std": scaled(deviation(values)),
    }
    for name, q in QUARTILES.items():
        value = None
        if values:
            value = exact_quantile(values, q) if is_exact else binned_quantile(values, q, starts)
        row[f"{prefix}_{name}"] = scaled(value)
    return row


def gaps_of(times):
    return [later - earlier for earlier, later in zip(times, times[1:])]


def messages_of(packets):
    """(is_forward, payload bytes) of each message."""
    messages = []
    for _, forward, packet in packets:
        if packet.payload == 0:
            continue
        if messages and messages[-1][0] == forward:
            messages[-1] = (forward, messages[-1][1] + packet.payload)
        else:
            messages.append((forward, packet.payload))
    return messages


def runs_of(packets, gap):
    """The packets, cut at gaps of more than `gap`."""
    runs = [[packets[0]]]
    for packet in packets[1:]:
        if packet[0] - runs[-1][-1][0] > gap:
            runs.append([])
        runs[-1].append(packet)
    return runs


def seconds(run):
    return Fraction(run[-1][0] - run[0][0], SECOND)


def sides_of(packets):
    """The packets that the columns of each prefix speak of."""
    sides = {"": packets, "fwd_": [p for p in packets if p[1]], "bwd_": [p for p in packets if not p[1]]}

    def weight(side):
        gaps = gaps_of([time for time, _, _ in side])
        sizes = [packet.ip_length for _, _, packet in side]
        return (sum(packet.payload for _, _, packet in side), len(side), sum(sizes), sum(s * s for s in sizes),
                sum(gaps), sum(g * g for g in gaps))
    order = ["fwd_", "bwd_"] if weight(sides["fwd_"]) >= weight(sides["bwd_"]) else ["bwd_", "fwd_"]
    sides["big_"], sides["small_"] = (sides[name] for name in order)
    return sides


def features(flow):
    packets = flow.packets
    sides = sides_of(packets)
    is_exact = len(packets) <= EXACT_PACKETS
    duration = seconds(packets)
    row = {"packets": len(packets), "duration": duration}
    count = {name: len(side) for name, side in sides.items()}
    bytes_ = {name: sum(p.ip_length for _, _, p in side) for name, side in sides.items()}
    payload = {name: sum(p.payload for _, _, p in side) for name, side in sides.items()}
    for name in ("", "fwd_", "bwd_"):
        row[f"{name}packets"] = count[name]
        row[f"{name}bytes"] = bytes_[name]
        row[f"{name}payload_bytes"] = payload[name]
        row[f"{name}data_packets"] = sum(1 for _, _, p in sides[name] if p.payload > 0)
        row[f"{name}packets_per_second"] = divide(count[name], duration)
        row[f"{name}bytes_per_second"] = divide(bytes_[name], duration)
        row[f"{name}payload_bytes_per_second"] = divide(payload[name], duration)
    for name in ("fwd_", "big_"):
        row[f"{name}packet_share"] = divide(count[name], count[""])
        row[f"{name}byte_share"] = divide(bytes_[name], bytes_[""])
        row[f"{name}payload_share"] = divide(payload[name], payload[""])
    row["direction_changes"] = sum(1 for a, b in zip(packets, packets[1:]) if a[1] != b[1])

    big_is_forward = sides["big_"] is sides["fwd_"]
    of_side = {"": (True, False), "fwd_": (True,), "bwd_": (False,), "big_": (big_is_forward,),
               "small_": (not big_is_forward,)}
    for name, side in sides.items():
        row |= distribution(f"{name}size", [p.ip_length for _, _, p in side], SIZE_STARTS, is_exact)
        row |= distribution(f"{name}iat", gaps_of([time for time, _, _ in side]), GAP_STARTS, is_exact, SECOND)
        messages = [size for forward, size in messages_of(packets) if forward in of_side[name]]
        row[f"{name}message_count"] = len(messages)
        row[f"{name}message_mean"] = mean(messages)
        row[f"{name}message_std"] = deviation(messages)
        row[f"{name}message_max"] = max(messages, default=None)

    opening = messages_of(packets[:EXACT_PACKETS])[:6]
    row["opening_fwd"] = int(opening[0][0]) if opening else None
    for n in range(6):
        row[f"opening_size_{n + 1}"] = opening[n][1] if n < len(opening) else None
    first_two = [size for _, size in opening[:2]]
    row["opening_size_share"] = divide(first_two[0], sum(first_two)) if len(first_two) == 2 else None

    size_bounds = [0, 64, 128, 256, 512, 1024, 1280, 1408, math.inf]
    gap_bounds = [0, *(10**k for k in range(4, 11)), math.inf]
    for name in ("fwd_", "bwd_"):
        series = {"size": ([p.ip_length for _, _, p in sides[name]], size_bounds),
                  "iat": (gaps_of([time for time, _, _ in sides[name]]), gap_bounds)}
        for what, (values, bounds) in series.items():
            for i in range(8):
                inside = sum(1 for v in values if bounds[i] <= v < bounds[i + 1])
                row[f"{name}{what}_share_{i + 1}"] = divide(inside, len(values))

    bursts = runs_of(packets, BURST_GAP_NS)
    burst_bytes = [sum(p.ip_length for _, _, p in run) for run in bursts]
    row["burst_count"] = len(bursts)
    row["burst_packets_mean"] = mean([len(run) for run in bursts])
    row["burst_packets_max"] = max(len(run) for run in bursts)
    row["burst_bytes_mean"] = mean(burst_bytes)
    row["burst_bytes_max"] = max(burst_bytes)
    row["burst_duration_mean"] = mean([seconds(run) for run in bursts])
    row["burst_duration_max"] = max(seconds(run) for run in bursts)
    row["burst_gap_mean"] = mean([Fraction(b[0][0] - a[-1][0], SECOND) for a, b in zip(bursts, bursts[1:])])

    periods = runs_of(packets, ACTIVITY_GAP_NS)
    active = [seconds(run) for run in periods]
    idle = [Fraction(b[0][0] - a[-1][0], SECOND) for a, b in zip(periods, periods[1:])]
    row["idle_count"] = len(idle)
    for name, values in (("active", active), ("idle", idle)):
        row[f"{name}_mean"] = mean(values)
        row[f"{name}_std"] = deviation(values)
        row[f"{name}_min"] = min(values, default=None)
        row[f"{name}_max"] = max(values, default=None)

    is_tcp = flow.protocol == "TCP"
    for name in ("fwd_", "bwd_"):
        for flag in ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"):
            seen = sum(1 for _, _, p in sides[name] if flag[0].upper() in p.flags)
            row[f"{name}tcp_{flag}"] = seen if is_tcp else None
        windows = [p.window for _, _, p in sides[name]]
        row[f"{name}tcp_initial_window"] = windows[0] if is_tcp and windows else None

    for n in range(1, FIRST_PACKETS + 1):
        time, forward, packet = packets[n - 1] if n <= len(packets) else (None, None, None)
        row[f"size_{n:02}"] = None if packet is None else packet.payload if forward else -packet.payload
        if n > 1:
            row[f"iat_{n:02}"] = None if packet is None else Fraction(time - packets[n - 2][0], SECOND)
    return row


# --- cases

def parse_time(text):
    """Nanoseconds of "90s" or "2m"."""
    return int(text[:-1]) * {"s": SECOND, "m": 60 * SECOND}[text[-1]]


def settings_of(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle-timeout", type=parse_time, default=parse_time("120s"))
    parser.add_argument("--active-timeout", type=parse_time, default=parse_time("30m"))
    parser.add_argument("--emit-at", default="end")
    parser.add_argument("--tunnel", choices=("inner", "outer"), default="inner")
    settings = parser.parse_args(arguments)
    settings.emit_at = {int(n) for n in settings.emit_at.split(",") if n != "end"}
    return settings


class Case:
    def __init__(self, name, entry):
        self.name = name
        self.arguments = entry.get("arguments", [])
        self.table = HERE / "packets" / f"{entry.get('table', name)}.csv"
        self.expected = HERE / "expected" / f"{name}.csv"
        settings, self.packets = read_table(self.table)
        self.capture = HERE / f"{self.table.stem}.{settings.get('format', 'pcap')}"

    def rows(self):
        settings = settings_of(self.arguments)
        extraction = Extraction(self.capture.name, settings)
        for packet in self.packets:
            place = extraction.add(packet.from_outside() if settings.tunnel == "outer" else packet)
            # A table says by hand where its packets belong, for the case of its own name.
            if self.name == self.table.stem and place != packet.stated_flow:
                raise SystemExit(f"{self.table.name}: the packet of {packet.time - EPOCH_NS} ns is stated to be of "
                                 f"flow {packet.stated_flow}, and by the rules it is of {place}")
        extraction.finish()
        return extraction.rows


def cases():
    entries = tomllib.loads((HERE / "cases.toml").read_text())
    return {name: Case(name, entry) for name, entry in entries.items()}


def text_of(value):
    """Exact where the value has at most 18 decimals, else rounded to so many."""
    if value is None:
        return ""
    if not isinstance(value, Fraction):
        return str(value)
    digits = f"{abs(round(value * 10**18)):019}"
    text = f"{digits[:-18]}.{digits[-18:]}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def csv_of(rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([text_of(value) for value in row.values()] for row in rows)
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="store the expected tables")
    parser.add_argument("--check", action="store_true", help="compare them with what is stored")
    arguments = parser.parse_args()
    if arguments.write == arguments.check:
        parser.error("either --write or --check")
    stale = 0
    for case in cases().values():
        text = csv_of(case.rows())
        if arguments.write:
            case.expected.write_text(text)
        elif not case.expected.exists() or case.expected.read_text() != text:
            stale += 1
            print(f"{case.expected.name} is not what reference.py computes")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
