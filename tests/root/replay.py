#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Sends the Ethernet frames of a pcap file on an interface, as fast as it can, and prints how many.

usage: replay.py INTERFACE PCAP [FIRST [COUNT]]
"""
import socket
import struct
import sys


def frames(path):
    """Frames at their length on the wire; what was not captured of them is zeros."""
    data = open(path, "rb").read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    assert struct.unpack(order + "I", data[20:24])[0] == 1, f"{path}: not Ethernet"
    at = 24
    while at < len(data):
        captured, length = struct.unpack(order + "II", data[at + 8:at + 16])
        yield data[at + 16:at + 16 + captured].ljust(length, b"\0")
        at += 16 + captured


def main():
    interface, path = sys.argv[1:3]
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    count = int(sys.argv[4]) if len(sys.argv) > 4 else None
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((interface, 0))
    sent = 0
    for frame in list(frames(path))[first:None if count is None else first + count]:
        if len(frame) <= 1514:
            sender.send(frame)
            sent += 1
    print(sent)


main()
