#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
# Cuts captures into seeds for the fuzz targets: seeds.py TARGET OUT FILE...
#
# capture: the start of each file. decode: each packet of the pcap files behind the three bytes that
# the target expects before it. Other targets: the files as they are.
import hashlib
import pathlib
import struct
import sys

CAPTURE_BYTES = 16 << 10  # small inputs are run more often, and the start of a file is as good as the whole
PACKETS_OF_A_FILE = 200
PACKET_BYTES = 512
# The order of the target's link types.
LINK_TYPES = (1, 0, 108, 101, 113, 276, 228, 229, 9, 51, 104, 105, 127)


def packets(capture):
    """(link type, length on the wire, bytes) of each packet of a pcap file in either byte order."""
    magic = capture[:4]
    order = "<" if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    if order == ">" and magic not in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d") or len(capture) < 24:
        return
    link_type = struct.unpack_from(order + "I", capture, 20)[0] & 0xFFFF
    at = 24
    while at + 16 <= len(capture):
        captured, original = struct.unpack_from(order + "II", capture, at + 8)
        at += 16
        yield link_type, original, capture[at : at + captured]
        at += captured


def seeds(target, content):
    if target == "capture":
        yield content[:CAPTURE_BYTES]
    elif target == "decode":
        for count, (link_type, original, packet) in enumerate(packets(content)):
            if count == PACKETS_OF_A_FILE:
                return
            if link_type in LINK_TYPES:
                prefix = struct.pack("<BH", LINK_TYPES.index(link_type), min(original, 0xFFFF))
                yield prefix + packet[:PACKET_BYTES]
    else:
        yield content


def main():
    target, out, *files = sys.argv[1:]
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        for seed in seeds(target, pathlib.Path(file).read_bytes()):
            (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


main()
