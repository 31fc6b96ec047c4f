#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""Writes a small table without a header row to stdout, the same every time: duration, protocol, service, bytes,
attack, difficulty.

usage: records.py [SEED [ATTACK...]]    rows of further attacks, each with a service of its own
"""
import sys

state = int(sys.argv[1]) if len(sys.argv) > 1 else 1


def below(bound):
    """Park and Miller's generator: Python's own may change between versions."""
    global state
    state = state * 48271 % 2147483647
    return state % bound


SERVICES = {"normal": ("http", "dns"), "flood": ("echo",), "scan": ("http", "ftp", "")}
BYTES = {"normal": 900, "flood": 1000, "scan": 700}
for i in range(120):
    attack = sorted(SERVICES)[i % 3]
    protocol = "icmp" if attack == "flood" else ("tcp", "udp")[below(2)]
    service = SERVICES[attack][below(len(SERVICES[attack]))]
    print(f"{below(9000) / 1000},{protocol},{service},{BYTES[attack] + below(400)},{attack},{i % 21}")
for attack in sys.argv[2:]:
    print(f"1.0,tcp,{attack}-port,60,{attack},21")
