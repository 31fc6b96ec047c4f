#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Feeds weir-extract what is made to exhaust memory or time: lengths that lie, tunnels in tunnels, a bomb.

Each case is written to a pipe while the tool reads, so nothing big touches the disk. It must end in time with the
expected status, counts and one-line messages, within its bound of memory (--no-memory-limit: where a sanitizer
needs more).

usage: extremes.py [--bin FOLDER] [--no-memory-limit] [CASE...]
"""
import argparse
import collections
import csv
import io
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

MIB = 1 << 20
ADDRESS_SPACE = 1 << 30  # what a case may allocate, used or not
Case = collections.namedtuple("Case", "chunks packets flows warning seconds memory arguments",
                              defaults=((), 0, 0, "", 60, 48 * MIB, ()))


def pcap_header(link_type=1):
    return struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type)


def record(packet, captured=None, seconds=0):
    length = len(packet) if captured is None else captured
    return struct.pack("<IIII", seconds, 0, length, length) + packet


def block(kind, body, length=None):
    length = len(body) + 12 if length is None else length
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
INTERFACE = block(1, struct.pack("<HHI", 1, 0, 0))


def enhanced(packet, length=None):
    padded = packet + bytes(-len(packet) % 4)
    return block(6, struct.pack("<IIIII", 0, 0, 0, len(packet), len(packet)) + padded, length)


def ethernet(payload, ether_type=0x0800):
    return bytes(12) + struct.pack(">H", ether_type) + payload


def ipv4(protocol, payload, length=None):
    length = min(20 + len(payload), 0xFFFF) if length is None else length
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, protocol, 0, b"\x0a\0\0\x01", b"\x0a\0\0\x02") + payload


def udp(payload=b"", port=9999):
    return struct.pack(">HHHH", 5555, port, 8 + len(payload), 0) + payload


PACKET = ethernet(ipv4(17, udp(b"hello")))


def nested(wrap, times):
    inner = ipv4(17, udp(b"inside"))
    for _ in range(times):
        inner = wrap(inner)
    return inner


def nested_capture(wrap, times):
    return [pcap_header(), record(ethernet(nested(wrap, times)))]


def gzip_bomb(megabytes):
    """Frames of zeros, 64 MiB a compressed stream, one behind the other as `cat` puts them."""
    def stream(content):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return packer.compress(content) + packer.flush()

    frame = record(bytes(65520))
    yield stream(pcap_header() + record(PACKET))
    piece = stream(frame * 1024)
    for _ in range(megabytes // 64):
        yield piece


def repeat(chunk, times):
    for _ in range(times):
        yield chunk


def chain(*parts):
    for part in parts:
        yield from part


def short_flows(count):
    """So many flows of one packet, in one second."""
    head, tail = ipv4(17, udp())[:12], udp()[2:]
    for first in range(0, count, 10000):
        yield b"".join(record(ethernet(head + struct.pack(">IIH", 0x0A000000 + flow // 60000, 0x0A800001,
                                                          flow % 60000 + 1) + tail))
                       for flow in range(first, min(count, first + 10000)))


CUT = "the capture was cut or damaged: its last {} bytes hold no whole packet"
VLAN_TAGS = struct.pack(">HH", 0x8100, 1) * 999 + struct.pack(">HH", 1, 0x0800)

CASES = {
    "pcap record of 4 GB": lambda: Case(
        [pcap_header(), record(PACKET), record(b"x" * 100, captured=0xFFFFFFFF)], 1, 1, CUT.format(116)),
    "pcap record of 16 MB, cut": lambda: Case(
        [pcap_header(), record(PACKET), record(b"x" * 100, captured=16 * MIB)], 1, 1, CUT.format(116)),
    "pcapng block of 2 GB, cut": lambda: Case(
        [SECTION, INTERFACE, enhanced(PACKET), block(5, b"x" * 100, 0x80000000)], 1, 1, CUT.format(112)),
    "pcapng block of 2 GB, whole": lambda: Case(
        chain([SECTION, INTERFACE, enhanced(PACKET), struct.pack("<II", 5, 0x80000000)],
              repeat(bytes(MIB), 2047), [bytes(MIB - 12), struct.pack("<I", 0x80000000)], [enhanced(PACKET)]), 2, 1),
    "pcapng packet of 2 GB": lambda: Case(
        [SECTION, INTERFACE, enhanced(PACKET), enhanced(b"x" * 100, 0x80000000)], 1, 1, CUT.format(132)),
    "pcapng interfaces without end": lambda: Case(
        chain([SECTION, INTERFACE, enhanced(PACKET)], repeat(INTERFACE * 50000, 200)), 1, 1, CUT.format("")[:40]),
    "IP length beyond the frame": lambda: Case(
        [pcap_header(), record(ethernet(ipv4(17, udp(), length=0xFFFF)))], 1, 1),
    "frame of 4 GB on the wire": lambda: Case(
        [pcap_header(), struct.pack("<IIII", 0, 0, len(PACKET), 0xFFFFFFFF) + PACKET], 1, 1),
    "100 tunnels IP in IP": lambda: Case(nested_capture(lambda p: ipv4(4, p), 100), 1, 1),
    "100 tunnels GRE": lambda: Case(
        nested_capture(lambda p: ipv4(47, struct.pack(">HH", 0, 0x0800) + p), 100), 1, 1),
    "100 tunnels VXLAN": lambda: Case(
        nested_capture(lambda p: ipv4(17, udp(bytes.fromhex("0800000000000100") + ethernet(p), 4789)), 100), 1, 1),
    "1000 VLAN tags": lambda: Case(
        [pcap_header(), record(bytes(12) + b"\x81\0" + VLAN_TAGS[2:] + ipv4(17, udp())), record(PACKET)], 2, 1),
    "gzip bomb of 512 MB": lambda: Case(gzip_bomb(512), 1 + 8 * 1024, 1),
    "1.2 million flows of one packet": lambda: Case(
        chain([pcap_header()], short_flows(1_200_000)), 1_200_000, 1_200_000,
        "200000 flows were ended early to keep to --max-flows 1000000", memory=300 * MIB, seconds=120),
    "100,000 flows of one packet where 1000 may be open": lambda: Case(
        chain([pcap_header()], short_flows(100_000)), 100_000, 100_000,
        "99000 flows were ended early to keep to --max-flows 1000", arguments=["--max-flows", "1000"]),
    "zeros": lambda: Case([bytes(MIB)], None, None, "not a capture"),
}


def feed(pipe, chunks):
    try:
        with pipe:
            for chunk in chunks:
                pipe.write(chunk)
    except BrokenPipeError:  # the tool said no
        pass


def run(tool, case, limited, folder):
    """What is wrong, as texts, and the memory taken in bytes."""
    def limit():
        if limited:
            resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))

    stats = folder / "stats.csv"
    stats.unlink(missing_ok=True)
    command = [tool, "--threads", "1", "--progress", "never", "-o", "/dev/null", "--stats", stats, *case.arguments, "-"]
    start = time.monotonic()
    with open(folder / "stderr", "w+b") as errors:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors, preexec_fn=limit)
        watchdog = threading.Timer(case.seconds * (1 if limited else 10), child.kill)
        watchdog.start()
        feed(child.stdin, case.chunks)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        watchdog.cancel()
        errors.seek(0)
        messages = errors.read().decode(errors="replace").splitlines()
    memory = usage.ru_maxrss * 1024

    wrong = []
    refused = case.packets is None and case.flows is None
    if child.returncode != (1 if refused else 0):
        wrong.append(f"status {child.returncode} after {time.monotonic() - start:.1f} s: {messages[-3:]}")
    if any(not line.startswith("weir-extract: ") for line in messages) or len(messages) > 2:
        wrong.append(f"messages: {messages}")
    if case.warning and not any(case.warning in line for line in messages):
        wrong.append(f"no message '{case.warning}' in {messages}")
    if limited and memory > case.memory:
        wrong.append(f"{memory / MIB:.0f} MiB where {case.memory / MIB:.0f} are allowed")
    if child.returncode == 0:
        row = next(csv.DictReader(io.StringIO(stats.read_text())))
        for name in ("packets", "flows"):
            expected = getattr(case, name)
            if expected is not None and int(row[name]) != expected:
                wrong.append(f"{row[name]} {name}, expected {expected}")
    return wrong, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"))
    parser.add_argument("--no-memory-limit", action="store_true")
    parser.add_argument("case", nargs="*", help="default: all of " + ", ".join(CASES))
    options = parser.parse_args()

    failed = 0
    for name in options.case or CASES:
        with tempfile.TemporaryDirectory(prefix="weir-extremes-") as folder:
            start = time.monotonic()
            wrong, memory = run(options.bin / "weir-extract", CASES[name](), not options.no_memory_limit,
                                pathlib.Path(folder))
            print(f"{'FAIL' if wrong else 'ok'}: {name}: {memory / MIB:.0f} MiB, {time.monotonic() - start:.1f} s")
        for text in wrong:
            print(f"  {text}")
        failed += bool(wrong)
    return 1 if failed else 0


sys.exit(main())
