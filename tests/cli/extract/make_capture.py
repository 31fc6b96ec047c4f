#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Writes a small capture to stdout: a web exchange over TCP, a call over UDP, a ping, and an ARP request.

usage: make_capture.py [--port N]     N: the call's port at the server, 5555 by default
"""
import struct
import sys

PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 5555
CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
packets = []


def ip(time, up, protocol, transport):
    addresses = CLIENT + SERVER if up else SERVER + CLIENT
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(transport), 0, 0, 64, protocol, 0) + addresses
    packets.append((time, b"\0" * 12 + b"\x08\x00" + header + transport))


def tcp(time, up, flags, payload=0):
    ports = (40000, 80) if up else (80, 40000)
    ip(time, up, 6, struct.pack(">HHIIBBHHH", *ports, 0, 0, 0x50, flags, 1000, 0, 0) + b"x" * payload)


def udp(time, up, payload):
    ports = (41000, PORT) if up else (PORT, 41000)
    ip(time, up, 17, struct.pack(">HHHH", *ports, 8 + payload, 0) + b"x" * payload)


SYN, FIN, PSH, ACK = 2, 1, 8, 16
tcp(0, True, SYN)
tcp(1, False, SYN | ACK)
tcp(2, True, ACK)
tcp(3, True, PSH | ACK, 100)
tcp(13, False, ACK, 1000)
tcp(14, False, PSH | ACK, 500)
tcp(15, True, FIN | ACK)
tcp(16, False, FIN | ACK)
tcp(17, True, ACK)
for i in range(4):
    udp(20 * i, True, 160)
    udp(20 * i + 5, False, 160)
ip(30, True, 1, b"\x08\0\0\0\0\1\0\1" + b"p" * 48)
ip(31, False, 1, b"\0\0\0\0\0\1\0\1" + b"p" * 48)
packets.append((40, b"\xff" * 6 + b"\0" * 6 + b"\x08\x06" + b"\0" * 28))

out = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 1)
for milliseconds, frame in sorted(packets, key=lambda p: p[0]):
    out += struct.pack("<IIII", 1700000000, milliseconds * 1000000, len(frame), len(frame)) + frame
sys.stdout.buffer.write(out)
