#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Writes a small labelled table of flows to stdout, the same every time.

usage: flows.py [SEED [CAPTURES]]     every capture holds flows of one class, VoIP, FTP or HTTP
"""
import sys

state = int(sys.argv[1]) if len(sys.argv) > 1 else 1
captures = int(sys.argv[2]) if len(sys.argv) > 2 else 15


def below(bound):
    """Park and Miller's generator: Python's own may change between versions."""
    global state
    state = state * 48271 % 2147483647
    return state % bound


SIZES = {"VoIP": (150, 80), "FTP": (900, 500), "HTTP": (500, 600)}
print("capture,src_ip,src_port,packets,size_mean,iat_mean,label")
for capture in range(captures):
    label = sorted(SIZES)[capture % 3]
    least, spread = SIZES[label]
    for _ in range(8):
        size, gap = least + below(spread), below(100) / 100 + (0.5 if label == "HTTP" else 0)
        print(f"c{capture:02}.pcap,10.0.0.{below(200)},{40000 + below(9999)},{1 + below(60)},{size},{gap:.2f},{label}")
