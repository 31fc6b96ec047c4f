#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weir authors
# SPDX-License-Identifier: MIT
"""One end of a call: sends datagrams by the clock, and writes down when those of the other end arrived.

A packet carries the time just before it was sent; its arrival is the kernel's time stamp (SO_TIMESTAMPNS), when the
interface had it. So neither a late turn of this program as a sender nor one as a receiver counts as delay. Both ends
have to be on one machine: one clock. Runs at a real-time priority where that is allowed.

usage: voice.py --local ADDRESS:PORT --peer ADDRESS:PORT --gate FOLDER --at S --seconds S [--bytes LOW[-HIGH]]
                [--every MS] [--silent] [--log FILE]
  --gate     where to say that this end is ready, and to be told when the experiment begins (gate.py)
  --at       seconds after that, the call begins
  --bytes    payload of a packet, drawn evenly (172: 160 of G.711 and 12 of RTP, 200 with IP and UDP)
  --every    milliseconds between packets (20)
  --silent   listen only
  --log      CSV packet,sent,delay: sent is seconds after the start, delay seconds, empty where it never arrived.
             It is about the other end's packets, and takes its --every to be the same
"""
import argparse
import gc
import os
import random
import select
import socket
import struct
import time

import gate

SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
HEADER = struct.Struct("!IQ")  # number, time in ns
AFTERWARDS_S = 1.0  # of listening for a log; longer than a queue of 1,000 packets takes on 20 Mbit/s


def arrival_ns(ancillary):
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return seconds * 1_000_000_000 + nanoseconds
    return time.time_ns()


def call(options):
    """Returns (number, sent ns, arrived ns) of what the other end sent."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    line.bind(options.local)
    options.start = gate.wait(options.gate) + options.at
    start_ns = int(options.start * 1e9)
    step_ns = int(options.every * 1e6)
    count = 0 if options.silent else int(options.seconds * 1e9) // step_ns
    end_ns = start_ns + int((options.seconds + (AFTERWARDS_S if options.log else 0)) * 1e9)
    payloads = [os.urandom(size) for size in range(options.bytes[0], options.bytes[1] + 1)]
    heard, number = [], 0
    while True:
        due_ns = start_ns + number * step_ns if number < count else end_ns
        wait_ns = due_ns - time.time_ns()
        if wait_ns > 0:
            if select.select([line], [], [], wait_ns * 1e-9)[0]:
                data, ancillary, _, _ = line.recvmsg(2048, 64)
                if len(data) >= HEADER.size:
                    heard.append((*HEADER.unpack_from(data), arrival_ns(ancillary)))
            continue
        if number == count:
            return heard
        padding = random.choice(payloads)[HEADER.size:]
        try:
            line.sendto(HEADER.pack(number, time.time_ns()) + padding, options.peer)
        except ConnectionRefusedError:
            pass  # the other end is not there yet
        number += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--local", type=gate.ends, required=True)
    parser.add_argument("--peer", type=gate.ends, required=True)
    parser.add_argument("--gate", required=True)
    parser.add_argument("--at", type=float, default=0)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--bytes", type=gate.span, default=(172, 172))
    parser.add_argument("--every", type=float, default=20)
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--log")
    options = parser.parse_args()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(20))
    except PermissionError:
        pass  # a container may forbid it; the idle case shows what that costs
    gc.disable()
    heard = call(options)
    if not options.log:
        return
    arrived = {number: (sent, got) for number, sent, got in heard}
    with open(options.log, "w") as log:
        log.write("packet,sent,delay\n")
        for number in range(int(options.seconds * 1000 / options.every)):
            if number in arrived:
                sent, got = arrived[number]
                log.write(f"{number},{sent * 1e-9 - options.start:.6f},{(got - sent) * 1e-9:.6f}\n")
            else:
                log.write(f"{number},{number * options.every / 1000:.6f},\n")


main()
