#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Sends UDP frames of many flows on an interface, flow by flow, and prints how many frames that were.

usage: flood.py INTERFACE FLOWS PACKETS-A-FLOW
"""
import socket
import struct
import sys
import time


def frame(number):
    """Of a flow of 10.0.0.0/8: 60 bytes, to a MAC address that nobody has."""
    source = struct.pack(">BBH", 10, number >> 16 & 0xFF, number & 0xFFFF)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 46, 0, 0, 64, 17, 0, source, socket.inet_aton("198.51.100.1"))
    words = sum(struct.unpack(">10H", ip))
    words = (words & 0xFFFF) + (words >> 16)
    ip = ip[:10] + struct.pack(">H", ~(words + (words >> 16)) & 0xFFFF) + ip[12:]
    return b"\2\0\0\0\0\1" b"\2\0\0\0\0\2" b"\x08\0" + ip + struct.pack(">HHHH", 4000, 443, 26, 0) + bytes(18)


def main():
    interface, flows, packets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((interface, 0))
    for number in range(flows):
        bytes_of_flow = frame(number)
        for _ in range(packets):
            sender.send(bytes_of_flow)
        if number % 64 == 63:
            time.sleep(0.0005)  # for whom it is sent to, on a machine with other things to do
    print(flows * packets)


main()
