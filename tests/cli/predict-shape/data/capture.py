#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Writes a small capture of hand-made flows: VoIP (UDP 5555), FTP (TCP 6666) and HTTP (TCP 7777).

usage: capture.py FILE.pcap SEED
"""
import struct
import sys

path, state = sys.argv[1], int(sys.argv[2])


def below(bound):
    """Park and Miller's generator: Python's own may change between versions."""
    global state
    state = state * 48271 % 2147483647
    return state % bound


def packet(protocol, source, target, source_port, target_port, payload, flags=0x10):
    if protocol == 17:
        transport = struct.pack("!HHHH", source_port, target_port, 8 + payload, 0)
    else:
        transport = struct.pack("!HHIIBBHHH", source_port, target_port, 0, 0, 0x50, flags, 8192, 0, 0)
    length = 20 + len(transport) + payload
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, protocol, 0, bytes(source), bytes(target))
    return b"\x02" * 12 + b"\x08\x00" + ip + transport + bytes(payload)


def conversation(kind, number, start):
    """Yields (time in microseconds, packet)."""
    client, server, port = (10, 0, 0, 1 + number % 200), (10, 1, 0, 1), 40000 + number
    there = lambda *rest: packet(6, client, server, port, *rest)
    back = lambda server_port, size: packet(6, server, client, server_port, port, size)
    if kind == "VoIP":
        for i in range(40 + below(40)):
            yield start + i * 20000 + below(2000), packet(17, client, server, port, 5555, 160)
        return
    server_port = 6666 if kind == "FTP" else 7777
    time = start
    yield time, there(server_port, 0, 0x02)
    for i in range(20 + below(30)):
        time += 500 + below(1000) if kind == "FTP" else 30000 + below(90000)
        if kind == "FTP":
            yield time, back(server_port, 1400)
        else:
            yield time, there(server_port, 100 + below(400))
            yield time + 9000, back(server_port, 200 + below(1200))


packets = []
for number in range(12):
    packets += conversation(("VoIP", "FTP", "HTTP")[number % 3], number, number * 100000)
with open(path, "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    for time, data in sorted(packets):
        time += 1700000000 * 1000000
        file.write(struct.pack("<IIII", time // 1000000, time % 1000000, len(data), len(data)) + data)
